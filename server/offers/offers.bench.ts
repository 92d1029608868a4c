import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { CampaignIndex } from './campaign-index.ts'
import { decide } from './decide-offers.ts'
import { isHeldOut, wordsOfId } from './hold-out.ts'
import type { LiveCampaign } from './live-campaign.ts'
import type { Situation, Standing } from './situation.ts'
import { campaignOf, noonMs, termsOf } from './testing/any-campaign.ts'
import { allRulesAgainst } from './testing/decide-oracle.ts'

const campaignCount = 200
const zoneCount = 100
const decisions = 20_000
const warmUp = 5_000
const visitors = 500
/** The peer is slow; it decides over so many of the same situations. */
const peerDecisions = 2_000

const idOf = (kind: string, number: number) =>
  `0a7e1e00-0000-7000-${kind}-${String(number).padStart(12, '0')}`

/**
 * `decide` over 200 live campaigns, each verdict with its reason, beside the same rules without index, tables
 * and kept clocks (the oracle of the tests) on the same situations in the same run. `spread`: campaigns over a
 * hundred zones. `worst`: all of them wait for the very zone that was entered and look at every rule, the
 * hold-out hash included.
 */
export function run(): object {
  return {
    machine: cpus()[0]?.model,
    node: process.version,
    campaigns: campaignCount,
    decisions,
    spread: measure((number) => number % zoneCount),
    worst: measure(() => 0),
  }
}

function measure(zoneOf: (campaign: number) => number): object {
  const campaigns = Array.from({ length: campaignCount }, (_, number) => campaignFor(number, zoneOf(number)))
  const index = new CampaignIndex(campaigns)
  const situations = Array.from({ length: visitors }, (_, number) => situationFor(number, campaigns))
  const at = (number: number) => situations[number % visitors]!
  let sink = 0
  const own = timesUs(decisions, (number) => {
    sink += decide(index, at(number)).verdicts.length
  })
  const looked = timesUs(decisions, (number) => {
    const { occurrences, visitor } = at(number)
    sink += index.triggeredBy(occurrences, visitor).length
  })
  let differences = 0
  const peer = timesUs(peerDecisions, (number) => {
    const situation = at(number)
    for (const campaign of campaigns) sink += naive(campaign, situation) ? 1 : 0
  })
  for (const situation of situations) {
    for (const { campaign, reason } of decide(index, situation).verdicts) {
      if (naive(campaign, situation) !== (reason === undefined)) differences++
    }
  }
  return {
    decideUs: own,
    triggeredByUs: looked,
    peers: [{ name: 'every rule from the terms, one after the other', decideUs: peer }],
    ratio: round(peer.processor.median / own.processor.median),
    differences,
    sink,
  }
}

function naive(campaign: LiveCampaign, situation: Situation): boolean {
  if (allRulesAgainst(campaign, situation).size > 0) return false
  const { holdOutPercent } = campaign.terms.limits
  return !isHeldOut(campaign.assignmentKey, wordsOfId(situation.visitor.visitorId), holdOutPercent)
}

function campaignFor(number: number, zone: number): LiveCampaign {
  return campaignOf(
    {
      trigger: { on: 'enter', zones: [idOf('8001', zone)] },
      schedule: {
        fromMs: noonMs - 86_400_000,
        untilMs: noonMs + 86_400_000,
        timeZone: number % 2 === 0 ? 'Asia/Shanghai' : 'UTC',
        weekly: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
        quiet: [{ from: '22:00', to: '03:00' }],
      },
      limits: {
        ...termsOf().limits,
        total: 1000,
        perDay: 100,
        budgetFen: 10_000_000,
        coolDownMs: 60_000,
        holdOutPercent: 10,
        priority: number % 7,
      },
    },
    {
      campaignId: idOf('8002', number),
      assignmentKey: (number * 2_654_435_761).toString(16).padStart(16, '0'),
    },
  )
}

function situationFor(number: number, campaigns: readonly LiveCampaign[]): Situation {
  const standing: Standing = {
    taken: number,
    day: '2026-11-20',
    takenOnDay: number % 99,
    committedFen: number * 2000,
    mine: { taken: 0, held: 0, declined: false, lastGrantedAtMs: undefined },
  }
  return {
    nowMs: noonMs + number * 1000,
    occurrences: [{ kind: 'entered', zone: { id: idOf('8001', 0), kind: 'unit' } }],
    visitor: { visitorId: idOf('8003', number), member: false, visits: 2, visitBegins: false, held: 0 },
    standings: new Map(campaigns.map(({ campaignId }) => [campaignId, standing])),
  }
}

/**
 * Microseconds of each of so many runs after a warm-up: of the processor, garbage collection included, and of
 * the wall clock, which on a machine that is shared also counts what others do.
 */
function timesUs(runs: number, work: (number: number) => void) {
  for (let number = 0; number < Math.min(warmUp, runs); number++) work(number)
  const processor = new Float64Array(runs)
  const wall = new Float64Array(runs)
  for (let number = 0; number < runs; number++) {
    const usedBefore = process.cpuUsage()
    const before = performance.now()
    work(number)
    wall[number] = (performance.now() - before) * 1000
    const { user, system } = process.cpuUsage(usedBefore)
    processor[number] = user + system
  }
  const shares = (times: Float64Array) => {
    times.sort()
    const at = (share: number) => round(times[Math.min(runs - 1, Math.floor(runs * share))]!)
    return { min: at(0), median: at(0.5), p99: at(0.99) }
  }
  return { processor: shares(processor), wall: shares(wall) }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
