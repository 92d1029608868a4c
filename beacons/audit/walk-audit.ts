import type { AuditVerdict } from '../offline/operations.ts'
import { median } from './air-log.ts'
import type { AirPacket } from './air-log.ts'
import { loudnessOf, suspect } from './likelihood.ts'
import type { Observation, Suspicion } from './likelihood.ts'

/** Where the registry says a beacon hangs, in metres of one frame for all levels. */
export interface AuditedBeacon {
  readonly key: string
  /** Its id in the registry; absent while the registry does not have it. */
  readonly id?: string
  readonly level: string
  readonly x: number
  readonly y: number
  readonly measuredPowerDbm: number
}

export type AuditKind = 'missing' | 'moved' | 'weak' | 'duplicate'

/** Something that a walk says of a beacon, with what it rests on. */
export interface AuditFinding {
  readonly kind: AuditKind
  readonly beacon: AuditedBeacon
  /** 0 to 1. */
  readonly confidence: number
  /** Figures with their units in the names. */
  readonly evidence: Readonly<Record<string, number | string>>
}

/** An iBeacon that is in no registry here. */
export interface ForeignBeacon {
  readonly key: string
  readonly addresses: readonly string[]
  readonly packets: number
  readonly strongestDbm: number
  /** Whether it has a UUID of this venue: one of ours that nobody registered, or somebody who copies it. */
  readonly isOurUuid: boolean
  /** Where it was loudest. */
  readonly near?: { readonly level: string; readonly x: number; readonly y: number }
}

export interface WalkAudit {
  readonly findings: readonly AuditFinding[]
  readonly foreign: readonly ForeignBeacon[]
  /** Beacons the walk says something of, and those it did not come near enough to. */
  readonly judged: readonly AuditedBeacon[]
  readonly notWalked: readonly AuditedBeacon[]
  /** What the registry is told: findings, and for what was judged and is well, that it is. */
  readonly verdicts: readonly AuditVerdict[]
  readonly seconds: number
  /** How far off the same reckoning finds beacons that are well: what a distance is held against. */
  readonly usualOffM: number
}

const windowMs = 1500
const leastForPlace = 2
/** So many decibels more count ten times as much. */
const tenfoldDb = 6
/** Windows where it was loudest that are needed to say that it is on another level: a few are placed on the wrong one. */
const leastLoudest = 6
/**
 * Logarithms of likelihood ratios from which a finding is one, chosen with seeds 1 to 8 of the bench: of some 120 beacons that were
 * well none was likelier to be quiet, and none came above 4.3 for hanging elsewhere.
 */
const [leastElsewhere, leastQuieter, leastSilent, surelyWell] = [4.6, 1, 1.5, -1]
/** It hangs elsewhere only where that says clearly more than that it is quiet. */
const clearlyMore = 2
const leastMovedM = 10
const mostConfidence = 0.99
const leastPackets = 5
const leastSwaps = 3

interface Window {
  readonly level: string
  /** Mean rssi by identity, in it, and in it and those before and after it. */
  readonly heard: ReadonlyMap<string, number>
  readonly heardAround: ReadonlyMap<string, number>
  /** By all that was heard around it; undefined when that is too little. */
  readonly place: Place | undefined
}

interface Place {
  readonly level: string
  readonly x: number
  readonly y: number
}

/**
 * What a walk through the venue says of its beacons, without the walker having to say where they were: each
 * window of some seconds is placed by the beacons that are heard in it, and each beacon is judged by places found without it.
 * How loud beacons are by distance in this building, to this phone, is learned from the walk itself, most of them being well; then
 * what was heard of one and what was not is likelier for one that is well, for one that is quieter, or for one elsewhere.
 *
 * - `missing`: it was never heard, where one that is well would have been.
 * - `moved`: its windows are a hundred times likelier for another place, 10 m off or more; or it is loudest on another level.
 * - `weak`: they are likelier for a beacon that is 10 dB quieter or more than for one that is well.
 * - `duplicate`: one number comes from two devices in turns.
 * - foreign: what is in no registry.
 * Nothing is said of what the walk did not come near to. O(windows × beacons × places it may hang at).
 * @param levels levels that were walked; all when absent
 * **Source** own.
 */
