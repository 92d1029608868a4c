import type { Fix } from '../../../positioning/events.ts'
import { presenceContract } from '../../../server/contract/presence.contract.ts'
import { visitorsContract } from '../../../server/contract/visitors.contract.ts'
import { createBeaconService } from './beacon-service.ts'
import type { BeaconService, BeaconState } from './beacon-service.ts'
import { createFileCache } from './file-cache.ts'
import { Away, createHttp, Refused } from './http.ts'
import type { Http } from './http.ts'
import { createLive } from './live.ts'
import type { Live } from './live.ts'
import { createMemory, hasKeys } from './memory.ts'
import type { Memory } from './memory.ts'
import { language, setLanguage } from './messages.ts'
import type { Language } from './messages.ts'
import { createMotionService } from './motion-service.ts'
import type { MotionService } from './motion-service.ts'
import { createPositionService } from './position-service.ts'
import type { PositionService } from './position-service.ts'
import { createSession } from './session.ts'
import type { Session } from './session.ts'
import { createSightingsQueue } from './sightings-queue.ts'
import type { SightingsQueue } from './sightings-queue.ts'
import { createVenues } from './venue-data.ts'
import type { VenueData, VenueEntry, Venues } from './venue-data.ts'

export const appVersion = '0.1.0'

export type Purpose = 'location' | 'profile' | 'marketing'
export type Consents = Readonly<Record<Purpose, boolean>>

/** Whether there is a venue to look at, and what stands in the way. */
export type VenueState = 'loading' | 'ready' | 'away' | 'none'

/** Everything the pages share: one a running app. */
export interface Shopper {
  readonly http: Http
  readonly memory: Memory
  readonly session: Session
  readonly live: Live
  readonly beacons: BeaconService
  readonly motion: MotionService
  readonly position: PositionService
  readonly queue: SightingsQueue
  readonly venue: () => VenueData | undefined
  readonly venueState: () => VenueState
  readonly venues: () => Promise<readonly VenueEntry[]>
  /** Opens the mall last visited, or another; tells listeners when it is there. */
  openVenue(id?: string): Promise<void>
  readonly consents: () => Consents
  /** Whether the person was asked yet. */
  readonly wasAsked: () => boolean
  /** Says yes or no to purposes: here at once, at the server as soon as it answers. */
  setConsents(next: Partial<Consents>): void
  readonly fix: () => Fix | undefined
  setLanguage(next: Language): void
  /** Told whenever something a page shows may have changed. */
  onChange(listener: () => void): () => void
  /** The app comes to the front, or leaves it. */
  readonly toFront: () => void
  readonly toBack: () => void
}

const nothing: Consents = { location: false, profile: false, marketing: false }
const isConsents = (value: unknown): value is Consents => hasKeys('location', 'profile', 'marketing')(value)
const isLanguage = (value: unknown): value is Language => value === 'zh' || value === 'en'
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

let shared: Shopper | undefined

/** The app's services, made at first use: loading a page touches nothing of the phone. */
export function shopper(): Shopper {
  return (shared ??= createShopper())
}

