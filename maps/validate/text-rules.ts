import { openStateAt } from '../hours/opening-hours.ts'
import { featureTypes } from '../model/index.ts'
import type { AnyFeature, Problem } from '../model/index.ts'
import { placeOf, titleOf } from './name-feature.ts'
import type { Rule } from './rule.ts'
import type { VenueIndex } from './venue-index.ts'

/** What people read of these is their name: a level switch or a search without it shows nothing. */
const mustBeNamed: ReadonlySet<string> = new Set(['venue', 'level'])

/** Roughly BCP 47: subtags of letters and digits. */
const languageTag = /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i

/** Names are written in some language, and say something in it. */
const labelsSaySomething: Rule = function* (index) {
  for (const type of featureTypes) {
    for (const feature of index.archive.features[type]) {
      for (const field of ['name', 'short_name', 'alt_name'] as const) {
        const labels: unknown = Reflect.get(feature.properties, field)
        if (typeof labels !== 'object' || labels === null) continue
        const problem = labelProblem(index, { feature, field, labels: Object.entries(labels) })
        if (problem) yield { ...problem, ...placeOf(index, feature) }
      }
    }
  }
}

interface FeatureLabels {
  readonly feature: AnyFeature
  readonly field: string
  readonly labels: readonly (readonly [string, unknown])[]
}

function labelProblem(index: VenueIndex, { feature, field, labels }: FeatureLabels): Problem | undefined {
  const about = {
    file: `${feature.feature_type}.geojson`,
    feature: feature.id,
    field: `properties.${field}`,
  }
  const isBlank = labels.every(([, text]) => typeof text !== 'string' || text.trim() === '')
  if (isBlank) {
    return {
      ...about,
      severity: mustBeNamed.has(feature.feature_type) && field !== 'alt_name' ? 'error' : 'warning',
      code: 'label-empty',
      message: `Expected text in at least one language in ${field} of ${titleOf(index, feature)}, got none. Write it, or put null where the standard allows.`,
    }
  }
  const odd = labels.find(([tag]) => !languageTag.test(tag))
  if (!odd) return undefined
  return {
    ...about,
    severity: 'warning',
    code: 'label-language',
    message: `Expected language tags such as "zh" or "en" in ${field} of ${titleOf(index, feature)}, got "${odd[0].slice(0, 40)}". Correct it.`,
  }
}

/** Opening hours are ones that screens can read. */
const hoursAreRead: Rule = function* (index) {
  const { venue, amenity, occupant, relationship } = index.archive.features
  for (const feature of [...venue, ...amenity, ...occupant, ...relationship]) {
    const { hours } = feature.properties
    if (typeof hours !== 'string' || openStateAt(hours, { weekday: 0, minute: 0 }) !== undefined) continue
    yield {
      severity: 'warning',
      code: 'hours-not-read',
      file: `${feature.feature_type}.geojson`,
      feature: feature.id,
      field: 'properties.hours',
      message: `Expected opening hours such as "Mo-Su 10:00-22:00" for ${titleOf(index, feature)}, got "${hours.slice(0, 80)}". Write them so; until then no screen says whether it is open.`,
    }
  }
}

export const textRules: readonly Rule[] = [labelsSaySomething, hoursAreRead]