export function auditWalk(
  packets: readonly AirPacket[],
  registry: readonly AuditedBeacon[],
  levels?: readonly string[],
): WalkAudit {
  const byKey = new Map(registry.map((beacon) => [beacon.key, beacon]))
  const windows = windowsOf(packets, byKey)
  const audited = registry.filter(({ level }) => levels === undefined || levels.includes(level))
  const stays = audited.map((beacon) => ({ beacon, ...stayOf(windows, byKey, beacon) }))
  const loudness = loudnessOf(stays)
  const duplicates = duplicatesOf(packets)
  const findings: AuditFinding[] = []
  const judged: AuditedBeacon[] = []
  const notWalked: AuditedBeacon[] = []
  const offs: number[] = []
  for (const stay of stays) {
    const { beacon, seen, isHeard } = stay
    const suspicion = suspect(beacon, seen, loudness)
    const found = judge(stay, suspicion, duplicates.get(beacon.key))
    if (found === undefined) notWalked.push(beacon)
    else {
      judged.push(beacon)
      findings.push(...found)
      if (isHeard && found.length === 0) offs.push(distanceM(suspicion.at, beacon))
    }
  }
  findings.sort((a, b) => b.confidence - a.confidence)
  return {
    ...{ findings, judged, notWalked },
    foreign: foreignOf(packets, windows, byKey),
    verdicts: verdictsOf(judged, findings),
    seconds: Math.round((windows.length * windowMs) / 1000),
    usualOffM: offs.length === 0 ? 0 : median(offs),
  }
}

/** The windows of a walk, in order of time, each with what was heard in it and with its neighbours. */
function windowsOf(packets: readonly AirPacket[], byKey: ReadonlyMap<string, AuditedBeacon>): Window[] {
  const sums = new Map<number, Map<string, Sum>>()
  for (const { atMs, key, rssiDbm } of packets) {
    const at = Math.floor(atMs / windowMs)
    const window = sums.get(at) ?? new Map<string, Sum>()
    sums.set(at, window)
    addTo(window, key, { sum: rssiDbm, count: 1 })
  }
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([at, window]) => {
      const around = new Map<string, Sum>()
      for (const part of [sums.get(at - 1), window, sums.get(at + 1)]) {
        for (const [key, sum] of part ?? []) addTo(around, key, sum)
      }
      const heardAround = meansOf(around)
      const level = levelOf(heardAround, byKey)
      const parts = { heard: meansOf(window), heardAround, level }
      return { ...parts, place: placeOf(parts, byKey) }
    })
}

interface Sum {
  readonly sum: number
  readonly count: number
}

function addTo(sums: Map<string, Sum>, key: string, { sum, count }: Sum): void {
  const before = sums.get(key)
  sums.set(key, { sum: sum + (before?.sum ?? 0), count: count + (before?.count ?? 0) })
}

function meansOf(sums: ReadonlyMap<string, Sum>): Map<string, number> {
  return new Map([...sums].map(([key, { sum, count }]) => [key, sum / count]))
}

/** The level whose beacons are loudest together. */
function levelOf(heard: ReadonlyMap<string, number>, byKey: ReadonlyMap<string, AuditedBeacon>): string {
  const weights = new Map<string, number>()
  for (const [key, rssi] of heard) {
    const level = byKey.get(key)?.level
    if (level !== undefined) weights.set(level, (weights.get(level) ?? 0) + weightOf(rssi))
  }
  return [...weights].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0])[0]
}

function weightOf(rssiDbm: number): number {
  return 10 ** ((rssiDbm + 60) / tenfoldDb)
}

/**
 * Where a window was, by all beacons but one: the middle of the places of those heard, the loudest counting most. In the simulator's
 * standard building this is nearer to the truth than fitting the path loss, whose walls and bodies nobody knows.
 */
