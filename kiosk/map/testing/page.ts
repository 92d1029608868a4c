import '../../../ui/base.css'
import { createApp, defineComponent, h, ref, shallowReactive } from 'vue'
import { decodeRoutingTables, Router } from '../../../maps/routes/offline.ts'
import type { RouteRequest } from '../../../maps/routes/offline.ts'
import { loadFonts } from '../../../ui/fonts.ts'
import { ExplodedBuilding } from '../../building/index.ts'
import { fittedPose } from '../../building/camera.ts'
import { cornersOf, pitchRad } from '../../building/choose-view.ts'
import type { ExplodedBuildingHandle } from '../../building/index.ts'
import { stackOf } from '../../building/stack.ts'
import type { Memory } from '../../building/three-painter.ts'
import { readPalette } from '../../../ui/palette.ts'
import { KioskMap } from '../index.ts'
import type { KioskMapHandle, KioskMapProps } from '../index.ts'
import type { VenueFile } from './venue-file.ts'

/** What a test asks of the page. */
export interface Stage {
  readonly venue: VenueFile
  readonly router: Router
  /** What is mounted; changing it changes the screen. */
  readonly shown: Shown
  /** Events in the order in which they came. */
  readonly events: { name: string; payload: unknown }[]
  readonly map: () => KioskMapHandle | undefined
  readonly building: () => ExplodedBuildingHandle | undefined
  /** Draws the building of the trip as often as this, each time anew, and tells what is held then. */
  drawBuildings(times: number): Promise<Memory[]>
  /** Computes a route and puts it on the screen; returns how long that took in milliseconds. */
  go(request: RouteRequest, leg: number): number
}

type Shown = { view: 'map' | 'building' | 'nothing' } & {
  -readonly [Name in Exclude<keyof KioskMapProps, 'levels' | 'destinations'>]?: KioskMapProps[Name]
}

declare global {
  interface Window {
    stage?: Stage
  }
}

async function open(): Promise<void> {
  void loadFonts()
  const name = new URLSearchParams(location.search).get('venue') ?? 'demo'
  const venue = (await (await fetch(`/venues/${name}.json`)).json()) as VenueFile
  const decoded = decodeRoutingTables(venue.tables)
  if ('refused' in decoded) throw new Error(decoded.refused)
  const router = Router.of(decoded.tables)
  const events: Stage['events'] = []
  const map = ref<KioskMapHandle>()
  const building = ref<ExplodedBuildingHandle>()
  const ground = venue.levels.find(({ ordinal }) => ordinal === 0) ?? venue.levels[0]
  if (!ground) throw new Error('A venue has a level')
  const shown: Shown = shallowReactive<Shown>({ view: 'nothing', levelId: ground.id, theme: 'light' })
  const tell = (event: string) => (payload?: unknown) => {
    events.push({ name: event, payload })
  }
  const insets = { top: 170, right: 40, bottom: 40, left: 40 }
  const Page = defineComponent(() => () => {
    document.documentElement.dataset.theme = shown.theme ?? 'light'
    const { levelId = ground.id, theme = 'light', home, trip } = shown
    const stand = { levels: venue.levels, theme, insets: shown.insets ?? insets }
    if (shown.view === 'map') {
      return h(KioskMap, {
        ...shown,
        ...stand,
        ref: map,
        levelId,
        home,
        destinations: venue.destinations,
        'onUpdate:levelId': (next: string) => {
          tell('update:levelId')(next)
          shown.levelId = next
        },
        onTapPlace: tell('tap-place'),
        onChooseLeg: tell('choose-leg'),
        onDrawn: tell('drawn'),
        onFailed: (error: unknown) => {
          tell('failed')(error instanceof Error ? error.message : String(error))
        },
      })
    }
    if (shown.view === 'building' && trip) {
      return h(ExplodedBuilding, {
        ...stand,
        ref: building,
        trip,
        facingDeg: home?.facingDeg,
        onChooseLevel: tell('choose-level'),
        onChooseLeg: tell('choose-leg'),
        onDrawn: tell('drawn'),
        onEnded: tell('ended'),
      })
    }
    return null
  })
  createApp(Page).mount('#app')
  window.stage = {
    venue,
    router,
    shown,
    events,
    map: () => map.value,
    building: () => building.value,
    drawBuildings: async (times) => {
      if (!shown.trip) throw new Error('There is no trip')
      const { createThreePainter } = await import('../../building/three-painter.ts')
      const stack = stackOf(venue.levels, shown.trip)
      const screen = { width: 120, height: 160 }
      const free = { left: 0, top: 0, right: screen.width, bottom: screen.height }
      const pose = fittedPose(cornersOf(stack, 1), { pitchRad, bearingRad: 1 }, screen, free)
      const colours = { palette: readPalette(), route: '#f2510f', isNight: false }
      return Array.from({ length: times }, () => {
        const painter = createThreePainter({ stack, colours })
        painter.draw({ pose, screen, parted: 1, risen: 1 })
        painter.dispose()
        return painter.memory()
      })
    },
    go: (request, leg) => {
      const started = performance.now()
      const route = router.route(request)
      const tookMs = performance.now() - started
      if ('refused' in route) throw new Error(JSON.stringify(route))
      shown.trip = { route, tables: router.tables, leg }
      return tookMs
    },
  }
}

void open()
