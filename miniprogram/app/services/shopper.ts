import type { Router } from '../../../maps/routes/offline.ts'
import type { Fix } from '../../../positioning/events.ts'
import { createAccount } from './account.ts'
import type { Account } from './account.ts'
import { presenceContract } from '../../../server/contract/presence.contract.ts'
import type { ReportReceipt } from '../../../server/contract/presence.contract.ts'
import { createBeaconService } from './beacon-service.ts'
import type { BeaconService, BeaconState } from './beacon-service.ts'
import { createConsents } from './consents.ts'
import type { Consents } from './consents.ts'
import { createFileCache } from './file-cache.ts'
import { createFloor } from './floor.ts'
import type { Floor } from './floor.ts'
import { Away, createHttp, Refused } from './http.ts'
import type { Http } from './http.ts'
import { createLive } from './live.ts'
import type { Live } from './live.ts'
import { createMemory, hasKeys } from './memory.ts'
import type { Memory } from './memory.ts'
import { setLanguage } from './messages.ts'
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
import { createWallet } from './wallet.ts'
import type { Wallet } from './wallet.ts'

export const appVersion = '0.1.0'

export type { Purpose } from './consents.ts'

/** Whether there is a venue to look at, and what stands in the way. */
export type VenueState = 'loading' | 'ready' | 'away' | 'none'

/** Everything the pages share: one a running app. */
export interface Shopper {
  readonly http: Http
  readonly memory: Memory
  readonly session: Session
  readonly live: Live
  readonly floor: Floor
  readonly wallet: Wallet
  readonly account: Account
  readonly beacons: BeaconService
  readonly motion: MotionService
  readonly position: PositionService
  readonly queue: SightingsQueue
  readonly venue: () => VenueData | undefined
  readonly venueState: () => VenueState
  /** Finds ways of the venue around what is closed now; another one when that changes. */
  readonly router: () => Router | undefined
  readonly venues: () => Promise<readonly VenueEntry[]>
  /** The venue once it is open; undefined when none could be opened. */
  whenOpen(): Promise<VenueData | undefined>
  /** Opens the mall last visited, or another; tells listeners when it is there. */
  openVenue(id?: string): Promise<void>
  readonly consents: () => Consents
  /** Whether the person was asked yet. */
  readonly wasAsked: () => boolean
  /** Says yes or no to purposes: here at once, at the server as soon as it answers. */
  setConsents(next: Partial<Consents>): void
  readonly fix: () => Fix | undefined
  /** Lets something be asked of the server that may as well stay as it is while it is away. */
  readonly askQuietly: (asked: Promise<unknown>) => void
  /** Signs in after what the person allows was told. @throws Away, Refused */
  signIn(joinHistory: boolean): Promise<void>
  /** Forgets who the shopper was, after the server has erased it. */
  forgetMe(): void
  setLanguage(next: Language): void
  /** Told whenever something a page shows may have changed. */
  onChange(listener: () => void): () => void
  /** The app comes to the front, or leaves it. */
  readonly toFront: () => void
  readonly toBack: () => void
}

const isLanguage = (value: unknown): value is Language => value === 'zh' || value === 'en'
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const unauthenticated = 401
const isAnswered = hasKeys('result')
const isReceipt = (value: unknown): value is ReportReceipt => hasKeys('batchId', 'nextReportMs')(value)

let shared: Shopper | undefined

/** The app's services, made at first use: loading a page touches nothing of the phone. */
export function shopper(): Shopper {
  return (shared ??= createShopper())
}

