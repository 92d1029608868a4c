import type { MapCanvas } from '../../../../maps/canvas/index.ts'
import { Instructor } from '../../../../maps/instructions/instructions-of.ts'
import type { Step } from '../../../../maps/instructions/instructions-of.ts'
import type { Destination, LevelId } from '../../../../maps/model/index.ts'
import { nameIn } from '../../../../maps/render/name-in.ts'
import { progressOn } from '../../../../maps/routes/progress.ts'
import type { Progress } from '../../../../maps/routes/progress.ts'
import type { Route } from '../../../../maps/routes/route.ts'
import { language } from '../../services/messages.ts'
import { setChanged } from '../../services/page.ts'
import { showHere, showLevel } from '../../services/show-map.ts'
import { shopper } from '../../services/shopper.ts'
import type { VenueData } from '../../services/venue-data.ts'
import { isRoute, startOf } from '../../services/ways.ts'
import { texts } from './messages.ts'

/** So near the end one is there. */
const thereM = 8
/** How long somebody is off the way before another is sought: a fix may wander for a moment. */
const offForMs = 1_200
const walkingScale = 6.1

interface Words {
  readonly icon: string
  readonly metres: number
  readonly text: string
}

/** The way to a place, step by step, following the person. Worked out on the phone: it needs no network. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    title: '',
    now: undefined as Words | undefined,
    next: '',
    trouble: '',
    troubleHint: '',
    steps: [] as readonly { readonly text: string; readonly level: string }[],
    at: 0,
    showSteps: false,
    minutes: '',
    left: '',
    isThere: false,
  },
  map: undefined as MapCanvas | undefined,
  goal: undefined as Destination | undefined,
  way: undefined as Route | undefined,
  steps: [] as readonly Step[],
  alongM: 0,
  offSinceMs: undefined as number | undefined,
  spoken: -1,
  level: undefined as LevelId | undefined,
  leave: undefined as (() => void) | undefined,

  onLoad(query) {
    this.setData({ t: texts.all() })
    const venue = shopper().venue()
    this.goal = query.to === undefined ? undefined : venue?.destination(query.to)
    if (!venue || !this.goal) {
      this.setData({ trouble: texts.say('unknown') })
      return
    }
    this.setData({ title: texts.say('to', { name: nameIn(this.goal.name, language()) }) })
    this.plan(venue)
  },

  onShow() {
    void wx.setKeepScreenOn({ keepScreenOn: true })
    this.leave = shopper().onChange(() => {
      this.refresh()
    })
    this.refresh()
  },
  onHide() {
    this.leave?.()
    void wx.setKeepScreenOn({ keepScreenOn: false })
  },
  onUnload() {
    this.leave?.()
    void wx.setKeepScreenOn({ keepScreenOn: false })
  },

  plan(venue: VenueData) {
    const start = startOf(venue, shopper().fix())
    if (!start || !this.goal) {
      this.setData({ trouble: texts.say('noStart'), troubleHint: texts.say('noStartHint') })
      return
    }
    const answer = venue.router.route({ from: start.spot, to: { place: this.goal.id } })
    if (!isRoute(answer)) {
      this.setData({ trouble: texts.say('noWay'), troubleHint: texts.say('noWayHint') })
      return
    }
    this.way = answer
    this.alongM = 0
    this.offSinceMs = undefined
    this.spoken = -1
    this.steps = new Instructor(venue.router.tables).stepsOf(answer, language())
    this.setData({
      trouble: '',
      troubleHint: '',
      steps: this.steps.map(({ text, level }) => ({ text, level })),
    })
    if (start.entrance) this.say(texts.say('from', { name: nameIn(start.entrance.name, language()) }))
    void this.draw(undefined)
  },

  say(title: string) {
    void wx.showToast({ title, icon: 'none', duration: 3000 })
  },

  refresh() {
    const { fix, venue } = shopper()
    const current = venue()
    const { way: route } = this
    if (!current || !route) return
    const at = fix()
    const level = at ? current.router.tables.levels.findIndex(({ id }) => id === at.level) : -1
    const progress = at
      ? progressOn(
          route,
          { x: at.x, y: at.y, radiusM: at.radiusM, level: level < 0 ? undefined : level },
          this.alongM,
        )
      : undefined
    if (progress?.isOff) {
      this.offSinceMs ??= Date.now()
      if (Date.now() - this.offSinceMs >= offForMs) {
        this.say(texts.say('again'))
        this.plan(current)
        return
      }
    } else {
      this.offSinceMs = undefined
      this.alongM = progress?.alongM ?? this.alongM
    }
    this.word(progress, route)
    void this.draw(progress)
  },

  /** What to do next, how far away, and when one will be there. */
  word(progress: Progress | undefined, route: Route) {
    const alongM = progress?.alongM ?? 0
    const index = stepAt(this.steps, alongM)
    const step = this.steps[index]
    const after = this.steps[index + 1]
    const remainingM = progress?.remainingM ?? route.lengthM
    const remainingS = progress?.remainingS ?? route.seconds
    const isThere = progress !== undefined && !progress.isOff && remainingM < thereM
    const there = new Date(Date.now() + remainingS * 1000)
    setChanged(this, {
      at: index,
      now: step ? wordsOf(step, Math.max(0, Math.round(step.alongM + step.lengthM - alongM))) : null,
      next: after?.text ?? '',
      isThere,
      minutes: texts.say('minutes', { minutes: Math.max(1, Math.round(remainingS / 60)) }),
      left: isThere
        ? texts.say('arrivedAt', { name: this.goal ? nameIn(this.goal.name, language()) : '' })
        : texts.say('left', { metres: Math.round(remainingM), time: clockTime(there) }),
    })
    if (progress && index !== this.spoken) {
      if (this.spoken >= 0) wx.vibrateShort({ type: 'medium', fail: () => undefined })
      this.spoken = index
    }
  },

  mapReady(event: WechatMiniprogram.CustomEvent<{ map: MapCanvas; width: number; height: number }>) {
    const { map, width, height } = event.detail
    this.map = map
    map.setFree({ left: 0, top: 250, right: width, bottom: height - 140 })
    void this.draw(undefined)
  },

  async draw(progress: Progress | undefined) {
    const { fix, motion, venue } = shopper()
    const current = venue()
    const { map, way: route } = this
    if (!map || !current || !route) return
    const levelIds = current.router.tables.levels.map(({ id }) => id)
    const at = fix()
    const level = (at?.level as LevelId | undefined) ?? levelIds[route.from.level]
    if (level !== undefined && level !== this.level) {
      this.level = level
      await showLevel(map, current, level)
      const start = at ?? route.from
      map.setCamera({ x: start.x, y: start.y, scale: walkingScale })
      if (at) map.setFollow('heading', Date.now())
    }
    map.setRoute({ route, levelIds, ...(progress && { progress }) }, Date.now())
    showHere(map, at, motion.headingRad())
  },

  toggleSteps() {
    this.setData({ showSteps: !this.data.showSteps })
  },
  end() {
    if (getCurrentPages().length > 1) void wx.navigateBack()
    else void wx.switchTab({ url: '/pages/map/index' })
  },
})

/** The step one is carrying out: the last one whose place has been reached. */
function stepAt(steps: readonly Step[], alongM: number): number {
  let index = 0
  steps.forEach((step, each) => {
    if (step.kind !== 'notice' && step.alongM <= alongM + 1) index = each
  })
  return index
}

function wordsOf(step: Step, metres: number): Words {
  const icon =
    step.kind === 'ride'
      ? 'elevator'
      : step.kind === 'arrive'
        ? 'map-pin'
        : step.turn === undefined || step.turn === 'straight'
          ? 'arrow-up'
          : step.turn.includes('left')
            ? 'corner-up-left'
            : step.turn.includes('right')
              ? 'corner-up-right'
              : 'rotate-ccw'
  return { icon, metres, text: step.text }
}

function clockTime(at: Date): string {
  return `${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}`
}
