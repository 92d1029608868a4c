import type { Json } from '../../maps/model/index.ts'
import { keepText, keptText } from '../data/kept-files.ts'
import { liveUrl } from '../data/open-venue.ts'

/** The last state of the live stream that was heard, and when. */
export interface KeptFloor {
  readonly venueId: string
  readonly heardAtMs: number
  readonly values: Readonly<Record<string, Json>>
}

/** Counts of people are of the moment: an hour later they tell nothing, and they change every second. */
const passing = 'here/'

/** Remembers what was heard last, so that a screen that starts without the server still knows of it. */
export async function keepFloor(
  venueId: string,
  values: ReadonlyMap<string, Json>,
  heardAtMs: number,
): Promise<void> {
  const lasting = [...values].filter(([key]) => !key.startsWith(passing))
  const kept: KeptFloor = { venueId, heardAtMs, values: Object.fromEntries(lasting) }
  await keepText(liveUrl, JSON.stringify(kept))
}

/** What was heard last of this venue. */
export async function keptFloor(venueId: string): Promise<KeptFloor | undefined> {
  const text = await keptText(liveUrl)
  if (text === undefined) return undefined
  const kept = JSON.parse(text) as KeptFloor
  return kept.venueId === venueId ? kept : undefined
}
