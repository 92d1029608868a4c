/** How a test run ended. */
export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/**
 * Reads the TAP that AVA writes, line by line: counts, lets failures through as they come, and notes the tests
 * that say they left out the real mall's data.
 * **Source**: TAP version 13, testanything.org; the form AVA 7 gives it.
 */
export class TapReport {
  #passed = 0
  #failed = 0
  #skipped = 0
  #lastTitle = ''
  #showing = false
  readonly #leftOut = new Set<string>()

  /** Takes one line; returns it when a person should see it. */
  take(line: string): string | undefined {
    const result = /^(not ok|ok) \d+(?: - (.*?))?( # (?:SKIP|TODO).*)?$/.exec(line)
    if (result) {
      this.#lastTitle = result[2] ?? ''
      this.#showing = false
      if (result[3] !== undefined) this.#skipped++
      else if (result[1] === 'ok') this.#passed++
      else {
        this.#failed++
        this.#showing = true
      }
    } else if (/^(\d+\.\.\d+|# (tests|pass|skip|fail) \d+|TAP version \d+)$/.test(line)) {
      this.#showing = false
    } else if (line.startsWith('#') && line.includes('ATRIUM_REAL_MALL')) {
      this.#leftOut.add(this.#lastTitle)
    }
    return this.#showing ? line : undefined
  }

  get counts(): TestCounts {
    return { passed: this.#passed, failed: this.#failed, skipped: this.#skipped }
  }

  /** Titles of the tests that had no real mall to look at. */
  get leftOut(): readonly string[] {
    return [...this.#leftOut]
  }
}

/** The last line of a run: `12 passed, 0 failed` or `12 passed, 1 failed, 2 skipped`. */
export function countsLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
