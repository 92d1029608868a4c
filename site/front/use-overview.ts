import { onScopeDispose, shallowRef } from 'vue'
import { fetchClientConfig, fetchLevel, fetchLevels, fetchReadiness, fetchVenues } from '../api.ts'
import type { ClientConfig, LevelEntry, VenueEntry } from '../api.ts'
import type { LevelMap } from '../../maps/render/client.ts'
import { retrying } from '../retry.ts'

/** The level a page shows as a picture of the venue. */
export interface Picture {
  readonly venue: VenueEntry
  readonly level: LevelEntry
  readonly map: LevelMap
}

/** What the front page tells: the venues, the server, and one level to look at. */
export function useOverview() {
  const server = retrying()
  const closing = new AbortController()
  const venues = shallowRef<readonly VenueEntry[]>()
  const config = shallowRef<ClientConfig>()
  const readiness = shallowRef<Awaited<ReturnType<typeof fetchReadiness>>>()
  const picture = shallowRef<Picture>()

  async function open(): Promise<void> {
    const { signal } = closing
    const ask = <T>(task: () => Promise<T>) => server.run(task, signal)
    ;[venues.value, config.value, readiness.value] = await Promise.all([
      ask(fetchVenues),
      ask(fetchClientConfig),
      ask(fetchReadiness),
    ])
    const [venue] = venues.value
    if (!venue) return
    const levels = await ask(() => fetchLevels(venue))
    const ground = levels.find(({ ordinal }) => ordinal === 0) ?? levels[0]
    if (!ground) return
    picture.value = { venue, level: ground, map: await ask(() => fetchLevel(ground)) }
  }

  onScopeDispose(() => {
    closing.abort()
  })
  return { venues, config, readiness, picture, away: server.away, open }
}
