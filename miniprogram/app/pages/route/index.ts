import type { MapBadge, MapCanvas } from '../../../../maps/canvas/index.ts'
import { connectorName } from '../../../../maps/instructions/words.ts'
import type { LevelId } from '../../../../maps/model/index.ts'
import { nameIn } from '../../../../maps/render/name-in.ts'
import type { Route } from '../../../../maps/routes/route.ts'
import type { Fix } from '../../../../positioning/events.ts'
import type { Goal, Guide, NextThing } from '../../services/guide.ts'
import { nextThings } from '../../services/guide.ts'
import { endGuide, guideTo, isSpoken, setSpoken, tellNews, theVoice } from '../../services/guidance.ts'
import { codeOf, goalsOf, openHandoff } from '../../services/handoff.ts'
import { clockTime } from '../../services/clock-time.ts'
import { language } from '../../services/messages.ts'
import { open, setChanged } from '../../services/page.ts'
import { showHere, showLevel } from '../../services/show-map.ts'
import { shopper } from '../../services/shopper.ts'
import type { VenueData } from '../../services/venue-data.ts'
import { texts } from './messages.ts'

const walkingScale = 6.1
/** What floats over the map above and below, CSS pixels. */
const bannerPx = 250
const sheetPx = 140
const buttonsPx = 80

const isText = (value: unknown): value is string => typeof value === 'string'

