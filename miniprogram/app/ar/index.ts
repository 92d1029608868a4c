import type { ArArrow, ArState, Here, MapCanvas, MapContext } from '../../../maps/canvas/index.ts'
import { routeLines, stepArArrow } from '../../../maps/canvas/index.ts'
import type { LevelId } from '../../../maps/model/index.ts'
import { nameIn } from '../../../maps/render/name-in.ts'
import type { PositioningEvent } from '../../../positioning/events.ts'
import type { Guide, NextThing } from '../services/guide.ts'
import { nextThings } from '../services/guide.ts'
import { endGuide, guideTo, tellNews } from '../services/guidance.ts'
import { language } from '../services/messages.ts'
import { setChanged } from '../services/page.ts'
import { phoneHeading } from '../services/phone-heading.ts'
import type { HeadingSource } from '../services/phone-heading.ts'
import { showHere, showLevel } from '../services/show-map.ts'
import { shopper } from '../services/shopper.ts'
import { drawFloor } from './draw-floor.ts'
import { texts } from './messages.ts'

/** So long without an arrow, for a reason that walking on does not mend, and the map leads on. */
const steppedBackAfterMs = 10_000
/** Frames of the picture: the heading itself comes five times a second. */
const frameMs = 40
const miniScale = 3
/** The camera never shows the chevrons from steeper than this, however low the phone is held. */
const downRad = { least: -0.1, most: 0.3 } as const
/** Beyond this the way is beside the picture. */
const besideRad = 0.6
/** Time constant that takes the steps out of the tilt. */
const tiltMs = 400
/** Reasons that belong to the way; the others say that the phone cannot tell. */
const ofTheWay: readonly string[] = ['ride', 'arrived']

interface CanvasNode {
  width: number
  height: number
  getContext(type: '2d'): MapContext & { clearRect(x: number, y: number, w: number, h: number): void }
  requestAnimationFrame(task: () => void): number
  cancelAnimationFrame(handle: number): void
}

