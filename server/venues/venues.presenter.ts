import type { input } from 'zod'
import type { Destination } from '../../maps/model/index.ts'
import type { SearchHit } from '../../maps/search/index.ts'
import type { destination } from '../contract/values.ts'
import type { mapVersion, searchHit } from '../contract/venues.contract.ts'
import type { VersionSummary } from './versions.ts'

/** A version as an operator's list shows it: how many problems, not which. */
export function presentVersion(version: VersionSummary): input<typeof mapVersion> {
  const { versionId, number, state, source, createdAtMs, publishedAtMs, problems } = version
  const errors = problems.filter(({ severity }) => severity === 'error').length
  return {
    id: versionId,
    number,
    state,
    source,
    createdAtMs,
    ...(publishedAtMs === undefined ? {} : { publishedAtMs }),
    errors,
    warnings: problems.length - errors,
  }
}

/** A search result without the words that only the engine's tests need. */
export function presentHit({ destination, score, ranges }: SearchHit): input<typeof searchHit> {
  return {
    destination: presentDestination(destination),
    score,
    matches: ranges.map(([from, to]) => [from, to]),
  }
}

/** A destination with lists of its own, as the contract's types ask. */
export function presentDestination(place: Destination): input<typeof destination> {
  return { ...place, unitIds: [...place.unitIds], lonLat: [place.lonLat[0], place.lonLat[1]] }
}
