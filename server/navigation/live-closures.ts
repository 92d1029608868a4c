import type { EntityManager } from 'typeorm'
import { IsNull, MoreThan, Or } from 'typeorm'
import type { Json, VenueId } from '../../maps/model/index.ts'
import { maxClosures } from '../contract/navigation.contract.ts'
import type { Patch } from '../realtime/index.ts'
import type { PublishedMap, Ways } from '../venues/index.ts'
import { closureEntity, closureStateAt } from './closure.entity.ts'
import type { ClosureRow } from './closure.entity.ts'
import { placedClosure } from './closed-thing.ts'
import { presentNotice } from './closure.presenter.ts'

interface KeptWays {
  /** Version of the map and closures in force: what the router was made of. */
  readonly key: string
  readonly ways: Ways
}

/**
 * The closures of all venues that are not over, in memory of this node, at most `maxClosures` a venue, and the
 * ways around them. Whether one is in force is asked for with each question, so that it begins and ends on time.
 */
export class LiveClosures {
  readonly #venues = new Map<VenueId, readonly ClosureRow[]>()
  readonly #ways = new Map<VenueId, KeptWays>()
  readonly #said = new Map<VenueId, ReadonlySet<string>>()
  readonly #map: (venueId: VenueId) => PublishedMap | undefined

  constructor(map: (venueId: VenueId) => PublishedMap | undefined) {
    this.#map = map
  }

  /** Those of a venue that are not over. */
  of(venueId: VenueId, nowMs: number): ClosureRow[] {
    return (this.#venues.get(venueId) ?? []).filter((row) => closureStateAt(row, nowMs) !== 'over')
  }

  /** How many memory holds. */
  count(): number {
    let sum = 0
    for (const rows of this.#venues.values()) sum += rows.length
    return sum
  }

  /** Takes in what was just committed here, so that the next question knows of it. */
  put(row: ClosureRow): void {
    const others = (this.#venues.get(row.venueId) ?? []).filter(
      ({ closureId }) => closureId !== row.closureId,
    )
    this.#venues.set(row.venueId, [...others, row])
  }

  /** Reads closures anew: those of one venue, or of all. */
  async load(manager: EntityManager, nowMs: number, venueId?: VenueId): Promise<void> {
    const rows = await manager.find(closureEntity, {
      where: {
        ...(venueId === undefined ? {} : { venueId }),
        endedAt: IsNull(),
        untilAt: Or(IsNull(), MoreThan(new Date(nowMs))),
      },
      order: { closureId: 'ASC' },
    })
    if (venueId === undefined) this.#venues.clear()
    else this.#venues.delete(venueId)
    for (const row of rows) {
      const others = this.#venues.get(row.venueId) ?? []
      if (others.length < maxClosures) this.#venues.set(row.venueId, [...others, row])
    }
  }

  /**
   * The way-finding of a venue with what is closed at a moment; one a venue is kept.
   * @returns undefined when the venue has no published map
   * Complexity: a look-up, and some 50 ms for a mall of five levels when a closure began or ended.
   */
  waysOf(venueId: VenueId, nowMs: number): Ways | undefined {
    const map = this.#map(venueId)
    if (!map) {
      this.#ways.delete(venueId)
      return undefined
    }
    const inForce = this.of(venueId, nowMs).filter((row) => closureStateAt(row, nowMs) === 'in-force')
    const key = [map.versionId, ...inForce.map(({ closureId }) => closureId)].join(' ')
    const kept = this.#ways.get(venueId)
    if (kept?.key === key) return kept.ways
    const { router, instructor } = map.ways()
    const closures = inForce.flatMap(({ what }) => placedClosure(router.tables, what)?.closures ?? [])
    const ways = { router: closures.length === 0 ? router : router.withClosures(closures), instructor }
    this.#ways.set(venueId, { key, ways })
    return ways
  }

  /** What every screen of a venue knows of closures: `closure:ID` of `floor:VENUE`. */
  values(venueId: VenueId, nowMs: number): Record<string, Json> {
    const rows = this.of(venueId, nowMs)
    const tables = rows.length === 0 ? undefined : this.#map(venueId)?.ways().router.tables
    return Object.fromEntries(rows.map((row) => [`closure:${row.closureId}`, presentNotice(row, tables)]))
  }

  /**
   * What has to be said so that screens know what this node knows: all that is closed, and what no longer is. Said
   * again it changes nothing; after another map was published it says where things are on that one.
   */
  patches(nowMs: number): Patch[] {
    const venues = new Set([...this.#venues.keys(), ...this.#said.keys()])
    return [...venues].flatMap((venueId) => this.patchOf(venueId, nowMs))
  }

  /** The same for one venue. */
  patchOf(venueId: VenueId, nowMs: number): Patch[] {
    const set = this.values(venueId, nowMs)
    const gone = [...(this.#said.get(venueId) ?? [])].filter((key) => !(key in set))
    const keys = Object.keys(set)
    if (keys.length === 0) this.#said.delete(venueId)
    else this.#said.set(venueId, new Set(keys))
    return keys.length + gone.length === 0 ? [] : [{ stream: `floor:${venueId}`, set, gone }]
  }
}
