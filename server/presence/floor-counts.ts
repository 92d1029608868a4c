import type { Json, VenueId } from '../../maps/model/index.ts'
import type { VenuePresence } from './venue-presence.ts'

/** Fewer people than this in a place are not told to screens that anyone can see. */
export const leastShown = 5
/** How often counts are said, and how long they hold when this node falls silent. */
export const countEveryMs = 1000
export const countHoldsMs = 15_000
/** Counts that did not change are said again after this, so that they do not run out. */
const againMs = 5000

/** A change of a live stream; what realtime takes. */
export interface CountPatch {
  readonly stream: string
  readonly set?: Readonly<Record<string, Json>>
  readonly gone?: readonly string[]
  readonly ttlMs?: number
}

interface Said {
  readonly visitors: number
  readonly atMs: number
}

/**
 * Turns counts of one node into patches of the live floor. Each node speaks for its own visitors, under keys
 * `here/ZONE/NODE`, and who shows them adds up what the keys of a zone say. On `floor:VENUE`, which kiosks show, a node
 * leaves out places with fewer than five of its visitors, so a sum there is at least what it says and never tells of
 * one person; `console:VENUE` has all.
 */
export class FloorCounts {
  readonly #node: string
  readonly #said = new Map<string, Said>()

  /** @param node names this process among all, for as long as it runs */
  constructor(node: string) {
    this.#node = node
  }

  /** What changed since the last time. O(zones of the venue). */
  patches({ venueId, zones, inside }: VenuePresence, nowMs: number): CountPatch[] {
    const shown: Record<string, Json> = {}
    const all: Record<string, Json> = {}
    const goneShown: string[] = []
    const goneAll: string[] = []
    for (let zone = 0; zone < inside.length; zone++) {
      const visitors = inside[zone]!
      const { id, kind } = zones.zones[zone]!
      const key = `here/${id}/${this.#node}`
      const before = this.#said.get(`${venueId} ${id}`)
      if (before ? before.visitors === visitors && nowMs - before.atMs < againMs : visitors === 0) continue
      if (visitors === 0) this.#said.delete(`${venueId} ${id}`)
      else this.#said.set(`${venueId} ${id}`, { visitors, atMs: nowMs })
      if (visitors > 0) all[key] = { zoneId: id, kind, visitors }
      else goneAll.push(key)
      if (visitors >= leastShown) shown[key] = { zoneId: id, kind, visitors }
      else if ((before?.visitors ?? 0) >= leastShown) goneShown.push(key)
    }
    return [...patch(`floor:${venueId}`, shown, goneShown), ...patch(`console:${venueId}`, all, goneAll)]
  }

  /** Takes back all counts of zones that are no more. */
  forget(venueId: VenueId, zoneIds: readonly string[]): CountPatch[] {
    const gone = zoneIds
      .filter((id) => this.#said.delete(`${venueId} ${id}`))
      .map((id) => `here/${id}/${this.#node}`)
    return [...patch(`floor:${venueId}`, {}, gone), ...patch(`console:${venueId}`, {}, gone)]
  }
}

function patch(stream: string, set: Record<string, Json>, gone: readonly string[]): CountPatch[] {
  if (Object.keys(set).length === 0 && gone.length === 0) return []
  return [{ stream, set, gone, ttlMs: countHoldsMs }]
}
