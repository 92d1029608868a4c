import { computed, inject, onScopeDispose, provide, ref, shallowRef, watch } from 'vue'
import type { ComputedRef, InjectionKey, Ref, ShallowRef } from 'vue'
import type { WeekMinute } from '../maps/hours/opening-hours.ts'
import { toLonLat } from '../maps/model/index.ts'
import type { Destination, Json } from '../maps/model/index.ts'
import type { Closure } from '../maps/routes/offline.ts'
import { closuresAt, contentAt, areHours, isWithin, weekMinuteIn } from '../server/contract/floor-stream.ts'
import { kioskSettings } from '../server/contract/kiosk-values.ts'
import type { ContentCard, KioskSettings } from '../server/contract/kiosk-values.ts'
import type { ClosureNotice } from '../server/contract/navigation.contract.ts'
import { Guide, walkAhead } from './data/guide.ts'
import { openState } from './data/describe.ts'
import type { Venue } from './data/open-venue.ts'
import type { Identity } from './device/identity.ts'
import { keepIdentity } from './device/identity.ts'
import { crowdsOf, unlessSameCrowds } from './live/crowds.ts'
import { staleAfterMs, useLive } from './live/live.ts'
import type { Live } from './live/live.ts'
import type { Crowd, Home } from './map/index.ts'
import { createStage } from './stage.ts'
import type { Stage } from './stage.ts'
import { useClock } from './session/clock.ts'
import { useVisits } from './session/visit.ts'
import type { Visits } from './session/visit.ts'

/** Where the screen stands, for router and map. */
export interface Place extends Home {
  readonly level: string
  readonly x: number
  readonly y: number
}

/** Everything the screens draw from. */
export interface Kiosk {
  readonly token: string
  readonly venue: Readonly<ShallowRef<Venue>>
  readonly settings: Readonly<Ref<KioskSettings>>
  readonly home: ComputedRef<Place>
  readonly guide: Readonly<ShallowRef<Guide>>
  readonly live: Live
  readonly nowMs: Readonly<Ref<number>>
  /** The minute of the week in the mall. */
  readonly minute: ComputedRef<WeekMinute>
  /** True while what is live cannot be trusted to be of this minute. */
  readonly isStale: ComputedRef<boolean>
  readonly closures: ComputedRef<readonly ClosureNotice[]>
  /** Announcements and cards to show now, in their order. */
  readonly content: ComputedRef<readonly ContentCard[]>
  /** Ids of destinations that are shut now. */
  readonly closed: ComputedRef<ReadonlySet<string>>
  /** How full shops are, by id of destination; empty while that is not known of this minute. */
  readonly crowds: ComputedRef<ReadonlyMap<string, Crowd>>
  readonly stage: Stage
  readonly visits: Visits
}

const key: InjectionKey<Kiosk> = Symbol('kiosk')

/** The kiosk that a screen is part of. */
export function useKiosk(): Kiosk {
  const kiosk = inject(key)
  if (!kiosk) throw new Error('useKiosk outside of KioskShell')
  return kiosk
}

