import type { Problem } from '../model/index.ts'

/** As many problems as one report names one by one: more than a person reads, less than floods a screen. */
export const maxProblems = 200

/**
 * Collects problems of one report within a bound: the first `limit` of each severity are kept, the others
 * are only counted, so that a file of nothing but faults costs no memory.
 * Source: own.
 */
export class ProblemList {
  readonly #limit: number
  readonly #kept: Record<Problem['severity'], Problem[]> = { error: [], warning: [] }
  readonly #count: Record<Problem['severity'], number> = { error: 0, warning: 0 }

  constructor(limit = maxProblems) {
    this.#limit = limit
  }

  add(problem: Problem): void {
    this.#count[problem.severity]++
    const kept = this.#kept[problem.severity]
    if (kept.length < this.#limit) kept.push(problem)
  }

  addAll(problems: Iterable<Problem>): void {
    for (const problem of problems) this.add(problem)
  }

  /** True once an error was added: the archive cannot be accepted. */
  get hasErrors(): boolean {
    return this.#count.error > 0
  }

  /**
   * Errors before warnings, each in the order of adding, `limit` at most; what had to be left out is
   * counted in one closing problem, an error if one of those was.
   */
  list(): Problem[] {
    const shown = [...this.#kept.error, ...this.#kept.warning].slice(0, this.#limit)
    const omitted = this.#count.error + this.#count.warning - shown.length
    if (omitted === 0) return shown
    const omittedErrors = Math.max(0, this.#count.error - this.#limit)
    return [
      ...shown,
      {
        severity: omittedErrors > 0 ? 'error' : 'warning',
        code: 'more-problems',
        feature: '',
        message: `${omitted} more problems are not listed here, ${omittedErrors} of them errors. Correct those above and check again.`,
      },
    ]
  }
}
