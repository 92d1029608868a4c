import { computed, ref, shallowRef, watch } from 'vue'
import type { Destination } from '../../maps/model/index.ts'
import { nameIn } from '../../maps/render/client.ts'
import type { SearchHit } from '../../maps/search/open-search.ts'
import type { Pin } from '../../ui/map-view/map-view.ts'
import { language } from '../../ui/i18n.ts'
import { symbolOf } from '../../ui/icons/symbol-of.ts'
import type { VenueSession } from './use-venue.ts'

/** As many results as one would look through; their numbers still fit a pin. */
const mostHits = 24

/** As many of the same kind nearby as fit under a place. */
const mostNeighbours = 4

/**
 * What one looks for and what one has chosen: the query and its results, the place, and what of both is
 * pointed out on the map.
 *
 * @param middleOf longitude and latitude in the middle of the map: of equal results the nearest comes first
 */
export function usePlaces(session: VenueSession, middleOf: () => readonly [number, number] | undefined) {
  const query = ref('')
  const place = shallowRef<Destination>()
  const active = ref(-1)

  const hits = computed<readonly SearchHit[]>(() => {
    const text = query.value.trim()
    if (text === '') return []
    const from = standingAt(session, middleOf())
    return (
      session.directory.value?.search.search(text, {
        lang: language.value,
        limit: mostHits,
        ...(from ? { place: from } : {}),
      }) ?? []
    )
  })

  /** The word for why nothing was found. */
  const nothing = computed(() =>
    session.directory.value?.search.whyNothing(query.value) === 'no-such-kind' ? 'noSuchKind' : 'nothing',
  )

  const isSearching = computed(() => query.value.trim() !== '' && session.directory.value !== undefined)

  const pins = computed<readonly Pin[]>(() => {
    const levelId = session.shown.value?.entry.id
    if (place.value) return place.value.levelId === levelId ? [pinOf(place.value)] : []
    return hits.value.flatMap(({ destination }, index) =>
      destination.levelId === levelId ? [{ ...pinOf(destination), number: index + 1 }] : [],
    )
  })

  const hitsByLevel = computed(() => {
    const counts = new Map<string, number>()
    for (const { destination } of hits.value) {
      counts.set(destination.levelId, (counts.get(destination.levelId) ?? 0) + 1)
    }
    return counts
  })

  const neighbours = computed(() => {
    const chosen = place.value
    return chosen ? neighboursOf(chosen, session.directory.value?.destinations ?? []) : []
  })

  watch(query, () => {
    active.value = -1
    place.value = undefined
  })

  return { query, place, active, hits, nothing, isSearching, pins, hitsByLevel, neighbours }
}

function pinOf(destination: Destination): Pin {
  const { id, lonLat } = destination
  const name = nameIn(destination.name, language.value)
  return { destinationId: id, lonLat, symbol: symbolOf(destination), name }
}

/** The level on screen and the metres of the map's middle in its frame. */
function standingAt(session: VenueSession, middle: readonly [number, number] | undefined) {
  const entry = session.shown.value?.entry
  if (!entry || !middle) return undefined
  const { origin, metresPerDegree } = entry.frame
  return {
    level: entry.id,
    x: (middle[0] - origin[0]) * metresPerDegree[0],
    y: (middle[1] - origin[1]) * metresPerDegree[1],
  }
}

function neighboursOf(chosen: Destination, all: readonly Destination[]): Destination[] {
  const away = ({ x, y }: Destination) => Math.hypot(x - chosen.x, y - chosen.y)
  return all
    .filter(
      (one) =>
        one.id !== chosen.id &&
        one.kind === 'shop' &&
        one.levelId === chosen.levelId &&
        one.shopCategory === chosen.shopCategory,
    )
    .sort((a, b) => away(a) - away(b))
    .slice(0, mostNeighbours)
}