function placeOf(
  { heardAround, level }: Pick<Window, 'heardAround' | 'level'>,
  byKey: ReadonlyMap<string, AuditedBeacon>,
  without?: string,
): Place | undefined {
  let [x, y, sum, count] = [0, 0, 0, 0]
  for (const [key, rssi] of heardAround) {
    const beacon = byKey.get(key)
    if (key === without || beacon?.level !== level) continue
    const weight = weightOf(rssi)
    x += weight * beacon.x
    y += weight * beacon.y
    sum += weight
    count++
  }
  return count < leastForPlace ? undefined : { level, x: x / sum, y: y / sum }
}

/** What the walk knows of one beacon. */
interface Stay {
  readonly beacon: AuditedBeacon
  /** Windows on its level, by places found without it. */
  readonly seen: readonly Observation[]
  /** Whether it was heard at all. */
  readonly isHeard: boolean
  /** Where it is loudest. */
  readonly seems?: Place & { readonly windows: number }
}

function stayOf(
  windows: readonly Window[],
  byKey: ReadonlyMap<string, AuditedBeacon>,
  beacon: AuditedBeacon,
): Omit<Stay, 'beacon'> {
  const seen: Observation[] = []
  const hearings: { readonly place: Place; readonly rssi: number }[] = []
  for (const window of windows) {
    const rssi = window.heard.get(beacon.key)
    const place = window.heardAround.has(beacon.key) ? placeOf(window, byKey, beacon.key) : window.place
    if (!place) continue
    if (rssi !== undefined) hearings.push({ place, rssi })
    if (window.level !== beacon.level) continue
    const { x, y } = place
    seen.push({ x, y, ...(rssi === undefined ? {} : { rssiDbm: rssi }) })
  }
  const seems = seemsAt(hearings)
  return { seen, isHeard: hearings.length > 0, ...(seems ? { seems } : {}) }
}

/** The middle of the windows in which it was loudest. */
function seemsAt(hearings: readonly { place: Place; rssi: number }[]): Stay['seems'] {
  if (hearings.length < leastLoudest) return undefined
  const loudest = [...hearings].sort((a, b) => b.rssi - a.rssi)
  const level = loudest[0]!.place.level
  const used = loudest
    .slice(0, Math.max(leastLoudest, Math.ceil(loudest.length / 4)))
    .filter(({ place }) => place.level === level)
  if (used.length < leastLoudest) return undefined
  const sum = used.reduce((total, { rssi }) => total + weightOf(rssi), 0)
  const x = used.reduce((total, { place, rssi }) => total + weightOf(rssi) * place.x, 0) / sum
  const y = used.reduce((total, { place, rssi }) => total + weightOf(rssi) * place.y, 0) / sum
  return { level, x, y, windows: used.length }
}

/** What is wrong with a beacon; nothing for one that is well; undefined for one the walk says nothing of. */
function judge(
  { beacon, isHeard, seems, seen }: Stay,
  { quieter, quieterDb, elsewhere, at }: Suspicion,
  doubled: Duplicate | undefined,
): AuditFinding[] | undefined {
  if (doubled) {
    const evidence = {
      addresses: doubled.addresses.join(' '),
      swaps: doubled.swaps,
      packets: doubled.packets,
    }
    return [{ kind: 'duplicate', beacon, confidence: doubled.swaps / (doubled.swaps + 1), evidence }]
  }
  const windows = seen.filter(({ rssiDbm }) => rssiDbm !== undefined).length
  const finding = (kind: AuditKind, ratio: number, evidence: AuditFinding['evidence']) => [
    { kind, beacon, confidence: confidenceOf(ratio), evidence },
  ]
  if (!isHeard)
    return quieter >= leastSilent ? finding('missing', quieter, { windows: seen.length }) : undefined
  if (seems && seems.level !== beacon.level && quieter > leastQuieter) {
    const { level, x, y } = seems
    return finding('moved', quieter, { level, x: round(x), y: round(y), windows: seems.windows })
  }
  const movedM = distanceM(at, beacon)
  if (elsewhere >= leastElsewhere && elsewhere > quieter + clearlyMore && movedM >= leastMovedM) {
    const there = { level: beacon.level, x: round(at.x), y: round(at.y) }
    return finding('moved', elsewhere, { movedM: round(movedM), windows, ...there })
  }
  if (quieter > leastQuieter) return finding('weak', quieter, { quieterDb, windows })
  return quieter < surelyWell ? [] : undefined
}

