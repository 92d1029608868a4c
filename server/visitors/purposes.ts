/** What a visitor can agree to, each for itself. */
export const purposes = ['location', 'profile', 'marketing'] as const

export type Purpose = (typeof purposes)[number]

/** How a statement reached us: what the person had in hand, or that it came with them from an anonymous id. */
export const consentWays = ['mini-program', 'kiosk', 'handheld', 'web', 'joined'] as const

export type ConsentWay = (typeof consentWays)[number]

/** A visitor's word on a purpose changed. */
export interface ConsentChange {
  readonly visitorId: string
  readonly purpose: Purpose
  readonly granted: boolean
}

/** What the server may do with a visitor, answered from memory. */
export interface Consents {
  /**
   * Whether a visitor agrees to a purpose now. At once when memory knows, otherwise from the database; `false`
   * when too many ask at once to look. Never rejects: without an answer there is no consent.
   */
  has(visitorId: string, purpose: Purpose): boolean | Promise<boolean>
  /** Calls the listener after every change, on every node; on the one that made it right after the commit. */
  onChange(listener: (change: ConsentChange) => void): void
}