/** The way in the camera's picture: chevrons on the floor, from where one stands and where the phone points. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    title: '',
    now: undefined as NextThing | undefined,
    silence: '',
    isDenied: false,
  },
  guide: undefined as Guide | undefined,
  map: undefined as MapCanvas | undefined,
  level: undefined as LevelId | undefined,
  canvas: undefined as { node: CanvasNode; width: number; height: number; dpr: number } | undefined,
  frame: undefined as number | undefined,
  drawnMs: 0,
  tilt: { downRad: 0.3, atMs: 0 },
  heading: undefined as HeadingSource | undefined,
  state: undefined as ArState | undefined,
  /** What the picture shows now, and from where, for whoever looks at it from outside. */
  arrow: undefined as ArArrow | undefined,
  seen: undefined as Here | undefined,
  silentSinceMs: undefined as number | undefined,
  leave: [] as (() => void)[],

  onLoad(query) {
    this.setData({ t: texts.all() })
    const venue = shopper().venue()
    const place = query.to === undefined ? undefined : venue?.destination(query.to)
    if (!venue || !place) {
      this.goBack()
      return
    }
    const name = nameIn(place.name, language())
    this.guide = guideTo(venue, { name, spot: { place: place.id }, placeId: place.id })
    this.setData({ title: texts.say('to', { name }) })
  },

  onReady() {
    this.createSelectorQuery()
      .select('#floor')
      .fields({ node: true, size: true })
      .exec((results: readonly ({ node: CanvasNode; width: number; height: number } | null)[]) => {
        const [result] = results
        if (!result) return
        const dpr = Math.min(2, wx.getWindowInfo().pixelRatio)
        result.node.width = Math.round(result.width * dpr)
        result.node.height = Math.round(result.height * dpr)
        this.canvas = { ...result, dpr }
        this.nextFrame()
      })
  },

  onShow() {
    void wx.setKeepScreenOn({ keepScreenOn: true })
    const { motion, fix } = shopper()
    this.heading = phoneHeading({
      fix,
      compassRad: () => motion.headingRad(),
      now: () => Date.now(),
    })
    this.leave = [
      shopper().onChange(() => {
        this.refresh()
      }),
      motion.onEvent((event) => {
        this.tilted(event)
      }),
    ]
    this.refresh()
    this.nextFrame()
  },
  onHide() {
    this.stop()
  },
  onUnload() {
    this.stop()
  },
  stop() {
    for (const leave of this.leave) leave()
    this.leave = []
    if (this.frame !== undefined) this.canvas?.node.cancelAnimationFrame(this.frame)
    this.frame = undefined
    void wx.setKeepScreenOn({ keepScreenOn: false })
  },

  /** How far the camera looks down: gravity tells, in whatever unit and however the axes are named for turns. */
  tilted(event: PositioningEvent) {
    if (event.kind !== 'acceleration') return
    const { tMs, x, y, z } = event
    const g = Math.hypot(x, y, z)
    if (g < 1) return
    const share = 1 - Math.exp(-Math.max(0, tMs - this.tilt.atMs) / tiltMs)
    const next = this.tilt.downRad + share * (Math.asin(z / g) - this.tilt.downRad)
    this.tilt = { downRad: next, atMs: tMs }
  },

  refresh() {
    const { guide } = this
    const venue = shopper().venue()
    if (!guide || !venue) return
    const news = guide.look()
    if (news) tellNews(guide, news)
    setChanged(this, { now: nextThings(guide)?.now ?? null })
    this.word()
    void this.drawMap(guide)
  },

  /** Says why there is no arrow, and steps back to the map where that lasts. */
  word() {
    const { arrow } = this
    const why = arrow?.isShown === false ? arrow.why : undefined
    const turnRad = arrow?.isShown === true ? arrow.turnRad : 0
    const side = Math.abs(turnRad) < besideRad ? undefined : turnRad < 0 ? 'onLeft' : 'onRight'
    const said = why ?? side
    setChanged(this, { silence: said === undefined || this.data.isDenied ? '' : texts.say(said) })
    // Who reads why there is no picture, or is away to allow it, is not waiting for an arrow.
    if (why === undefined || ofTheWay.includes(why) || this.data.isDenied) {
      this.silentSinceMs = undefined
      return
    }
    this.silentSinceMs ??= Date.now()
    if (Date.now() - this.silentSinceMs < steppedBackAfterMs) return
    void wx.showToast({ title: texts.say('steppedBack'), icon: 'none', duration: 3000 })
    this.goBack()
  },

  nextFrame() {
    if (!this.canvas || this.frame !== undefined || this.leave.length === 0) return
    this.frame = this.canvas.node.requestAnimationFrame(() => {
      this.frame = undefined
      if (Date.now() - this.drawnMs >= frameMs) this.drawPicture()
      this.nextFrame()
    })
  },

  drawPicture() {
    const { canvas, guide } = this
    const venue = shopper().venue()
    if (!canvas || !guide || !venue) return
    const nowMs = Date.now()
    this.drawnMs = nowMs
    this.arrow = this.stepArrow(guide, nowMs)
    const view = {
      width: canvas.width,
      height: canvas.height,
      downRad: Math.max(downRad.least, Math.min(downRad.most, this.tilt.downRad)),
    }
    const context = canvas.node.getContext('2d')
    context.setTransform(canvas.dpr, 0, 0, canvas.dpr, 0, 0)
    context.clearRect(0, 0, canvas.width, canvas.height)
    if (this.arrow.isShown) drawFloor(context, view, this.arrow)
  },

  stepArrow(guide: Guide, nowMs: number): ArArrow {
    const route = guide.way()
    const progress = guide.progress()
    const at = shopper().fix()
    const levels = shopper().venue()?.router.tables.levels ?? []
    if (!route || !at) return { isShown: false, why: 'vague-position' }
    // Off the way there is no progress yet on the one that is sought.
    if (!progress || guide.offSinceMs() !== undefined) return { isShown: false, why: 'off-route' }
    const heading = this.heading?.()
    const lines = routeLines({ route, levelIds: levels.map(({ id }) => id), progress })
    const here: Here = {
      levelId: at.level as LevelId,
      x: at.x,
      y: at.y,
      radiusM: at.radiusM,
      ...(heading && { headingRad: heading.rad, headingSigmaRad: heading.sdRad }),
    }
    this.seen = here
    const next = stepArArrow(this.state, { lines, progress, here, lastLeg: route.legs.length - 1 }, nowMs)
    this.state = next.state
    return next.arrow
  },

  mapReady(event: WechatMiniprogram.CustomEvent<{ map: MapCanvas; width: number; height: number }>) {
    const { map, width, height } = event.detail
    this.map = map
    map.setFree({ left: 0, top: 0, right: width, bottom: height * 1.2 })
    this.refresh()
  },

  async drawMap(guide: Guide) {
    const { fix, motion, venue } = shopper()
    const current = venue()
    const route = guide.way()
    const at = fix()
    if (!this.map || !current || !route || !at) return
    const levelIds = current.router.tables.levels.map(({ id }) => id)
    if (at.level !== this.level) {
      this.level = at.level as LevelId
      await showLevel(this.map, current, this.level)
      this.map.setCamera({ x: at.x, y: at.y, scale: miniScale })
      this.map.setFollow('heading', Date.now())
    }
    const progress = guide.progress()
    this.map.setRoute({ route, levelIds, ...(progress && { progress }) }, Date.now())
    showHere(this.map, at, motion.headingRad())
  },

  cameraFailed() {
    this.setData({ isDenied: true, silence: '' })
  },
  settingsClosed(event: WechatMiniprogram.ButtonOpenSetting) {
    if (event.detail.authSetting['scope.camera'] === true) this.setData({ isDenied: false })
  },
  goBack() {
    if (getCurrentPages().length > 1) void wx.navigateBack()
    else void wx.switchTab({ url: '/pages/map/index' })
  },
  end() {
    endGuide()
    const depth = getCurrentPages().length
    if (depth > 2) void wx.navigateBack({ delta: 2 })
    else void wx.switchTab({ url: '/pages/map/index' })
  },
})
