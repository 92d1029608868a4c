import type { PositioningEvent } from './events.ts'

/** Where a surveyor said they stood. */
export interface Waypoint {
  readonly tMs: number
  /** Metres in the level's frame. */
  readonly x: number
  readonly y: number
}

/** A walk on one level as it was recorded: events in order of time, and waypoints if it is a survey. */
export interface RecordedWalk {
  readonly level: string
  readonly events: readonly PositioningEvent[]
  readonly waypoints: readonly Waypoint[]
}

/** A recorded walk, and how many of its lines could not be read. */
export interface ParsedWalk extends RecordedWalk {
  readonly brokenLines: number
}

/**
 * Reads a walk in the text form of the Indoor Location Competition 2.0: lines of tab separated time,
 * type and values; lines that begin with # are remarks. Times become milliseconds since the first
 * sensor sample, so that nothing downstream can key on the date. Unknown types are passed over, broken
 * lines are counted.
 * **Source** https://github.com/location-competition/indoor-location-competition-20
 */
export function parseRecordedWalk(level: string, text: string): ParsedWalk {
  const events: PositioningEvent[] = []
  const waypoints: Waypoint[] = []
  let brokenLines = 0
  let startMs: number | undefined
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [time, type, ...values] = line.split('\t')
    if (type === 'TYPE_WAYPOINT') {
      const [tMs, x, y] = [Number(time), Number(values[0]), Number(values[1])]
      if (isFinite(tMs + x + y)) waypoints.push({ tMs, x, y })
      else brokenLines++
      continue
    }
    const event = eventOf(Number(time), type ?? '', values)
    if (event === undefined) continue
    if (event === 'broken') {
      brokenLines++
      continue
    }
    if (event.kind !== 'beacon') startMs = Math.min(startMs ?? Infinity, event.tMs)
    events.push(event)
  }
  const zeroMs = startMs ?? events[0]?.tMs ?? waypoints[0]?.tMs ?? 0
  return {
    level,
    events: events.map((event) => ({ ...event, tMs: event.tMs - zeroMs })).sort((a, b) => a.tMs - b.tMs),
    waypoints: waypoints.map((waypoint) => ({ ...waypoint, tMs: waypoint.tMs - zeroMs })),
    brokenLines,
  }
}

/** The uuid under which beacons go that a recording names by their hardware address. */
const recordedUuid = '5f1d7a52-6c0e-4b7e-9a55-0d1f3c8e2b41'

/**
 * The identity (`uuid/major/minor`) of a beacon that a recording names by its hardware address, so that the walk
 * can be played to a phone that hears identities only: the last four bytes are major and minor. An identity
 * stays as it is. Two beacons would be one only if those bytes are the same: their makers' first two tell none
 * apart.
 */
export function addressIdentity(id: string): string {
  const bytes = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(id)
    ? id.split(':').map((byte) => parseInt(byte, 16))
    : []
  const [, , high, low, minorHigh, minorLow] = bytes
  if (high === undefined || low === undefined || minorHigh === undefined || minorLow === undefined) return id
  return `${recordedUuid}/${high * 256 + low}/${minorHigh * 256 + minorLow}`
}

function eventOf(
  tMs: number,
  type: string,
  values: readonly string[],
): PositioningEvent | 'broken' | undefined {
  if (type === 'TYPE_BEACON') {
    const rssiDbm = Number(values[4])
    const id = values[6]
    if (!Number.isFinite(tMs) || !Number.isFinite(rssiDbm) || id === undefined || id === '') return 'broken'
    return { kind: 'beacon', tMs, id, rssiDbm }
  }
  const kind = motionKinds.get(type)
  if (!kind) return undefined
  const [x, y, z] = [Number(values[0]), Number(values[1]), Number(values[2])]
  return Number.isFinite(tMs + x + y + z) ? { kind, tMs, x, y, z } : 'broken'
}

const motionKinds = new Map<string, 'acceleration' | 'rotation-rate' | 'orientation'>([
  ['TYPE_ACCELEROMETER', 'acceleration'],
  ['TYPE_GYROSCOPE', 'rotation-rate'],
  ['TYPE_ROTATION_VECTOR', 'orientation'],
])