function createShopper(): Shopper {
  const now = () => Date.now()
  const memory = createMemory(wx)
  const session: Session = createSession({ http: () => http, memory, now })
  const http = createHttp({ platform: wx, baseUrl: ATRIUM_SERVER, token: () => session.token() })
  const cache = createFileCache({
    files: wx.getFileSystemManager(),
    folder: wx.env.USER_DATA_PATH,
    memory,
    now,
  })
  const venueStore: Venues = createVenues({ http, cache, memory })
  const beacons = createBeaconService({ platform: wx, now })
  const motion = createMotionService({ platform: wx, now })
  const position = createPositionService({ beacons, motion, now })
  const live = createLive({ platform: wx, baseUrl: ATRIUM_SERVER, token: () => session.ensure(), now })
  const queue = createSightingsQueue({ send, now, newId, appVersion })
  const listeners = new Set<() => void>()
  let venue: VenueData | undefined
  let venueState: VenueState = 'loading'
  let timer: number | undefined

  const tell = () => {
    for (const listener of [...listeners]) listener()
  }

  async function send(report: Parameters<Parameters<typeof createSightingsQueue>[0]['send']>[0]) {
    if (!venue) return 'away'
    try {
      const params = { venueId: venue.entry.id }
      return await http.call(presenceContract.reportSightings, { params, body: report })
    } catch (error) {
      return error instanceof Refused ? 'refused' : 'away'
    }
  }

  beacons.onSightings((sightings) => {
    if (consents().location) queue.heard(sightings, position.fix())
  })
  beacons.onState(tell)
  position.onFix(tell)

  const consents = () => memory.get('consents', isConsents) ?? nothing

  const listen = async (): Promise<void> => {
    if (!venue || !consents().location) return
    if (position.uuids().length === 0) {
      await session.ensure()
      const radioMap = await venue.radioMap()
      position.setVenue({ radioMap, tables: venue.router.tables })
    }
    beacons.start(position.uuids())
    motion.start()
  }

  const listenQuietly = () => {
    listen().catch((error: unknown) => {
      // Without a radio map there is no blue dot; the map and the search go on.
      if (!(error instanceof Away) && !(error instanceof Refused)) throw error
    })
  }

  const syncConsents = async (): Promise<void> => {
    await session.ensure()
    const texts = await http.call(visitorsContract.listConsentTexts, {})
    const wanted = consents()
    for (const { purpose, version } of texts) {
      await http.call(visitorsContract.changeConsent, {
        params: { purpose },
        body: {
          granted: wanted[purpose],
          ...(wanted[purpose] && { textVersion: version }),
          lang: language(),
          way: 'mini-program',
        },
      })
    }
    memory.set('consents-told', wanted)
  }

  const tick = () => {
    beacons.tick()
    position.tick()
    if (consents().location) void queue.tick()
  }

  return {
    http,
    memory,
    session,
    live,
    beacons,
    motion,
    position,
    queue,
    venue: () => venue,
    venueState: () => venueState,
    venues: () => venueStore.list(),
    async openVenue(id) {
      const wanted = id ?? memory.get('venue', isText)
      try {
        const entries = await venueStore.list()
        const entry = entries.find((each) => each.id === wanted || each.slug === wanted) ?? entries[0]
        if (!entry) {
          venueState = 'none'
          tell()
          return
        }
        if (venue?.entry.versionId !== entry.versionId) {
          beacons.stop()
          position.setVenue(undefined)
          venue = await venueStore.open(entry)
          memory.set('venue', entry.id)
        }
        venueState = 'ready'
      } catch (error) {
        venueState = venue ? 'ready' : 'away'
        if (!(error instanceof Away) && !(error instanceof Refused)) throw error
      } finally {
        tell()
      }
      listenQuietly()
    },
    consents,
    wasAsked: () => memory.get('consents', isConsents) !== undefined,
    setConsents(next) {
      memory.set('consents', { ...consents(), ...next })
      if (consents().location) listenQuietly()
      else {
        beacons.stop()
        motion.stop()
        queue.clear()
      }
      // Told again at the next start when the server is away now.
      syncConsents().catch(() => undefined)
      tell()
    },
    // With the radio off a position is a guess that only gets worse: better to say what is wrong.
    fix: () => (canHear(beacons.state()) ? position.fix() : undefined),
    setLanguage(next) {
      setLanguage(next)
      memory.set('language', next)
      tell()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    toFront() {
      setLanguage(memory.get('language', isLanguage) ?? 'zh')
      timer ??= setInterval(tick, 500)
      listenQuietly()
    },
    toBack() {
      if (timer !== undefined) clearInterval(timer)
      timer = undefined
      motion.stop()
      live.disconnect()
    },
  }
}

function canHear(state: BeaconState): boolean {
  return state === 'starting' || state === 'listening' || state === 'silent'
}

/** A random UUID, version 4. A batch's id has to be new, not secret. */
function newId(): string {
  const digit = (kind: string) => Math.floor(kind === 'y' ? 8 + Math.random() * 4 : Math.random() * 16)
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (kind) => digit(kind).toString(16))
}
