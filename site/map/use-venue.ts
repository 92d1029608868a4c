import { computed, onScopeDispose, shallowReactive, shallowRef } from 'vue'
import type { Destination } from '../../maps/model/index.ts'
import { levelIds } from '../../maps/render/client.ts'
import type { LevelMap } from '../../maps/render/client.ts'
import { fetchClientConfig, fetchDirectory, fetchLevel, fetchLevels, fetchVenues, Refused } from '../api.ts'
import type { ClientConfig, Directory, LevelEntry, VenueEntry } from '../api.ts'
import { retrying } from '../retry.ts'
import type { DeepLink } from './deep-link.ts'

/** A level on screen: what the list says of it, and what is drawn. */
export interface ShownLevel {
  readonly entry: LevelEntry
  readonly map: LevelMap
}

/** How often a page that stays open asks whether a new version was published; mostly an empty 304. */
const lookAgainMs = 60_000

/**
 * The venue of the map page: which there are, its levels, its directory, the level on screen. Fetches by
 * itself and tries again while the server is away; what is there already goes on working. A version that is
 * published meanwhile takes its place without a word.
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
  /** By address, which tells the version too. */
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
    const { list, found } = await take(next, signal)
    const place = found.destinations.find(({ id }) => id === at.place)
    const first =
      list.find(({ id }) => id === place?.levelId) ??
      list.find(({ shortName }) => shortName === at.level) ??
      list.find(({ ordinal }) => ordinal === 0) ??
      list[0]
    if (first) await showLevel(first.id)
    await fetchAhead(list, signal)
  }

  /** Fetches levels and directory of a venue; once more when a version was published in between. */
  async function take(entry: VenueEntry, signal: AbortSignal) {
    const fetched = (of: VenueEntry) =>
      Promise.all([server.run(() => fetchLevels(of), signal), server.run(() => fetchDirectory(of), signal)])
    let current = entry
    const [list, found] = await fetched(current).catch(async (error: unknown) => {
      if (!(error instanceof Refused)) throw error
      current = (await entryNow(entry, signal)) ?? entry
      return fetched(current)
    })
    venue.value = current
    levels.value = list
    directory.value = found
    return { list, found }
  }

  async function entryNow(entry: VenueEntry, signal: AbortSignal): Promise<VenueEntry | undefined> {
    const list = await server.run(fetchVenues, signal)
    venues.value = list
    return list.find(({ id }) => id === entry.id)
  }

  /** Goes over to the version that is published now, on the same level where that is still there. */
  async function renew(signal: AbortSignal): Promise<void> {
    const entry = venue.value && (await entryNow(venue.value, signal))
    if (!entry || signal.aborted) return
    const { list } = await take(entry, signal)
    const wanted = awaited.value?.id ?? shown.value?.entry.id
    const level = list.find(({ id }) => id === wanted) ?? list.find(({ ordinal }) => ordinal === 0) ?? list[0]
    if (level) await showLevel(level.id, { renewed: true })
    await fetchAhead(list, signal)
  }

  async function lookAgain(): Promise<void> {
    const { signal } = session
    if (!venue.value || !shown.value || document.hidden) return
    // Nobody waits for it: when the server is away, the next look will do.
    const list = await fetchVenues().catch(() => undefined)
    const entry = list?.find(({ id }) => id === venue.value?.id)
    if (entry && entry.versionId !== venue.value.versionId && !signal.aborted) await renew(signal)
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
    const known = maps.get(entry.url)
    if (known) return known
    const map = await fetchLevel(entry)
    if (levels.value.includes(entry)) maps.set(entry.url, map)
    return map
  }

  async function showLevel(levelId: string, { renewed = false } = {}): Promise<void> {
    const entry = levels.value.find(({ id }) => id === levelId)
    if (!entry || shown.value?.entry === entry) {
      awaited.value = undefined
      return
    }
    const { signal } = session
    awaited.value = entry
    const map = await levelServer
      .run(() => mapOf(entry), signal)
      .catch((error: unknown) => {
        // The list is of a version that is no longer served: there is a new one.
        if (renewed || !(error instanceof Refused)) throw error
        return undefined
      })
    if (!map) {
      await renew(signal)
      return
    }
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

  const look = () => {
    lookAgain().catch(ignoreAbort)
  }
  const looking = setInterval(look, lookAgainMs)
  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => {
    clearInterval(looking)
    document.removeEventListener('visibilitychange', look)
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