function createShopper(): Shopper {
  const now = () => Date.now()
  const memory = createMemory(wx)
  const session: Session = createSession({
    http: () => http,
    memory,
    now,
    onNew: () => {
      consentKeeper.forgetTold()
    },
  })
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
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of [...listeners]) listener()
  }
  const live = createLive({ platform: wx, baseUrl: ATRIUM_SERVER, token: comeIn, now })
  /** For what only a shopper with a good token may ask. */
  const known: Http = {
    ...http,
    async call(endpoint, request, options) {
      await comeIn()
      try {
        return await http.call(endpoint, request, options)
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== unauthenticated) throw error
        // By the server's clock the token has ended.
        session.expire()
        await comeIn()
        return http.call(endpoint, request, options)
      }
    },
  }
  const consentKeeper = createConsents({ http: known, memory })
  const consents = consentKeeper.given
  const floor = createFloor({ http: known, live, memory, now, onChange: tell })
  const wallet = createWallet({ http: known, live, memory, now, newKey: newId, onChange: tell })
  const account = createAccount({ platform: wx, http: known, session, memory, onChange: becameSomebody })
  const queue = createSightingsQueue({ send, now, newId, appVersion })
  let venue: VenueData | undefined
  let venueState: VenueState = 'loading'
  let timer: number | undefined
  let ways: { readonly key: string; readonly router: Router } | undefined

  /** A good token; the wallet follows whose it is. */
  async function comeIn(): Promise<string> {
    const token = await session.ensure()
    const visitorId = session.visitorId()
    if (visitorId !== undefined) wallet.enter(visitorId)
    return token
  }

  function becameSomebody(): void {
    live.restart()
    tell()
  }

  const router = (): Router | undefined => {
    if (!venue) return undefined
    const closures = floor.closures()
    const key = `${venue.entry.versionId} ${JSON.stringify(closures)}`
    if (ways?.key !== key) {
      ways = { key, router: closures.length === 0 ? venue.router : venue.router.withClosures(closures) }
    }
    return ways.router
  }

  async function send(report: Parameters<Parameters<typeof createSightingsQueue>[0]['send']>[0]) {
    if (!venue) return 'away'
    const params = { venueId: venue.entry.id }
    // A report the socket did not take goes by HTTP, under the id it has: at worst it comes twice and counts once.
    const answer = await live.ask('sightings', { ...params, report })
    if (isAnswered(answer) && isReceipt(answer.result)) return answer.result
    try {
      return await known.call(presenceContract.reportSightings, { params, body: report })
    } catch (error) {
      return error instanceof Refused ? 'refused' : 'away'
    }
  }

  beacons.onSightings((sightings) => {
    if (consents().location) queue.heard(sightings, position.fix())
  })
  beacons.onState(tell)
  position.onFix(tell)

  const listen = async (): Promise<void> => {
    if (!venue || !consents().location) return
    if (position.uuids().length === 0) {
      // Kept on the phone it needs nobody.
      await comeIn().catch(() => undefined)
      const radioMap = await venue.radioMap()
      position.setVenue({ radioMap, tables: venue.router.tables })
    }
    beacons.start(position.uuids())
    motion.start()
  }

  const askQuietly = (asked: Promise<unknown>): void => {
    asked.catch((error: unknown) => {
      if (!(error instanceof Away) && !(error instanceof Refused)) throw error
    })
  }

  const listenQuietly = () => {
    // Without a radio map there is no blue dot; the map and the search go on.
    askQuietly(listen())
  }

  /** Tells the server what it is to know, and signs in who agreed to that. */
  const catchUp = () => {
    const work = async () => {
      await consentKeeper.catchUp()
      if (consents().profile) await account.signInQuietly()
    }
    // Away, or refused: tried again at the next start and when the network is back.
    work().catch(() => undefined)
  }

  const goLive = () => {
    if (!venue || timer === undefined) return
    floor.enter(venue.entry.id)
    askQuietly(floor.refresh())
    live.connect()
    catchUp()
  }

  wx.onNetworkStatusChange(({ isConnected }) => {
    if (!isConnected) {
      tell()
      return
    }
    if (venueState === 'away') void openVenue()
    else goLive()
  })

  let opening = Promise.resolve()
  /** One after the other: the last one asked for stays. */
  function openVenue(id?: string): Promise<void> {
    opening = opening.then(() => openNext(id))
    return opening
  }

  async function openNext(id: string | undefined): Promise<void> {
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
    goLive()
    listenQuietly()
  }

  const tick = () => {
    beacons.tick()
    position.tick()
    if (consents().location) void queue.tick()
  }

  return {
    http: known,
    memory,
    session,
    live,
    floor,
    wallet,
    account,
    beacons,
    motion,
    position,
    queue,
    router,
    venue: () => venue,
    venueState: () => venueState,
    venues: () => venueStore.list(),
    openVenue,
    async whenOpen() {
      await opening
      return venue
    },
    consents,
    wasAsked: consentKeeper.wasAsked,
    setConsents(next) {
      consentKeeper.set(next)
      if (consents().location) listenQuietly()
      else {
        beacons.stop()
        motion.stop()
        queue.clear()
      }
      catchUp()
      tell()
    },
    // With the radio off a position is a guess that only gets worse: better to say what is wrong.
    fix: () => (canHear(beacons.state()) ? position.fix() : undefined),
    askQuietly,
    async signIn(joinHistory) {
      await consentKeeper.catchUp()
      await account.signIn(joinHistory)
    },
    forgetMe() {
      beacons.stop()
      motion.stop()
      queue.clear()
      // The server has erased them with the rest: there is nobody to tell.
      consentKeeper.set({ location: false, profile: false, marketing: false })
      consentKeeper.forgetTold()
      session.forget()
      wallet.forget()
      account.forget()
    },
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
      setLanguage(memory.get('language', isLanguage) ?? languageOfPhone())
      timer ??= setInterval(tick, 500)
      goLive()
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

/** What WeChat speaks to the person: Chinese in any of its kinds, or English for everybody else. */
function languageOfPhone(): Language {
  return /^zh|^$/.test(wx.getAppBaseInfo().language) ? 'zh' : 'en'
}

/** A random UUID, version 4. A batch's id has to be new, not secret. */
function newId(): string {
  const digit = (kind: string) => Math.floor(kind === 'y' ? 8 + Math.random() * 4 : Math.random() * 16)
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (kind) => digit(kind).toString(16))
}