/** Of a logarithm of a likelihood ratio, as probable before as not. */
function confidenceOf(ratio: number): number {
  return Math.min(mostConfidence, 1 / (1 + Math.exp(-ratio)))
}

interface Duplicate {
  readonly addresses: readonly string[]
  readonly swaps: number
  readonly packets: number
}

/** Numbers that come from two addresses in turns; a beacon that changes its address goes over once and does not come back. */
function duplicatesOf(packets: readonly AirPacket[]): ReadonlyMap<string, Duplicate> {
  const byKey = new Map<string, { order: string[]; counts: Map<string, number> }>()
  for (const { key, address } of packets) {
    let seen = byKey.get(key)
    if (!seen) byKey.set(key, (seen = { order: [], counts: new Map<string, number>() }))
    seen.counts.set(address, (seen.counts.get(address) ?? 0) + 1)
    if (seen.order[seen.order.length - 1] !== address) seen.order.push(address)
  }
  const found = new Map<string, Duplicate>()
  for (const [key, { order, counts }] of byKey) {
    const addresses = [...counts].filter(([, count]) => count >= leastPackets).map(([address]) => address)
    const swaps = order.length - counts.size
    if (addresses.length < 2 || swaps < leastSwaps) continue
    found.set(key, { addresses, swaps, packets: [...counts.values()].reduce((sum, count) => sum + count, 0) })
  }
  return found
}

function foreignOf(
  packets: readonly AirPacket[],
  windows: readonly Window[],
  byKey: ReadonlyMap<string, AuditedBeacon>,
): ForeignBeacon[] {
  const uuids = new Set([...byKey.keys()].map((key) => key.split('/')[0]))
  const strangers = new Map<string, { addresses: Set<string>; packets: number; strongestDbm: number }>()
  for (const { key, address, rssiDbm } of packets) {
    if (byKey.has(key)) continue
    const seen = strangers.get(key) ?? { addresses: new Set<string>(), packets: 0, strongestDbm: -127 }
    seen.addresses.add(address)
    seen.packets++
    seen.strongestDbm = Math.max(seen.strongestDbm, rssiDbm)
    strangers.set(key, seen)
  }
  return [...strangers]
    .map(([key, seen]): ForeignBeacon => {
      const loudest = windows
        .filter(({ heard }) => heard.has(key))
        .sort((a, b) => b.heard.get(key)! - a.heard.get(key)!)[0]
      const near = loudest?.place
      return {
        ...{ key, ...seen, addresses: [...seen.addresses], isOurUuid: uuids.has(key.split('/')[0]) },
        ...(near ? { near } : {}),
      }
    })
    .sort((a, b) => Number(b.isOurUuid) - Number(a.isOurUuid) || b.strongestDbm - a.strongestDbm)
}

const registryKinds = { missing: 'silent', moved: 'moved', weak: 'weak', duplicate: 'cloned' } as const

function verdictsOf(judged: readonly AuditedBeacon[], findings: readonly AuditFinding[]): AuditVerdict[] {
  return judged.flatMap((beacon) => {
    const beaconId = beacon.id
    if (beaconId === undefined) return []
    return (Object.keys(registryKinds) as AuditKind[]).flatMap((kind): AuditVerdict[] => {
      const found = findings.find((one) => one.kind === kind && one.beacon.key === beacon.key)
      const common = { beaconId, kind: registryKinds[kind] }
      if (found)
        return [{ ...common, says: 'yes', confidence: found.confidence, evidence: { ...found.evidence } }]
      // One fault hides others: of a beacon with one nothing else is said.
      const isWell = !findings.some((one) => one.beacon.key === beacon.key)
      return isWell ? [{ ...common, says: 'no', confidence: 1, evidence: {} }] : []
    })
  })
}

function distanceM(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
