import { nameIn } from '../../../../maps/render/name-in.ts'
import type { MapCanvas } from '../../../../maps/canvas/index.ts'
import type { LevelId } from '../../../../maps/model/index.ts'
import { language } from '../../services/messages.ts'
import { open, setChanged, showTab } from '../../services/page.ts'
import { placeRow } from '../../services/place-row.ts'
import type { PlaceRow } from '../../services/place-row.ts'
import { groundLevel, showHere, showLevel } from '../../services/show-map.ts'
import { shopper } from '../../services/shopper.ts'
import type { VenueData } from '../../services/venue-data.ts'
import { shopsNear, whereIs } from '../../services/whereabouts.ts'
import { texts } from './messages.ts'

const rows = 6
const walkingScale = 4.6

Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    venue: '',
    state: 'loading',
    signal: 'ask',
    here: '',
    places: [] as readonly PlaceRow[],
  },
  map: undefined as MapCanvas | undefined,
  level: undefined as LevelId | undefined,
  leave: undefined as (() => void) | undefined,

  onShow() {
    showTab(this, 0)
    this.leave = shopper().onChange(() => {
      this.refresh()
    })
    this.refresh()
  },

  onHide() {
    this.leave?.()
  },

  onUnload() {
    this.leave?.()
  },

  refresh() {
    const { beacons, consents, fix, venue, venueState } = shopper()
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

  openMap() {
    void wx.switchTab({ url: '/pages/map/index' })
  },
  openSearch(event: WechatMiniprogram.TouchEvent<object, object, { query?: string }>) {
    const { query } = event.currentTarget.dataset
    open(`/pages/search/index${query === undefined ? '' : `?q=${encodeURIComponent(query)}`}`)
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

/** What is near by distance; without a position the shops of the ground floor by name. */
function placesOf(
  venue: VenueData,
  spot: { levelId: string; x: number; y: number } | undefined,
): readonly PlaceRow[] {
  if (spot) {
    return shopsNear(venue.router.tables, spot, rows).flatMap(({ place, distanceM }) => {
      const destination = venue.destination(place.id)
      const metres = Math.round(distanceM)
      return destination
        ? [placeRow(destination, language(), texts.say('metres', { level: destination.level, metres }))]
        : []
    })
  }
  const level = groundLevel(venue)
  return venue.destinations
    .filter((each) => each.kind === 'shop' && each.levelId === level)
    .slice(0, rows)
    .map((each) => placeRow(each, language(), each.level))
}
