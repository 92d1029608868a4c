import type { MapCanvas } from '../../../../maps/canvas/index.ts'
import { labelOfCategory } from '../../../../maps/directory/category-labels.ts'
import { openStateAt } from '../../../../maps/hours/opening-hours.ts'
import type { Destination } from '../../../../maps/model/index.ts'
import { nameIn } from '../../../../maps/render/name-in.ts'
import { language } from '../../services/messages.ts'
import { open } from '../../services/page.ts'
import { placeRow } from '../../services/place-row.ts'
import type { PlaceRow } from '../../services/place-row.ts'
import { showHere, showLevel } from '../../services/show-map.ts'
import { shopper } from '../../services/shopper.ts'
import { isRoute, startOf } from '../../services/ways.ts'
import { texts } from './messages.ts'

const shopScale = 7

/** One place: where it is, whether it is open, and the way there. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    row: undefined as PlaceRow | undefined,
    hours: '',
    isOpen: false,
    phone: '',
    distance: '',
  },
  place: undefined as Destination | undefined,

  onLoad(query) {
    const { fix, router, venue } = shopper()
    const current = venue()
    const place = query.id === undefined ? undefined : current?.destination(query.id)
    this.place = place
    this.setData({ t: texts.all() })
    if (!current || !place) return
    const kind = labelOfCategory(place.category)
    const near = kind ? nameIn(kind, language()) : ''
    const meta = near === '' ? place.level : texts.say('where', { level: place.level, near })
    const at = fix()
    const start = at && startOf(current, at)
    const route = start && router()?.route({ from: start.spot, to: { place: place.id } })
    this.setData({
      row: placeRow(place, language(), meta),
      phone: place.phone ?? '',
      ...hoursOf(place),
      ...(route &&
        isRoute(route) && {
          distance: texts.say('away', {
            minutes: Math.max(1, Math.round(route.seconds / 60)),
            metres: Math.round(route.lengthM),
          }),
        }),
    })
  },

  async mapReady(event: WechatMiniprogram.CustomEvent<{ map: MapCanvas; width: number; height: number }>) {
    const { map, width, height } = event.detail
    const current = shopper().venue()
    if (!current || !this.place) return
    map.setFree({ left: 0, top: 90, right: width, bottom: height })
    await showLevel(map, current, this.place.levelId)
    map.setHighlights([{ placeId: this.place.id, tone: 'ink' }])
    map.setCamera({ x: this.place.x, y: this.place.y, scale: shopScale })
    showHere(map, shopper().fix(), undefined)
  },

  go() {
    if (this.place) open(`/pages/route/index?to=${this.place.id}`)
  },
  call() {
    wx.makePhoneCall({ phoneNumber: this.data.phone, fail: () => undefined })
  },
})

/** Open or not, until when, by the phone's clock. */
function hoursOf({ hours }: Destination): { hours: string; isOpen: boolean } {
  const now = new Date()
  const state =
    hours === undefined
      ? undefined
      : openStateAt(hours, {
          weekday: (now.getDay() + 6) % 7,
          minute: now.getHours() * 60 + now.getMinutes(),
        })
  if (!state) return { hours: '', isOpen: false }
  if (state.open) {
    const until = state.until === undefined ? '' : texts.say('until', { time: state.until })
    return { hours: `${texts.say('open')} ${until}`, isOpen: true }
  }
  const opens = state.opens?.daysAhead === 0 ? texts.say('opens', { time: state.opens.at }) : ''
  return { hours: `${texts.say('closed')} ${opens}`, isOpen: false }
}
