import type { Archive, LevelId, VenueId } from '../../maps/model/index.ts'
import type { Clock } from '../platform/clock.ts'
import { buildPublishedMap } from './published-map.ts'
import type { ImmutableBody, PublishedMap } from './published-map.ts'
import type { PublishedVersion } from './versions.ts'

/** Where published versions come from; the database in the product. */
export interface PublishedSource {
  publishedVersions(): Promise<readonly PublishedVersion[]>
  readArchive(version: PublishedVersion): Promise<Archive>
  /** Told of a version that is stored and cannot be shown: a mistake of ours, to be looked at. */
  onBroken(version: PublishedVersion, error: unknown): void
  readonly clock: Clock
}

/** How long the bodies of a map that was replaced are still served, and of how many maps of a venue. */
export const formerKeptMs = 60 * 60 * 1000
const maxFormer = 4

interface FormerMap {
  readonly map: PublishedMap
  readonly untilMs: number
}

/**
 * The published maps in memory, one a venue. Reads never wait and never ask the database; `refresh`
 * brings what another process or a command published. A map that is replaced stays whole for requests
 * that already hold it, and its levels, its search index and its route tables are served for another hour: a page that read the
 * list before the change fetches them after it.
 */
export class PublishedMaps {
  readonly #source: PublishedSource
  readonly #maps = new Map<VenueId, PublishedMap>()
  #former: readonly FormerMap[] = []
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(source: PublishedSource) {
    this.#source = source
  }

  /** All maps, in the order of their slugs. */
  all(): readonly PublishedMap[] {
    return [...this.#maps.values()].sort((a, b) => (a.entry.slug < b.entry.slug ? -1 : 1))
  }

  get(venueId: VenueId): PublishedMap | undefined {
    return this.#maps.get(venueId)
  }

  /** A level under its content address, of the current map or of one that was replaced lately. */
  levelBody(venueId: VenueId, levelId: LevelId, hash: string): ImmutableBody | undefined {
    return this.#bodyOf(venueId, hash, ({ levelBodies }) => levelBodies.get(levelId))
  }

  /** A search index under its content address, of the current map or of one that was replaced lately. */
  searchIndex(venueId: VenueId, hash: string): ImmutableBody | undefined {
    return this.#bodyOf(venueId, hash, ({ searchIndex }) => searchIndex)
  }

  /** Route tables under their content address, of the current map or of one that was replaced lately. */
  routeTables(venueId: VenueId, hash: string): ImmutableBody | undefined {
    return this.#bodyOf(venueId, hash, ({ routeTables }) => routeTables)
  }

  #bodyOf(
    venueId: VenueId,
    hash: string,
    of: (map: PublishedMap) => ImmutableBody | undefined,
  ): ImmutableBody | undefined {
    const current = this.#maps.get(venueId)
    const former = this.#former.flatMap(({ map }) => (map.venueId === venueId ? [map] : []))
    return [...(current ? [current] : []), ...former].map(of).find((body) => body?.hash === hash)
  }

  #replace(map: PublishedMap): void {
    const { venueId } = map
    const replaced = this.#maps.get(venueId)
    this.#maps.set(venueId, map)
    if (!replaced) return
    const untilMs = this.#source.clock() + formerKeptMs
    const ofVenue = this.#former.filter((former) => former.map.venueId === venueId)
    const others = this.#former.filter((former) => former.map.venueId !== venueId)
    this.#former = [...others, { map: replaced, untilMs }, ...ofVenue.slice(0, maxFormer - 1)]
  }

  /**
   * Loads what is published and not yet here, and drops what no longer is. Calls during a refresh share
   * one further run, so a caller that published before calling sees its version when the promise resolves.
   * Rejects when the database does; the maps already here stay. A version that cannot be derived is reported
   * and leaves the former map of its venue in place, and every other venue alone.
   */
  refresh(): Promise<void> {
    // One run at a time; callers that come while one runs share the next.
    this.#next ??= this.#running.then(() => {
      this.#next = undefined
      const run = this.#load()
      this.#running = run.catch(() => undefined)
      return run
    })
    return this.#next
  }

  async #load(): Promise<void> {
    const versions = await this.#source.publishedVersions()
    const nowMs = this.#source.clock()
    this.#former = this.#former.filter(({ untilMs }) => untilMs > nowMs)
    const current = new Set(versions.map(({ venueId }) => venueId))
    for (const venueId of this.#maps.keys()) if (!current.has(venueId)) this.#maps.delete(venueId)
    for (const version of versions) {
      const here = this.#maps.get(version.venueId)
      if (here?.versionId === version.versionId && here.entry.slug === version.slug) continue
      const archive = await this.#source.readArchive(version)
      try {
        this.#replace(await buildPublishedMap(version, archive))
      } catch (error) {
        this.#source.onBroken(version, error)
      }
    }
  }
}
