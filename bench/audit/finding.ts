/** What the auditor looks for, each with what it means. */
export const checks = {
  'coupons-above-cap': 'no campaign gave more than its caps and its budget ever allowed',
  'tally-wrong': 'the tallies of campaigns and visitors are what counting their offers anew gives',
  'shown-not-honoured': 'an offer that was shown is there, and was redeemed when its code came in time',
  'redemption-wrong': 'a redemption or refund that was told is there, with the money that was told',
  'visits-overlap':
    'of every visitor and zone, entered and left alternate; a visitor is in one unit at a time',
  'visit-without-consent': 'visits are kept of those alone who agree to it',
  'ticket-money': 'the money of each parking ticket adds up',
  'told-of-parking-lost': 'barrier events and payments that were acknowledged are there',
  'let-out-owing': 'who was let out owes nothing',
  'screen-differs': 'every screen shows the server’s state within its stated staleness',
  'erased-person-found': 'of erased people nothing is left',
  'outbox-not-empty': 'everything that happened was told',
} as const

export type CheckName = keyof typeof checks

/** Something that must not be. */
export interface Finding {
  readonly check: CheckName
  /** What is there, what was expected, and of whom or what. */
  readonly sentence: string
}

/** Groups rows by a key, in the order in which keys were first met. O(n). */
export function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return groups
}

export function sumOf<Row>(rows: readonly Row[], valueOf: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + valueOf(row), 0)
}
