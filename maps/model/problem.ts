import type { Xy } from './level-frame.ts'

/** `error` keeps a version from being published; `warning` is for a person to look at. */
export type Severity = 'error' | 'warning'

/** Something wrong with a venue: which feature, where, and what to do about it. */
export interface Problem {
  readonly severity: Severity
  /** Stable word for the kind of problem: `self-intersection`, `unknown-level`. */
  readonly code: string
  /** File of the archive in which the fault stands, if one does. */
  readonly file?: string
  /** Id of the feature, or its number in the file when it has none; empty for the archive as a whole. */
  readonly feature: string
  /** Property or geometry in question: `properties.level_id`. */
  readonly field?: string
  /** What was expected, what came, what to do. */
  readonly message: string
  readonly level?: string
  readonly at?: Xy
}
