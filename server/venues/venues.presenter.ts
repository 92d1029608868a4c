import type { input } from 'zod'
import type { Destination } from '../../maps/model/index.ts'
import type { SearchHit } from '../../maps/search/index.ts'
import type { destination } from '../contract/values.ts'
import type { mapVersion, searchHit, venuesContract } from '../contract/venues.contract.ts'
import type { VenueSummary, VersionSummary } from './versions.ts'

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

/** A venue as an operator's overview shows it. */
export function presentVenueMaps(
  { venueId, slug, name, createdAtMs }: VenueSummary,
  versions: readonly VersionSummary[],
): input<(typeof venuesContract.listMaps.responses)[200]>[number] {
  const ofVenue = versions.filter((version) => version.venueId === venueId)
  return { id: venueId, slug, name, createdAtMs, versions: ofVenue.map(presentVersion) }
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
