import { nameIn } from '../../../../maps/render/name-in.ts'
import type { MapCanvas } from '../../../../maps/canvas/index.ts'
import type { LevelId } from '../../../../maps/model/index.ts'
import { Away, Refused } from '../../services/http.ts'
import { language } from '../../services/messages.ts'
import { nearOffer } from '../../services/near-offer.ts'
import { placeWords, refusalWords, shopOf, untilWords, worthOf } from '../../services/offer-words.ts'
import { open, setChanged, showTab } from '../../services/page.ts'
import { placeRow } from '../../services/place-row.ts'
import type { PlaceRow } from '../../services/place-row.ts'
import { groundLevel, showHere, showLevel } from '../../services/show-map.ts'
import { shopper } from '../../services/shopper.ts'
import type { VenueData } from '../../services/venue-data.ts'
import { shopsNear, whereIs } from '../../services/whereabouts.ts'
import { texts } from './messages.ts'

/** What the card of home puts before the shopper. */
interface OfferCard {
  /** `granted`: theirs already, it came by itself; `open`: to be had by asking. */
  readonly kind: 'granted' | 'open'
  readonly id: string
  readonly over: string
  readonly name: string
  readonly facts: string
  readonly tint: string
}

/** A shop near by; `tag` names what it offers. */
type NearRow = PlaceRow & { readonly tag: string }

const rows = 6
const walkingScale = 4.6

Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    venue: '',
    state: 'loading',
    signal: 'ask',
    here: '',
    isOffline: false,
    several: false,
    notice: '',
    offer: undefined as OfferCard | undefined,
    refusal: '',
    isTaking: false,
    places: [] as readonly NearRow[],
  },
  map: undefined as MapCanvas | undefined,
  level: undefined as LevelId | undefined,
  /** Offers put off until the next start; WeChat copies what stands here as data, so it is made on loading. */
  putOff: undefined as Set<string> | undefined,
  leave: undefined as (() => void) | undefined,

  onLoad() {
    this.putOff = new Set()
  },

  onShow() {
    showTab(this, 0)
    void this.count()
    shopper().askQuietly(shopper().floor.refresh())
    this.leave = shopper().onChange(() => {
      this.refresh()
    })
    this.refresh()
  },

  /** With several malls the name leads to the choice of one. */
  async count() {
    try {
      setChanged(this, { several: (await shopper().venues()).length > 1 })
    } catch (error) {
      if (!(error instanceof Away) && !(error instanceof Refused)) throw error
    }
  },

  onHide() {
    this.leave?.()
  },

  onUnload() {
    this.leave?.()
  },

  refresh() {
    const { beacons, consents, fix, floor, venue, venueState } = shopper()
    const current = venue()
    const at = fix()
    const spot = at && { levelId: at.level, x: at.x, y: at.y }
    const state = beacons.state()
    const isTrouble = state !== 'off' && state !== 'starting' && state !== 'listening'
    const next = {
      t: texts.all(),
      state: venueState(),
      venue: current ? nameIn(current.entry.name, language()) : '',
      signal: !consents().location ? 'ask' : isTrouble ? 'trouble' : 'searching',
      here: current && spot ? whereIs(current.router.tables, spot, language()) : '',
      isOffline: floor.knownAtMs() !== undefined && !floor.isCurrent(),
      notice: noticeNow(),
      offer: current ? offerCard(current, this.putOff ?? new Set()) : undefined,
      places: current ? placesOf(current, spot) : [],
    }
    setChanged(this, next)
    void this.draw()
  },

  mapReady(event: WechatMiniprogram.CustomEvent<{ map: MapCanvas; width: number; height: number }>) {
    const { map, width, height } = event.detail
    this.map = map
    map.setFree({ left: 0, top: 90, right: width, bottom: height - 34 })
    void this.draw()
  },

  async draw() {
    const { fix, motion, venue } = shopper()
    const current = venue()
    if (!this.map || !current) return
    const at = fix()
    const level = (at?.level as LevelId | undefined) ?? groundLevel(current)
    if (level !== undefined && level !== this.level) {
      this.level = level
      await showLevel(this.map, current, level)
    }
    showHere(this.map, at, motion.headingRad())
    if (at) this.map.setCamera({ x: at.x, y: at.y, scale: walkingScale })
  },

  async takeOffer() {
    const { venue, wallet } = shopper()
    const { offer, isTaking } = this.data
    const current = venue()
    if (!offer || !current || isTaking) return
    if (offer.kind === 'granted') {
      wallet.see(offer.id)
      open(`/pages/code/index?id=${offer.id}`)
      return
    }
    this.setData({ isTaking: true, refusal: '' })
    const answer = await wallet.claim(current.entry.id, offer.id)
    this.setData({ isTaking: false })
    if ('refused' in answer) {
      this.setData({ refusal: refusalWords(answer.refused) })
      return
    }
    await wx.showToast({ title: texts.say('taken'), icon: 'success' })
    this.refresh()
  },

  /** An offer that came by itself is given back; one to be had by asking is asked about again another time. */
  async putOffOffer() {
    const { offer } = this.data
    if (!offer) return
    this.setData({ refusal: '' })
    const { wallet } = shopper()
    if (offer.kind === 'open') {
      this.putOff?.add(offer.id)
      this.refresh()
      return
    }
    wallet.see(offer.id)
    const held = wallet.find(offer.id)
    try {
      if (held) await wallet.decline(held)
    } catch (error) {
      if (!(error instanceof Away) && !(error instanceof Refused)) throw error
    }
  },

  openMalls() {
    if (this.data.several) open('/pages/malls/index')
  },
  openOffers() {
    open('/pages/offers/index')
  },
  openCar() {
    open('/parking/car/index')
  },
  openParking() {
    open('/parking/pay/index')
  },

  openMap() {
    void wx.switchTab({ url: '/pages/map/index' })
  },
  openSearch() {
    open('/pages/search/index')
  },
  openPlace(event: WechatMiniprogram.TouchEvent<object, object, { id: string }>) {
    open(`/pages/shop/index?id=${event.currentTarget.dataset.id}`)
  },
  openConsent() {
    open('/pages/consent/index')
  },
  openSignal() {
    open('/pages/signal/index')
  },
  again() {
    void shopper().openVenue()
  },
})