/** Puts a kiosk together for as long as the calling component lives, and gives it to all screens in it. */
export function provideKiosk(options: {
  readonly identity: Identity
  readonly venue: Readonly<ShallowRef<Venue>>
  readonly onCommand: (values: ReadonlyMap<string, Json>) => void
  readonly onWipe: () => void
  readonly onRevoked: () => void
}): Kiosk {
  const { identity, venue, onCommand, onWipe, onRevoked } = options
  const settings = ref(identity.settings)
  const nowMs = useClock()
  const minuteMs = computed(() => Math.floor(nowMs.value / 60_000) * 60_000)
  const minute = computed(() => weekMinuteIn(settings.value.timeZone, minuteMs.value))
  const live = useLive({
    token: identity.token,
    venueId: identity.settings.venueId,
    kioskId: identity.settings.kioskId,
    onKiosk(values) {
      const read = kioskSettings.safeParse(values.get('settings'))
      // Not the revision alone: the zone of the mall's clocks is no decision about this screen.
      if (read.success && JSON.stringify(read.data) !== JSON.stringify(settings.value)) {
        settings.value = read.data
        keepIdentity({ token: identity.token, settings: read.data })
      }
      onCommand(values)
    },
    onRevoked,
  })
  const home = computed(() => placeOf(venue.value, settings.value))
  const closures = computed<readonly ClosureNotice[]>((before) =>
    unlessSame(
      before,
      live.floor.value.closures.filter((notice) => isWithin(notice, nowMs.value)),
    ),
  )
  const { guide } = useGuide({
    venue,
    home,
    closures: () => closuresAt(live.floor.value.closures, nowMs.value),
  })
  const isStale = computed(
    () =>
      !live.isConnected.value ||
      live.heardAtMs.value === undefined ||
      nowMs.value - live.heardAtMs.value > staleAfterMs,
  )
  const crowds = computed<ReadonlyMap<string, Crowd>>((before) =>
    unlessSameCrowds(
      before,
      isStale.value ? new Map() : crowdsOf(venue.value.destinations, live.floor.value),
    ),
  )
  const stage = createStage(home.value.levelId)
  const kiosk: Kiosk = {
    token: identity.token,
    ...{ venue, settings, home, guide, live, nowMs, minute, closures, stage, isStale, crowds },
    content: computed<readonly ContentCard[]>((before) =>
      unlessSame(before, playlistOf(live.floor.value.content, settings.value, nowMs.value)),
    ),
    closed: computed(() => closedOf(venue.value.destinations, minute.value)),
    visits: useVisits(() => {
      stage.levelId = home.value.levelId
      onWipe()
    }),
  }
  watch(home, ({ levelId }) => {
    stage.levelId = levelId
  })
  provide(key, kiosk)
  return kiosk
}

/** One guide for as long as place, map and closures stay the same. */
function useGuide(of: {
  readonly venue: Readonly<ShallowRef<Venue>>
  readonly home: ComputedRef<Place>
  readonly closures: () => readonly Closure[]
}) {
  const closuresText = computed(() => JSON.stringify(of.closures()))
  const make = () => {
    const { level, x, y } = of.home.value
    const closures = JSON.parse(closuresText.value) as readonly Closure[]
    return new Guide({ router: of.venue.value.router, home: { level, x, y }, closures })
  }
  const guide = shallowRef(make())
  let stop: () => void = () => undefined
  const ahead = () => {
    stop()
    const shops = of.venue.value.destinations.filter(({ kind }) => kind !== 'bay')
    stop = walkAhead(
      guide.value,
      shops.map(({ id }) => id),
    )
  }
  ahead()
  watch(
    [of.venue, () => `${of.home.value.level} ${of.home.value.x} ${of.home.value.y}`, closuresText],
    () => {
      guide.value = make()
      ahead()
    },
  )
  onScopeDispose(() => {
    stop()
  })
  return { guide }
}

/** Where the screen stands on this version of the map; on the ground level where its own is gone. */
function placeOf(venue: Venue, { levelId, x, y, headingDeg }: KioskSettings): Place {
  const level =
    venue.levels.find(({ id }) => id === levelId) ??
    venue.levels.find(({ ordinal }) => ordinal === 0) ??
    venue.levels[0]
  if (!level) throw new Error('The venue has no levels')
  return {
    levelId: level.id,
    level: level.name,
    x,
    y,
    lonLat: toLonLat(level.frame, { x, y }),
    facingDeg: headingDeg,
  }
}

/** The list before where nothing in it changed, so that nothing is drawn anew every second. */
function unlessSame<One>(before: readonly One[] | undefined, now: readonly One[]): readonly One[] {
  const isSame = before?.length === now.length && before.every((one, at) => one === now[at])
  return isSame ? before : now
}

/** The content this screen was given, in its order and hours. */
function playlistOf(
  cards: readonly ContentCard[],
  { playlist, timeZone }: KioskSettings,
  nowMs: number,
): ContentCard[] {
  const current = contentAt(cards, nowMs)
  if (playlist === 'all') return current
  const at = weekMinuteIn(timeZone, nowMs)
  return playlist
    .filter(({ hours }) => areHours(hours, at))
    .flatMap(({ contentId }) => current.find(({ id }) => id === contentId) ?? [])
}

function closedOf(destinations: readonly Destination[], minute: WeekMinute): ReadonlySet<string> {
  const shut = destinations.filter((destination) => openState(destination, minute)?.open === false)
  return new Set(shut.map(({ id }) => id))
}
