import type { MapCanvas } from '../../../../maps/canvas/index.ts'
import type { Destination, LevelId } from '../../../../maps/model/index.ts'
import type { Route } from '../../../../maps/routes/route.ts'
import { parkingContract } from '../../../../server/contract/parking.contract.ts'
import { baysNamed, codeOf } from '../../services/cars.ts'
import { clockTime } from '../../services/clock-time.ts'
import { Away, Refused } from '../../services/http.ts'
import { language } from '../../services/messages.ts'
import { asShopper, myCars } from '../../services/my-cars.ts'
import { open, setChanged } from '../../services/page.ts'
import { moneyText } from '../../services/pay-parking.ts'
import type { Quote } from '../../services/pay-parking.ts'
import { showHere, showLevel } from '../../services/show-map.ts'
import { shopper } from '../../services/shopper.ts'
import type { VenueData } from '../../services/venue-data.ts'
import { isRoute, startOf } from '../../services/ways.ts'
import { carsOf, parkedFor, spotWords } from './describe-car.ts'
import type { ShownCar } from './describe-car.ts'
import { texts } from './messages.ts'

const bayScale = 3.4
const sheetPx = 300
const icons = { camera: 'camera', shopper: 'user', trail: 'footprints' } as const

/** Where the car is, who says so, the way to it and what it costs. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    hasMap: false,
    /** `none`: no car is known, or not where; `type`: a bay is being typed. */
    mode: 'none' as 'none' | 'car' | 'type',
    cars: [] as readonly { readonly key: string; readonly plate: string }[],
    at: 0,
    where: '',
    plateLine: '',
    isInside: false,
    source: '',
    sourceIcon: '',
    sure: '',
    note: '',
    parked: '',
    fee: '',
    less: '',
    lessWord: '',
    canGo: false,
    distance: '',
    pay: '',
    levels: [] as readonly { readonly id: LevelId; readonly name: string }[],
    level: '',
    here: '',
    typed: '',
    bays: [] as readonly { readonly id: string; readonly code: string; readonly level: string }[],
    isTrailOn: false,
  },
  map: undefined as MapCanvas | undefined,
  way: undefined as Route | undefined,
  quote: undefined as { readonly ticketId: string; readonly quote: Quote } | undefined,
  isAway: false,
  leave: undefined as (() => void) | undefined,

  onLoad() {
    this.setData({ t: texts.all() })
  },
  onShow() {
    this.leave = shopper().onChange(() => {
      this.refresh()
    })
    this.refresh()
    void this.ask()
  },
  onHide() {
    this.leave?.()
  },
  onUnload() {
    this.leave?.()
  },

  /** Asks the server for the cars and for what the one on screen costs. */
  async ask() {
    const venue = shopper().venue()
    if (!venue) return
    this.isAway = !(await myCars().refresh(venue.entry.id))
    this.refresh()
    const ticketId = this.car()?.ticketId
    if (ticketId === undefined) return
    try {
      const params = { venueId: venue.entry.id }
      const quote = await asShopper.call(parkingContract.quote, { params, body: { car: { ticketId } } })
      this.quote = { ticketId, quote }
    } catch (error) {
      // Away, or it has just driven out: the place is shown without a price.
      if (!(error instanceof Away) && !(error instanceof Refused)) throw error
      this.quote = undefined
    }
    this.refresh()
  },

  car(): ShownCar | undefined {
    const venue = shopper().venue()
    return venue && carsOf(myCars().known(venue.entry.id), venue)[this.data.at]
  },

  refresh() {
    const { fix, venue } = shopper()
    const current = venue()
    if (!current) {
      setChanged(this, { hasMap: false })
      return
    }
    const known = myCars().known(current.entry.id)
    const cars = carsOf(known, current)
    const car = cars[this.data.at] ?? cars[0]
    const spot = car?.spot
    const note = !this.isAway
      ? ''
      : spot && !spot.isTold
        ? texts.say('kept')
        : known.askedMs === undefined
          ? texts.say('away')
          : texts.say('lately', { time: clockTime(known.askedMs) })
    this.seek(current, car)
    setChanged(this, {
      hasMap: true,
      mode: this.data.mode === 'type' ? 'type' : spot ? 'car' : 'none',
      cars: cars.map(({ plate, ticketId }, index) => ({ key: ticketId ?? String(index), plate })),
      isInside: car?.ticketId !== undefined,
      note,
      isTrailOn: myCars().isTrailOn(),
      levels: levelsOf(current),
      here: fix()?.level ?? '',
      ...this.placeWords(current, car),
      ...this.moneyWords(car),
    })
    this.showMe()
  },

  placeWords(venue: VenueData, car: ShownCar | undefined) {
    const spot = car?.spot
    if (!car || !spot) return {}
    const level = venue.level(spot.levelId)?.shortName ?? ''
    const words = spotWords(spot, { level, code: spot.bay ? codeOf(spot.bay) : '' })
    return {
      where: words.where,
      plateLine: [car.plate, words.within].filter((each) => each !== '').join(' · '),
      source: words.source,
      sourceIcon: icons[spot.source],
      sure: words.sure,
      canGo: spot.bay !== undefined,
      distance: this.way ? distanceOf(this.way, venue) : '',
    }
  },

  moneyWords(car: ShownCar | undefined) {
    const quote = this.quote && this.quote.ticketId === car?.ticketId ? this.quote.quote : undefined
    if (!quote) return { fee: '', pay: '' }
    const money = (fen: number) => moneyText(fen, language())
    const lessFen = quote.benefitFen + quote.paidFen
    return {
      parked: parkedFor(quote.enteredAtMs, Date.now()),
      fee: money(quote.grossFen),
      less: lessFen > 0 ? money(-lessFen) : '',
      lessWord: texts.say(quote.benefitFen > 0 ? 'benefit' : 'paid'),
      pay: quote.dueFen > 0 ? texts.say('pay', { money: money(quote.dueFen) }) : texts.say('nothingDue'),
    }
  },

  /** The way to the car from where one is, once. */
  seek(venue: VenueData, car: ShownCar | undefined) {
    const bay = car?.spot?.bay
    if (!bay || this.way?.to.place?.id === bay.id) return
    const start = startOf(venue, shopper().fix())
    const answer = start && venue.router.route({ from: start.spot, to: { place: bay.id } })
    this.way = answer && isRoute(answer) ? answer : undefined
    void this.draw()
  },

  mapReady(event: WechatMiniprogram.CustomEvent<{ map: MapCanvas; width: number; height: number }>) {
    const { map, width, height } = event.detail
    this.map = map
    map.setFree({ left: 0, top: 100, right: width - 64, bottom: height - sheetPx })
    map.setObstacles([{ left: width - 64, top: 110, right: width, bottom: 350 }])
    void this.draw()
  },

  async draw() {
    const venue = shopper().venue()
    const { map, way } = this
    const spot = this.car()?.spot
    if (!map || !venue) return
    const level = spot?.levelId ?? venue.levels[0]?.id
    if (level === undefined) return
    this.setData({ level })
    await showLevel(map, venue, level)
    if (!spot) return
    const levelIds = venue.router.tables.levels.map(({ id }) => id)
    const { bay } = spot
    map.setHighlights(bay ? [{ placeId: bay.id, tone: 'route' }] : [])
    map.setRoute(way && { route: way, levelIds }, Date.now())
    const end = way?.legs[way.legs.length - 1]
    const ride = way?.legs[way.legs.length - 2]
    const from = ride?.kind === 'ride' ? venue.router.tables.levels[ride.fromLevel]?.name : undefined
    map.setBadges([
      {
        id: 'car',
        levelId: spot.levelId,
        ...(bay ? { x: bay.x, y: bay.y } : { x: spot.x, y: spot.y }),
        text: bay ? codeOf(bay) : texts.say('title'),
        glyph: 'car',
        tone: 'route',
      },
      ...(ride?.kind === 'ride' && from !== undefined
        ? [
            {
              id: 'from',
              levelId: spot.levelId,
              ...ride.to,
              text: texts.say(ride.fromLevel > ride.toLevel ? 'cameDown' : 'cameUp', { level: from }),
              glyph: 'lift' as const,
              tone: 'ink' as const,
            },
          ]
        : []),
    ])
    if (end?.kind === 'walk') map.show([...end.points, { x: spot.x, y: spot.y }])
    else map.setCamera({ x: spot.x, y: spot.y, scale: bayScale })
    this.showMe()
  },

  showMe() {
    if (this.map) showHere(this.map, shopper().fix(), shopper().motion.headingRad())
  },

  async chooseLevel(event: WechatMiniprogram.CustomEvent<{ id: LevelId }>) {
    const venue = shopper().venue()
    if (!this.map || !venue) return
    this.setData({ level: event.detail.id })
    await showLevel(this.map, venue, event.detail.id)
  },

  chooseCar(event: WechatMiniprogram.TouchEvent<object, object, { index: number }>) {
    this.setData({ at: event.currentTarget.dataset.index })
    this.way = undefined
    this.refresh()
    void this.ask()
  },

  async scan() {
    const venue = shopper().venue()
    const result = await wx.scanCode({}).catch(() => undefined)
    if (!venue || !result) return
    const [bay, ...others] = baysNamed(venue.destinations, result.result)
    if (bay && others.length === 0) await this.keep(bay, true)
    else void wx.showToast({ title: texts.say('scanFailed'), icon: 'none' })
  },

  correct() {
    wx.showActionSheet({
      itemList: [texts.say('scan'), texts.say('type')],
      success: ({ tapIndex }) => {
        if (tapIndex === 0) void this.scan()
        else this.startTyping()
      },
      fail: () => undefined,
    })
  },

  startTyping() {
    this.setData({ mode: 'type', typed: '', bays: [] })
  },
  showCar() {
    this.setData({ mode: 'none' })
    this.refresh()
  },
  type(event: WechatMiniprogram.Input) {
    const { value } = event.detail
    const found = baysNamed(shopper().venue()?.destinations ?? [], value, 3)
    this.setData({
      typed: value,
      bays: found.map((bay) => ({ id: bay.id, code: codeOf(bay), level: bay.level })),
    })
  },
  chooseFirst() {
    const [first] = this.data.bays
    if (first) void this.keepById(first.id)
  },
  chooseBay(event: WechatMiniprogram.TouchEvent<object, object, { id: string }>) {
    void this.keepById(event.currentTarget.dataset.id)
  },
  async keepById(id: string) {
    const bay = shopper().venue()?.destination(id)
    if (bay) await this.keep(bay, false)
  },

  async keep(bay: Destination, isScanned: boolean) {
    const venue = shopper().venue()
    if (!venue) return
    this.setData({ mode: 'none', at: 0 })
    this.way = undefined
    const kept = await myCars().sayBay(venue.entry.id, bay, isScanned)
    this.isAway = kept === 'kept'
    const title = kept === 'told' ? 'saved' : kept === 'kept' ? 'savedHere' : 'unknownBay'
    void wx.showToast({ title: texts.say(title), icon: 'none' })
    this.refresh()
    void this.ask()
  },

  changeTrail(event: WechatMiniprogram.SwitchChange) {
    myCars().setTrail(event.detail.value)
    // Without a position there is nothing to notice: what it needs is asked for in its own words.
    if (event.detail.value && !shopper().consents().location) open('/pages/consent/index')
    this.refresh()
  },

  async forget() {
    const venue = shopper().venue()
    const { confirm } = await wx.showModal({
      title: texts.say('forget'),
      content: texts.say('forgetAsk'),
      confirmText: texts.say('forgetYes'),
      cancelText: texts.say('cancel'),
    })
    if (!confirm || !venue) return
    try {
      await myCars().forget(venue.entry.id)
      this.way = undefined
      this.map?.setRoute(undefined, Date.now())
      this.map?.setBadges([])
      this.map?.setHighlights([])
      this.setData({ at: 0 })
      void wx.showToast({ title: texts.say('forgotten'), icon: 'none' })
      await this.ask()
    } catch (error) {
      if (!(error instanceof Away) && !(error instanceof Refused)) throw error
      void wx.showToast({ title: texts.say('away'), icon: 'none' })
    }
  },

  go() {
    const bay = this.car()?.spot?.bay
    if (bay) open(`/pages/route/index?to=${bay.id}`)
  },
  openPay() {
    open(`/parking/pay/index?ticket=${this.car()?.ticketId ?? ''}`)
  },
  openPlates() {
    open('/parking/plates/index')
  },
})

function levelsOf({ levels }: VenueData) {
  return [...levels].reverse().map(({ id, shortName }) => ({ id, name: shortName }))
}

/** The walk to the car: after the last ride where there is one, as that is where one looks for it. */
function distanceOf(way: Route, { router }: VenueData): string {
  const last = way.legs[way.legs.length - 1]
  const ride = way.legs[way.legs.length - 2]
  const metres = Math.round(last?.kind === 'walk' ? last.lengthM : way.lengthM)
  if (ride?.kind !== 'ride') return texts.say('walk', { metres })
  const kind = router.tables.connectors[ride.connector]?.kind
  const word = kind === 'escalator' || kind === 'stairs' ? kind : 'lift'
  return texts.say('afterRide', { ride: texts.say(word), metres })
}
