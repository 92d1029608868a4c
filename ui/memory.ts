/** What this device remembers; undefined where storage is forbidden. */
export function kept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

/** Remembers on this device; where storage is forbidden the choice lasts as long as the page. */
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Private windows may forbid storage: nothing is lost but the memory.
  }
}
