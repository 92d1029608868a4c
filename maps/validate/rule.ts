import type { Problem } from '../model/index.ts'
import type { VenueIndex } from './venue-index.ts'

/** One thing that may be wrong with a venue; gives a problem for each place where it is. */
export type Rule = (index: VenueIndex) => Iterable<Problem>
