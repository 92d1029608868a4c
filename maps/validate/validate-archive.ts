import { ProblemList } from '../imdf/index.ts'
import type { Archive, Problem } from '../model/index.ts'
import { categoryRules } from './category-rules.ts'
import { identityRules } from './identity-rules.ts'
import { levelRules } from './level-rules.ts'
import { placeRules } from './place-rules.ts'
import type { Rule } from './rule.ts'
import { shapeRules } from './shape-rules.ts'
import { textRules } from './text-rules.ts'
import { unitRules } from './unit-rules.ts'
import { indexVenue } from './venue-index.ts'

/** Every rule a venue is held to, in the order in which a person would mend what they find. */
const rules: readonly Rule[] = [
  ...identityRules,
  ...levelRules,
  ...shapeRules,
  ...unitRules,
  ...placeRules,
  ...categoryRules,
  ...textRules,
]

/**
 * Holds a venue to what a map must be before it is published: references, levels, shapes, units beside one
 * another, places, categories, texts. An error keeps it from being published, a warning is for a person to
 * look at. What cannot be measured because something more basic is wrong with it is passed over.
 * @returns Problems, errors first, bounded (`maxProblems`); each with what to do, and where that is known the
 *   level and the place on it.
 *   Near O(n log n) in the features; the comparison of neighbouring shapes weighs most.
 * **Source** OGC 20-094; OGC 06-103r4 for shapes; own.
 */
export function validateArchive(archive: Archive): Problem[] {
  const index = indexVenue(archive)
  const problems = new ProblemList()
  for (const rule of rules) problems.addAll(rule(index))
  return problems.list()
}
