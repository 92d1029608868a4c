import { parkingContract } from '../../../../server/contract/parking.contract.ts'
import type { OwnPlate } from '../../services/cars.ts'
import { Away, Refused } from '../../services/http.ts'
import { asShopper } from '../../services/my-cars.ts'
import { shopper } from '../../services/shopper.ts'
import { texts } from './messages.ts'

/** The shopper's number plates, masked even to them: somebody may look over their shoulder. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    typed: '',
    plates: [] as readonly OwnPlate[],
    fault: '',
    isLoading: true,
  },

  async onLoad() {
    this.setData({ t: texts.all() })
    await this.carryOut(() => Promise.resolve())
  },

  type(event: WechatMiniprogram.Input) {
    this.setData({ typed: event.detail.value.trim(), fault: '' })
  },

  async add() {
    const { typed } = this.data
    if (typed === '') return
    await this.carryOut(async (params) => {
      await asShopper.call(parkingContract.addMyPlate, { params, body: { plate: typed } })
      this.setData({ typed: '' })
      void wx.showToast({ title: texts.say('added'), icon: 'none' })
    })
  },

  async remove(event: WechatMiniprogram.TouchEvent<object, object, { id: string; plate: string }>) {
    const { id, plate } = event.currentTarget.dataset
    const { confirm } = await wx.showModal({
      title: texts.say('removeAsk', { plate }),
      confirmText: texts.say('remove'),
      cancelText: texts.say('cancel'),
    })
    if (!confirm) return
    await this.carryOut(async (params) => {
      await asShopper.call(parkingContract.removeMyPlate, { params: { ...params, plateId: id } })
      void wx.showToast({ title: texts.say('removed'), icon: 'none' })
    })
  },

  /** Does something to the plates and reads them again; what stands in the way is said in words. */
  async carryOut(change: (params: { readonly venueId: OfVenue }) => Promise<void>) {
    const venue = shopper().venue()
    if (!venue) {
      this.setData({ fault: texts.say('away'), isLoading: false })
      return
    }
    const params = { venueId: venue.entry.id }
    try {
      await change(params)
      const plates = await asShopper.call(parkingContract.listMyPlates, { params })
      this.setData({ plates, fault: '', isLoading: false })
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Away)) throw error
      const key =
        error instanceof Away ? 'away' : error.problem === 'too-many-plates' ? 'tooMany' : 'badPlate'
      this.setData({ fault: texts.say(key), isLoading: false })
    }
  },
})

type OfVenue = NonNullable<ReturnType<ReturnType<typeof shopper>['venue']>>['entry']['id']
