import type { MapCanvas, MapHit } from '../../../../maps/canvas/index.ts'
import type { LevelId } from '../../../../maps/model/index.ts'
import { shortIdLength } from '../../../../maps/render/level-map.ts'
import type { Fix } from '../../../../positioning/events.ts'
import { language } from '../../services/messages.ts'
import { open, setChanged, showTab } from '../../services/page.ts'
import { placeRow } from '../../services/place-row.ts'
import type { PlaceRow } from '../../services/place-row.ts'
import { groundLevel, showHere, showLevel } from '../../services/show-map.ts'
import { shopper } from '../../services/shopper.ts'
import type { VenueData } from '../../services/venue-data.ts'
import { whereIs } from '../../services/whereabouts.ts'
import { texts } from './messages.ts'

const walkingScale = 6

Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    state: 'loading',
    levels: [] as readonly { readonly id: LevelId; readonly name: string }[],
    level: '',
    hereLevel: '',
    here: '',
    circle: '',
    following: false,
    place: undefined as PlaceRow | undefined,
    signalTitle: '',
    signalHint: '',
    signalAction: '',
    fieldTop: 0,
    fieldRight: 0,
    chipsTop: 0,
  },
  map: undefined as MapCanvas | undefined,
  size: { width: 0, height: 0 },
  version: '',
  /** Where the dot is, for whoever looks at it from outside. */
  seen: undefined as Fix | undefined,
  leave: undefined as (() => void) | undefined,

  onLoad() {
    const capsule = wx.getMenuButtonBoundingClientRect()
    this.setData({
      fieldTop: capsule.top - 6,
      fieldRight: wx.getWindowInfo().windowWidth - capsule.left + 14,
      chipsTop: capsule.bottom + 17,
    })
  },

  onShow() {
    showTab(this, 1)
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

  onShareAppMessage(): { title: string; path: string } {
    return { title: texts.say('shareTitle', { place: this.data.here }), path: '/pages/map/index' }
  },

  refresh() {
    const { fix, venue, venueState } = shopper()
    const current = venue()
    const at = fix()
    this.seen = at
    setChanged(this, {
      t: texts.all(),
      state: venueState(),
      levels: current ? levelsOf(current) : [],
      hereLevel: at?.level ?? '',
      here:
        current && at
          ? whereIs(current.router.tables, { levelId: at.level, x: at.x, y: at.y }, language())
          : '',
      circle: at ? texts.say('circle', { metres: Math.round(at.radiusM) }) : '',
      ...signalWords(),
    })
    void this.draw()
  },

  mapReady(event: WechatMiniprogram.CustomEvent<{ map: MapCanvas; width: number; height: number }>) {
    const { map, width, height } = event.detail
    this.map = map
    this.size = { width, height }
    map.setFree({ left: 0, top: 152, right: width, bottom: height - 170 })
    map.setObstacles([
      { left: 0, top: 0, right: width, bottom: 152 },
      { left: width - 70, top: 215, right: width, bottom: height - 200 },
    ])
    void this.draw()
  },

  async draw() {
    const { fix, motion, venue } = shopper()
    const current = venue()
    if (!this.map || !current) return
    const at = fix()
    if (this.version !== current.entry.versionId) {
      this.version = current.entry.versionId
      const first = (at?.level as LevelId | undefined) ?? groundLevel(current)
      if (first !== undefined) await this.showLevel(first)
      if (at) this.follow()
    }
    // Whoever follows goes along to the next level.
    if (at && this.data.following && at.level !== this.data.level) await this.showLevel(at.level as LevelId)
    showHere(this.map, at, motion.headingRad())
  },

  async showLevel(id: LevelId) {
    const current = shopper().venue()
    if (!this.map || !current) return
    this.setData({ level: id })
    await showLevel(this.map, current, id)
  },

  follow() {
    const at = shopper().fix()
    if (!this.map || !at) return
    this.map.setCamera(
      { x: at.x, y: at.y, scale: Math.max(walkingScale, this.map.camera().scale) },
      Date.now(),
    )
    this.map.setFollow('position', Date.now())
    this.setData({ following: true })
  },

  async locate() {
    const at = shopper().fix()
    if (!at) {
      this.openSignal()
      return
    }
    if (at.level !== this.data.level) await this.showLevel(at.level as LevelId)
    this.follow()
  },

  followed(event: WechatMiniprogram.CustomEvent<{ follow: string }>) {
    this.setData({ following: event.detail.follow !== 'off' })
  },

  async chooseLevel(event: WechatMiniprogram.CustomEvent<{ id: LevelId }>) {
    this.map?.setFollow('off', Date.now())
    this.setData({ following: false, place: undefined })
    await this.showLevel(event.detail.id)
  },

  tapPlace(event: WechatMiniprogram.CustomEvent<{ hit: MapHit | undefined }>) {
    const current = shopper().venue()
    const { hit } = event.detail
    const tapped =
      current && hit?.kind === 'place' ? placeOnLevel(current, this.data.level, hit.id) : undefined
    this.map?.setHighlights(tapped ? [{ placeId: tapped.id, tone: 'ink' }] : [])
    this.setData({ place: tapped && placeRow(tapped, language(), tapped.level) })
  },

  openPlace() {
    if (this.data.place) open(`/pages/shop/index?id=${this.data.place.id}`)
  },
  goThere() {
    if (this.data.place) open(`/pages/route/index?to=${this.data.place.id}`)
  },
  openSearch(event: WechatMiniprogram.TouchEvent<object, object, { query: string }>) {
    open(`/pages/search/index?q=${encodeURIComponent(event.currentTarget.dataset.query)}`)
  },
  openSignal() {
    open(shopper().consents().location ? '/pages/signal/index' : '/pages/consent/index')
  },
})

function levelsOf({ levels }: VenueData) {
  return [...levels]
    .sort((a, b) => b.ordinal - a.ordinal)
    .map(({ id, shortName }) => ({ id, name: shortName }))
}

/** A destination by the short id of its level's file. */
function placeOnLevel({ destinations }: VenueData, levelId: string, shortId: string) {
  const onLevel = destinations.filter((each) => each.levelId === levelId)
  const length = Math.max(shortId.length, shortIdLength([]))
  return onLevel.find(({ id }) => id.slice(-length) === shortId)
}

/** What the sheet says while there is no blue dot, and what one can do. */
function signalWords() {
  const { beacons, consents } = shopper()
  const t = texts.all()
  if (!consents().location) return { signalTitle: t.notShown, signalHint: '', signalAction: t.turnOn }
  const state = beacons.state()
  if (state === 'off' || state === 'starting' || state === 'listening') {
    return { signalTitle: t.looking, signalHint: t.lookingHint, signalAction: '' }
  }
  return { signalTitle: t.trouble, signalHint: t.troubleHint, signalAction: t.why }
}
