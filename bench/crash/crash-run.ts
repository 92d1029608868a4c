import { setTimeout as delay } from 'node:timers/promises'
import { RandomStream } from '../../positioning/index.ts'
import type { Ledger } from '../audit/ledger.ts'
import { hireCrew, openSeason, simulate } from '../simulate/index.ts'
import type { Crew } from '../simulate/index.ts'
import { openScreen } from '../simulate/screens.ts'
import type { Screen } from '../simulate/screens.ts'
import { openTown } from '../simulate/town.ts'
import { auditRun } from '../stand/audit-run.ts'
import type { AuditedRun } from '../stand/audit-run.ts'
import type { MallStand } from '../stand/mall-stand.ts'
import { scaledTime } from '../stand/scaled-time.ts'
import { startServerProcess } from '../stand/server-process.ts'
import type { ServerProcess } from '../stand/server-process.ts'

/** What is killed: the server, its database under it, or both at once. */
const victims = ['server', 'database', 'both'] as const
export type Victim = (typeof victims)[number]

export interface Kill {
  readonly victim: Victim
  /** After the run began, or after what was killed before was there again, ms. */
  readonly afterMs: number
}

export interface CrashRun extends AuditedRun {
  readonly seed: number
  readonly kills: readonly Kill[]
  /** Faults of the simulation itself: visits that could not go on for a reason that is none of the simulation's. */
  readonly faults: readonly string[]
  /** Of its database, and what its clients were told: for who goes on with it. */
  readonly url: string
  readonly ledger: Ledger
}

export interface CrashOptions {
  readonly seed: number
  readonly kills: number
  /** How many times as fast as a watch the mall lives. */
  readonly speed: number
  readonly shoppersPerHour: number
}

/** Between two kills there is work of at least this and at most that long. */
const workMs = { least: 1_500, most: 5_000 }
/** Work after the last kill, so that everybody has a chance to come back. */
const lastWorkMs = 4_000
const openForMs = 20 * 60_000

/** The kills of a seed. Pure. */
export function planKills(seed: number, kills: number): Kill[] {
  const random = new RandomStream(seed)
  return Array.from({ length: kills }, () => ({
    victim: victims[Math.floor(random.uniform() * victims.length)] ?? 'server',
    afterMs: Math.round(workMs.least + random.uniform() * (workMs.most - workMs.least)),
  }))
}

/**
 * Lets a mall live, kills its server and its database with `kill -9` at the moments of a seed, and audits what is there
 * when everything has come back and to rest. Clients and screens live through it.
 */
export async function crashRun(stand: MallStand, options: CrashOptions): Promise<CrashRun> {
  const { seed, speed, shoppersPerHour } = options
  const url = await stand.copyMall()
  const baseMs = Date.now()
  const server = await startServerProcess({ DATABASE_URL: url, TEST_CLOCK: `${baseMs},${speed}` })
  const time = scaledTime(baseMs, speed)
  const screens: Screen[] = []
  try {
    const serverUrl = server.address
    const { operatorToken: operator } = stand
    const town = await openTown(serverUrl)
    await openSeason({ serverUrl, operator }, town, time.nowMs())
    const crew = await hireCrew(serverUrl, operator, town)
    screens.push(...openScreens(crew, { serverUrl, venueId: town.venueId, nowMs: () => time.nowMs() }))
    const faults: string[] = []
    const kills = planKills(seed, options.kills)
    const life = simulate({
      ...{ serverUrl, credentials: crew },
      ...{ seed, shoppersPerHour, openForMs, time, mallHours: 24 },
      onFault: (error) => faults.push(String(error)),
    })
    // It may fail while the kills go on; that is told when they are done.
    life.catch(() => undefined)
    for (const { victim, afterMs } of kills) {
      await delay(afterMs)
      await killAndRevive(stand, server, victim)
    }
    await delay(lastWorkMs)
    time.end()
    const ledger = await life
    const audited = await auditRun(url, ledger, () => screens.flatMap((screen) => screen.beliefs()))
    return { seed, kills, faults, url, ledger, ...audited }
  } finally {
    time.end()
    for (const screen of screens) screen.close()
    await server.stop()
  }
}

async function killAndRevive({ postgres }: MallStand, server: ServerProcess, victim: Victim): Promise<void> {
  await Promise.all([
    ...(victim === 'database' ? [] : [server.kill()]),
    ...(victim === 'server' ? [] : [postgres.kill()]),
  ])
  if (victim !== 'server') await postgres.restart()
  if (victim !== 'database') await server.restart()
}

/** A kiosk and the console of an operator, of which each has to show in the end what the database has. */
function openScreens(
  { kiosk, operator = '' }: Crew,
  {
    venueId,
    ...place
  }: { readonly serverUrl: string; readonly venueId: string; readonly nowMs: () => number },
): Screen[] {
  const floor = `floor:${venueId}`
  return [
    openScreen({ ...place, namespace: 'kiosk', token: () => kiosk, client: 'kiosk', streams: [floor] }),
    openScreen({
      ...{ ...place, namespace: 'console', token: () => operator, client: 'console' },
      streams: [floor, `console:${venueId}`],
    }),
  ]
}
