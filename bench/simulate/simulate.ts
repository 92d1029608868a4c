import { RandomStream } from '../../positioning/index.ts'
import { kiosksContract, parkingContract } from '../../server/contract/index.ts'
import { emptyLedger } from '../audit/ledger.ts'
import type { Ledger } from '../audit/ledger.ts'
import { hireCrew, openSeason } from './crew.ts'
import type { Crew } from './crew.ts'
import { happens } from './draws.ts'
import { granted } from './granted.ts'
import { withFaults } from './hear.ts'
import type { Floor, Mall, ShownShopper } from './mall.ts'
import { patientClient } from './network.ts'
import { planMall } from './plan.ts'
import { openScreen } from './screens.ts'
import type { Screen } from './screens.ts'
import { realTime } from './time.ts'
import type { SimulatedTime } from './time.ts'
import { bayNameOf, openTown } from './town.ts'
import type { OpenTown } from './town.ts'
import { liveVisit } from './visit.ts'

export interface SimulateOptions {
  readonly serverUrl: string
  /** An operator's token, with which the run sets up what it needs; or everyone's tokens, where that is done. */
  readonly credentials: { readonly operator: string } | Crew
  /** The first venue unless given. */
  readonly venueId?: string
  readonly seed: number
  readonly mallHours: number
  /** 40 unless given; some two thirds of them are in the mall at once. */
  readonly shoppersPerHour?: number
  /** 1 unless given; see `PlanOptions`. */
  readonly trouble?: number
  /** This machine's unless given; virtual time needs a server that lives by the same clock. */
  readonly time?: SimulatedTime
  /** How long the mall has been open when the run begins, ms: visits that would be under way are. 0 unless given. */
  readonly openForMs?: number
  /** Where the simulated shoppers are, by number; those who are in the mall stand in it while the run lasts. */
  readonly floor?: Floor
  /** Told about a visit that ended by a fault of the run, not of what it simulates; thrown at the end unless given. */
  readonly onFault?: (error: unknown) => void
}

/** How long streams and the outbox may take to come to rest, ms of this machine. */
const settleMs = 3000
/** Phones whose streams are kept to the end. */
const keptPhones = 10
/** Bays that are taken before anybody drives in, percent. */
const takenPercent = 45
const baysAtOnce = 2000

/**
 * Simulates one mall: its shoppers live through the plan of their seed against a server, through its public API and its
 * sockets alone. Ends when the last visit has ended, or when `time` was ended.
 * @returns what its clients believed in the end, for the auditor
 * @throws Error when the server has no such venue, refuses to be set up, or a visit failed by a fault of its own
 */
export async function simulate(options: SimulateOptions): Promise<Ledger> {
  const { serverUrl, seed, mallHours, time = realTime(), credentials } = options
  const open = await openTown(serverUrl, options.venueId)
  if (open.air.beacons.length === 0) throw new Error('the radio map of the venue names no place of a beacon')
  const startMs = time.nowMs() - (options.openForMs ?? 0)
  const crew = await crewOf(credentials, options, open, time.nowMs())
  const { shoppersPerHour = 40, trouble = 1 } = options
  const plan = planMall(open.town, { seed, mallHours, shoppersPerHour, trouble })
  const client = (token: string) =>
    patientClient({ serverUrl, fetch, token: () => token, isOver: () => time.hasEnded() })
  const ledger = emptyLedger(seed, time.nowMs())
  const lives: Promise<void>[] = []
  const faults: unknown[] = []
  const phones: Screen[] = []
  const spawn = (life: () => Promise<void>) => {
    lives.push(
      time.live(life).catch((error: unknown) => {
        // A run that was ended gives up what it was about to ask: no fault.
        if (!time.hasEnded()) (options.onFault ?? faults.push.bind(faults))(error)
      }),
    )
  }
  const mall: Mall = {
    ...{ serverUrl, open, time, startMs, ledger, spawn },
    air: { ...open.air, beacons: withFaults(open.air.beacons, plan.beaconFaults) },
    barrier: client(crew.barrier),
    till: client(crew.till),
    kiosk: client(crew.kiosk),
    floor: options.floor ?? new Map<number, () => ShownShopper>(),
    keep: (screen) => {
      phones.push(screen)
      if (phones.length > keptPhones) phones.shift()?.close()
    },
  }
  const screens = await openScreens(mall, crew)
  try {
    await fillGarage(mall, seed)
    spawn(async () => {
      for (const shopper of plan.shoppers) {
        await time.until(startMs + shopper.arrivesMs)
        if (time.hasEnded()) return
        spawn(() => liveVisit(shopper, mall))
      }
    })
    // Lives begin others, so the list grows while one waits for it.
    for (const life of lives) await life
    if (faults.length > 0) throw new AggregateError(faults, `${String(faults.length)} visits failed`)
    if (!time.hasEnded()) await new Promise((resolve) => setTimeout(resolve, settleMs))
    ledger.screens.push(...[...screens, ...phones].flatMap((screen) => screen.beliefs()))
  } finally {
    for (const screen of [...screens, ...phones]) screen.close()
  }
  return { ...ledger, mallHours, untilMs: time.nowMs() }
}

async function crewOf(
  credentials: SimulateOptions['credentials'],
  { serverUrl }: SimulateOptions,
  open: OpenTown,
  nowMs: number,
): Promise<Crew> {
  if ('till' in credentials) return credentials
  const { operator } = credentials
  await openSeason({ serverUrl, operator }, open, nowMs)
  return hireCrew(serverUrl, operator, open)
}

/** The screens that hang in the mall and stand in its office. */
async function openScreens({ serverUrl, open, time, kiosk }: Mall, crew: Crew): Promise<Screen[]> {
  const { venueId } = open
  const me = await kiosk.call(kiosksContract.readMyKiosk, {})
  const own = me.ok ? [`kiosk:${me.body.kioskId}`] : []
  const common = { serverUrl, nowMs: () => time.nowMs() }
  const screens = [
    openScreen({
      ...common,
      ...{
        namespace: 'kiosk',
        token: () => crew.kiosk,
        client: 'kiosk',
        streams: [`floor:${venueId}`, ...own],
      },
    }),
  ]
  const { operator } = crew
  if (operator !== undefined) {
    const streams = [`console:${venueId}`, `floor:${venueId}`]
    screens.push(
      openScreen({ ...common, namespace: 'console', token: () => operator, client: 'console', streams }),
    )
  }
  return screens
}

/** What the guidance system sees in the morning. */
async function fillGarage({ open, barrier, time }: Mall, seed: number): Promise<void> {
  const random = new RandomStream(seed)
  const atMs = time.nowMs()
  const states = open.town.bays.map((bay) => {
    const state = happens(random, takenPercent) ? ('taken' as const) : ('free' as const)
    return { bay: bayNameOf(open, bay), state, atMs }
  })
  for (let from = 0; from < states.length; from += baysAtOnce) {
    const body = { states: states.slice(from, from + baysAtOnce) }
    granted(await barrier.call(parkingContract.tellBays, { params: { venueId: open.venueId }, body }))
  }
}