/** The way to a place, step by step, following the person. Worked out on the phone: it needs no network. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    title: '',
    now: undefined as NextThing | undefined,
    then: undefined as NextThing | undefined,
    trouble: '',
    troubleHint: '',
    steps: [] as readonly { readonly text: string; readonly level: string }[],
    at: 0,
    showSteps: false,
    minutes: '',
    left: '',
    isThere: false,
    canSpeak: false,
    canSee: true,
    isSpoken: false,
    /** The stop after this one, of a way with several. */
    nextStop: '',
  },
  goals: [] as readonly Goal[],
  map: undefined as MapCanvas | undefined,
  guide: undefined as Guide | undefined,
  query: '',
  shown: undefined as Route | undefined,
  level: undefined as LevelId | undefined,
  /** Where the dot is, for whoever looks at it from outside. */
  seen: undefined as Fix | undefined,
  leave: undefined as (() => void) | undefined,

  onLoad(query) {
    this.setData({ t: texts.all(), canSpeak: theVoice().isThere, isSpoken: isSpoken() })
    const code = query.to === undefined ? codeOf(query) : undefined
    void (code === undefined ? this.openPlace(query.to ?? '') : this.openCode(code))
  },

  async openPlace(id: string) {
    const venue = shopper().venue() ?? (await shopper().whenOpen())
    const place = venue?.destination(id)
    if (!venue || !place) {
      this.setData({ trouble: texts.say('unknown') })
      return
    }
    this.lead(venue, { name: nameIn(place.name, language()), spot: { place: place.id }, placeId: place.id })
  },

  /** A way that a screen of the mall handed over. */
  async openCode(code: string) {
    this.setData({ title: texts.say('opening') })
    const mine = shopper()
    const { http, memory } = mine
    const way = await openHandoff({ http, memory, platform: wx }, code)
    if ('refused' in way) {
      this.setData({ title: '', trouble: texts.say(way.refused), troubleHint: texts.say('refusedHint') })
      return
    }
    // Who has not chosen a language goes on in that of the screen.
    if (memory.get('language', isText) === undefined) {
      mine.setLanguage(way.lang)
      this.setData({ t: texts.all() })
    }
    if ((await mine.whenOpen())?.entry.id !== way.venueId) await mine.openVenue(way.venueId)
    const venue = shopper().venue()
    const [first, ...others] = goalsOf(way, language())
    if (venue?.entry.id !== way.venueId || !first) {
      this.setData({ title: '', trouble: texts.say('away') })
      return
    }
    this.goals = others
    this.lead(venue, first)
  },

  lead(venue: VenueData, goal: Goal) {
    // The camera's page knows places by their id.
    this.query = goal.placeId === undefined ? '' : `to=${goal.placeId}`
    this.guide = guideTo(venue, goal)
    const [stop] = this.goals
    this.setData({
      title: texts.say('to', { name: goal.name }),
      canSee: this.query !== '',
      nextStop: stop ? texts.say('nextStop', { name: stop.name }) : '',
    })
    this.refresh()
  },

  goOn() {
    const venue = shopper().venue()
    const [stop, ...others] = this.goals
    if (!venue || !stop) return
    this.goals = others
    this.lead(venue, stop)
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
    theVoice().stop()
    void wx.setKeepScreenOn({ keepScreenOn: false })
  },

  refresh() {
    const { guide } = this
    const venue = shopper().venue()
    if (!guide || !venue) return
    this.seen = shopper().fix()
    const news = guide.look()
    const entrance = guide.entrance()
    if (news === 'planned' && entrance) {
      const title = texts.say('from', { name: nameIn(entrance.name, language()) })
      void wx.showToast({ title, icon: 'none', duration: 3000 })
    }
    if (news) tellNews(guide, news)
    this.word(guide)
    void this.draw(guide, venue)
  },

  /** What to do next, how far away, and when one will be there. */
  word(guide: Guide) {
    const way = guide.way()
    const trouble = guide.trouble()
    const things = nextThings(guide)
    const progress = guide.progress()
    const remainingS = progress?.remainingS ?? way?.seconds ?? 0
    const remainingM = progress?.remainingM ?? way?.lengthM ?? 0
    const isThere = guide.isThere()
    setChanged(this, {
      trouble: trouble ? texts.say(trouble === 'no-way' ? 'noWay' : 'noStart') : '',
      troubleHint: trouble ? texts.say(trouble === 'no-way' ? 'noWayHint' : 'noStartHint') : '',
      steps: guide.steps().map(({ text, level }) => ({ text, level })),
      at: guide.stepIndex(),
      now: things?.now ?? null,
      then: isThere ? null : (things?.then ?? null),
      isThere,
      minutes: way ? texts.say('minutes', { minutes: Math.max(1, Math.round(remainingS / 60)) }) : '',
      left: !way
        ? ''
        : isThere
          ? texts.say('arrivedAt', { name: guide.goal.name })
          : texts.say('left', {
              metres: Math.round(remainingM),
              time: clockTime(Date.now() + remainingS * 1000),
            }),
    })
  },

  mapReady(event: WechatMiniprogram.CustomEvent<{ map: MapCanvas; width: number; height: number }>) {
    const { map, width, height } = event.detail
    this.map = map
    map.setFree({ left: 0, top: bannerPx, right: width, bottom: height - sheetPx })
    map.setObstacles([
      { left: 0, top: 0, right: width, bottom: bannerPx },
      {
        left: width - buttonsPx,
        top: height - sheetPx - 2 * buttonsPx,
        right: width,
        bottom: height - sheetPx,
      },
    ])
    this.refresh()
  },

  async draw(guide: Guide, venue: VenueData) {
    const { fix, motion } = shopper()
    const { map } = this
    const route = guide.way()
    if (!map || !route) return
    const levelIds = venue.router.tables.levels.map(({ id }) => id)
    const at = fix()
    const level = (at?.level as LevelId | undefined) ?? levelIds[route.from.level]
    if (level !== undefined && level !== this.level) {
      this.level = level
      await showLevel(map, venue, level)
      const start = at ?? route.from
      map.setCamera({ x: start.x, y: start.y, scale: walkingScale })
      if (at) map.setFollow('heading', Date.now())
    }
    if (route !== this.shown) {
      this.shown = route
      map.setBadges(badgesOf(route, venue))
      if (guide.goal.placeId !== undefined) {
        map.setHighlights([{ placeId: guide.goal.placeId, tone: 'route' }])
      }
    }
    const progress = guide.progress()
    map.setRoute({ route, levelIds, ...(progress && { progress }) }, Date.now())
    showHere(map, at, motion.headingRad())
  },

  toggleSteps() {
    this.setData({ showSteps: !this.data.showSteps })
  },
  toggleVoice() {
    const on = !this.data.isSpoken
    setSpoken(on)
    this.setData({ isSpoken: on })
  },
  openCamera() {
    open(`/ar/index?${this.query}`)
  },
  end() {
    endGuide()
    if (getCurrentPages().length > 1) void wx.navigateBack()
    else void wx.switchTab({ url: '/pages/map/index' })
  },
})

/** A sign over each lift or escalator of the way: its name, and the level to get off at. */
function badgesOf(route: Route, { router }: VenueData): MapBadge[] {
  const { connectors, levels } = router.tables
  return route.legs.flatMap((leg, index): MapBadge[] => {
    if (leg.kind !== 'ride') return []
    const connector = connectors[leg.connector]
    const from = levels[leg.fromLevel]
    const to = levels[leg.toLevel]
    if (!connector || !from || !to) return []
    const glyph = connector.kind === 'escalator' || connector.kind === 'stairs' ? connector.kind : 'lift'
    const name = connectorName(connector, language()).replace(/^the /, '')
    const text = name.slice(0, 1).toUpperCase() + name.slice(1)
    return [
      { id: `on-${index}`, levelId: from.id, ...leg.from, text, glyph, chip: to.name, tone: 'ink' },
      {
        id: `off-${index}`,
        levelId: to.id,
        ...leg.to,
        text: texts.say(leg.fromLevel > leg.toLevel ? 'cameDown' : 'cameUp', { level: from.name }),
        glyph,
        tone: 'ink',
      },
    ]
  })
}