/** The announcement that stands above everything, if there is one. */
function noticeNow(): string {
  const card = shopper()
    .floor.cards()
    .find(({ kind }) => kind === 'announcement')
  return card ? nameIn(card.title, language()) : ''
}

/** First what came by itself and was not looked at yet, then what is to be had nearest. */
function offerCard(venue: VenueData, putOff: ReadonlySet<string>): OfferCard | undefined {
  const [granted] = shopper().wallet.unseen()
  const near = granted ? undefined : nearOffer(putOff)
  const shown = granted ?? near?.campaign
  if (!shown) return undefined
  const shop = shopOf(venue, shown.redeemAt)
  const over = texts.say(granted ? 'forYou' : near?.isBeside ? 'beside' : 'inMall')
  const untilMs = granted?.heldUntilMs ?? near?.campaign.untilMs
  const left = near?.campaign.left
  const facts = [
    shop ? '' : placeWords(venue, shown.redeemAt),
    untilMs === undefined ? '' : untilWords(untilMs, Date.now()),
    left === undefined ? '' : texts.say('left', { count: left }),
  ]
  return {
    kind: granted ? 'granted' : 'open',
    id: shown.id,
    over: shop ? `${nameIn(shop.name, language())}\u2003${over}` : over,
    name: shown.name[language()],
    facts: facts.filter((each) => each !== '').join(language() === 'zh' ? '，' : ', '),
    tint: shop?.shopCategory ?? 'service',
  }
}

/** What is near by distance; without a position the shops of the ground floor by name. */
function placesOf(
  venue: VenueData,
  spot: { levelId: string; x: number; y: number } | undefined,
): readonly NearRow[] {
  if (spot) {
    return shopsNear(venue.router.tables, spot, rows).flatMap(({ place, distanceM }) => {
      const destination = venue.destination(place.id)
      const metres = Math.round(distanceM)
      const meta = texts.say('metres', { level: destination?.level ?? '', metres })
      return destination ? [{ ...placeRow(destination, language(), meta), tag: tagOf(venue, place.id) }] : []
    })
  }
  const level = groundLevel(venue)
  return venue.destinations
    .filter((each) => each.kind === 'shop' && each.levelId === level)
    .slice(0, rows)
    .map((each) => ({ ...placeRow(each, language(), each.level), tag: tagOf(venue, each.id) }))
}

/** What a shop offers, in a word. */
function tagOf(venue: VenueData, placeId: string): string {
  const campaign = shopper()
    .floor.campaigns()
    .find(({ redeemAt }) => shopOf(venue, redeemAt)?.id === placeId)
  return campaign ? worthOf(campaign.coupon) : ''
}
