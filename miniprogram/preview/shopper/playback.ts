import type { PositioningEvent } from '../../../positioning/events.ts'
import { azimuthOf } from '../../../positioning/motion/heading.ts'
import { addressIdentity, parseRecordedWalk } from '../../../positioning/recorded-walk.ts'
import type { RecordedWalk, Waypoint } from '../../../positioning/recorded-walk.ts'
import type { TruthSample } from '../../../positioning/simulate/index.ts'
import type { BeaconReading, Phone } from '../device/phone.ts'
import { readingOf, tellPhone } from './tell-phone.ts'
import type { Shopper } from './walk.ts'

/** Between two words of WeChat about beacons. */
const beaconPeriodMs = 1_000

/**
 * A recorded walk as the phone of the preview: what its phone felt and heard, in its own time, and where its
 * surveyor said they stood as the truth. At its end it stands still.
 *
 * @param text a walk in the form of the Indoor Location Competition 2.0
 * @param level id of the level it was recorded on; the file does not say
 * @returns undefined when the text holds no walk
 */
export function createPlayback(text: string, level: string, phone: Phone): Shopper | undefined {
  const walk = parseRecordedWalk(level, text)
  const last = walk.events[walk.events.length - 1]
  if (!last || !walk.events.some(({ kind }) => kind === 'beacon')) return undefined
  let nowMs = 0
  let next = 0
  let heard = new Map<string, BeaconReading>()
  let toldMs = 0
  return {
    get truth() {
      return truthAt(walk, nowMs)
    },
    get isWalking() {
      return nowMs < last.tMs
    },
    pass(ms) {
      nowMs += ms
      for (let event = walk.events[next]; event && event.tMs <= nowMs; event = walk.events[++next]) {
        if (event.kind === 'beacon') {
          const id = addressIdentity(event.id)
          heard.set(id, readingOf(id, event.rssiDbm))
        } else tellPhone(phone, withCompass(event))
      }
      if (heard.size === 0 || nowMs - toldMs < beaconPeriodMs) return
      phone.emit('beacons', [...heard.values()])
      heard = new Map()
      toldMs = nowMs
    },
  }
}

/** WeChat gives no rotation vector: what its compass says follows from one. */
function withCompass(event: PositioningEvent): PositioningEvent {
  if (event.kind !== 'orientation') return event
  return { kind: 'compass', tMs: event.tMs, headingRad: azimuthOf(event.x, event.y, event.z) }
}

/** Straight from one waypoint to the next; undefined in a walk nobody said a place of. */
function truthAt({ level, waypoints }: RecordedWalk, tMs: number): TruthSample | undefined {
  const after = waypoints.findIndex((waypoint) => waypoint.tMs >= tMs)
  const to = waypoints[after] ?? waypoints[waypoints.length - 1]
  if (!to) return undefined
  const from = after > 0 ? waypoints[after - 1]! : to
  const share = to.tMs > from.tMs ? (tMs - from.tMs) / (to.tMs - from.tMs) : 1
  return {
    ...{ tMs, level },
    x: from.x + share * (to.x - from.x),
    y: from.y + share * (to.y - from.y),
    headingRad: headingOf(from, to),
    activity: from === to ? 'standing' : 'walking',
  }
}

function headingOf(from: Waypoint, to: Waypoint): number {
  return Math.atan2(to.x - from.x, to.y - from.y)
}
