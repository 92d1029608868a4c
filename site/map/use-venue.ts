import { computed, onScopeDispose, shallowReactive, shallowRef } from 'vue'
import type { Destination } from '../../maps/model/index.ts'
import { levelIds } from '../../maps/render/client.ts'
import type { LevelMap } from '../../maps/render/client.ts'
import { fetchClientConfig, fetchDirectory, fetchLevel, fetchLevels, fetchVenues } from '../api.ts'
import type { ClientConfig, Directory, LevelEntry, VenueEntry } from '../api.ts'
import { retrying } from '../retry.ts'
import type { DeepLink } from './deep-link.ts'

/** A level on screen: what the list says of it, and what is drawn. */
export interface ShownLevel {
  readonly entry: LevelEntry
  readonly map: LevelMap
}

/**
 * The venue of the map page: which there are, its levels, its directory, the level on screen. Fetches by
 * itself and tries again while the server is away; what is there already goes on working.
 */
export function useVenue(link: DeepLink) {
  const server = retrying()
  const levelServer = retrying()
  let session = new AbortController()

  const venues = shallowRef<readonly VenueEntry[]>()
  const config = shallowRef<ClientConfig>()
  const venue = shallowRef<VenueEntry>()
  const levels = shallowRef<readonly LevelEntry[]>([])
  const directory = shallowRef<Directory>()
  const shown = shallowRef<ShownLevel>()
  /** The level asked for, while it is on its way. */
  const awaited = shallowRef<LevelEntry>()
  const maps = shallowReactive(new Map<string, LevelMap>())

  async function open(): Promise<void> {
    const [list, clientConfig] = await Promise.all([
      server.run(fetchVenues, session.signal),
      server.run(fetchClientConfig, session.signal),
    ])
    config.value = clientConfig
    venues.value = list
    const chosen = list.find(({ slug }) => slug === link.venue) ?? list[0]
    if (chosen) await openVenue(chosen, link)
  }

  async function openVenue(next: VenueEntry, at: DeepLink = {}): Promise<void> {
    session.abort()
    session = new AbortController()
    const { signal } = session
    venue.value = next
    directory.value = undefined
    shown.value = undefined
    maps.clear()
    const [list, found] = await Promise.all([
      server.run(() => fetchLevels(next), signal),
      server.run(() => fetchDirectory(next), signal),
    ])
    levels.value = list
    directory.value = found
    const place = found.destinations.find(({ id }) => id === at.place)
    const first =
      list.find(({ id }) => id === place?.levelId) ??
      list.find(({ shortName }) => shortName === at.level) ??
      list.find(({ ordinal }) => ordinal === 0) ??
      list[0]
    if (first) await showLevel(first.id)
    await fetchAhead(list, signal)
  }

  /** Levels are few kilobytes: with all of them here, the next one is there at once and off-line. */
  async function fetchAhead(list: readonly LevelEntry[], signal: AbortSignal): Promise<void> {
    for (const level of list) {
      if (signal.aborted) return
      // Nobody waits for it: a level that does not come now is fetched when it is asked for.
      await mapOf(level).catch(() => undefined)
    }
  }

  async function mapOf(entry: LevelEntry): Promise<LevelMap> {
    const known = maps.get(entry.id)
    if (known) return known
    const map = await fetchLevel(entry)
    if (levels.value.includes(entry)) maps.set(entry.id, map)
    return map
  }

  async function showLevel(levelId: string): Promise<void> {
    const entry = levels.value.find(({ id }) => id === levelId)
    if (!entry || shown.value?.entry === entry) {
      awaited.value = undefined
      return
    }
    const { signal } = session
    awaited.value = entry
    const map = await levelServer.run(() => mapOf(entry), signal)
    // Meanwhile another level may have been asked for.
    if (awaited.value !== entry || signal.aborted) return
    awaited.value = undefined
    shown.value = { entry, map }
  }

  /** The destinations of the level on screen by the short ids of its file. */
  const byShortId = computed(() => {
    const found = new Map<string, Destination>()
    if (!shown.value) return found
    const ids = levelIds(shown.value.map)
    for (const destination of directory.value?.destinations ?? []) {
      if (destination.levelId === shown.value.entry.id) found.set(ids.shortOf(destination.id), destination)
    }
    return found
  })

  const closing = new AbortController()
  onScopeDispose(() => {
    closing.abort()
    session.abort()
  })

  return {
    venues,
    venue,
    config,
    levels,
    directory,
    shown,
    awaited,
    /** The destination behind an id from the map: a short one of the level's file, or a whole one of a pin. */
    placeOf: (id: string) =>
      byShortId.value.get(id) ?? directory.value?.destinations.find((one) => one.id === id),
    away: server.away,
    levelAway: levelServer.away,
    tryNow: () => {
      server.now()
      levelServer.now()
    },
    open: () => open().catch(ignoreAbort),
    openVenue: (next: VenueEntry) => openVenue(next).catch(ignoreAbort),
    showLevel: (levelId: string) => showLevel(levelId).catch(ignoreAbort),
  }
}

export type VenueSession = ReturnType<typeof useVenue>

function ignoreAbort(error: unknown): void {
  if (!(error instanceof DOMException && error.name === 'AbortError')) throw error
}
