import type { VisitorHere } from './visitor-here.ts'

/** What is given up when there is too much to do, in this order, and how late the process has to be for it, ms. */
export const shedOrder = [
  { step: 'still', lagMs: 40 },
  { step: 'nowhere', lagMs: 80 },
  { step: 'everyone', lagMs: 150 },
  { step: 'refuse', lagMs: 400 },
] as const

export type ShedStep = (typeof shedOrder)[number]['step']

/** When the next report is welcome, ms. */
export const pace = { moving: 2000, still: 5000, shed: 10_000, everyone: 5000, refused: 15_000 } as const
/** Who has not moved further than this for so long stands still. */
export const stillM = 8
export const stillMs = 30_000

/**
 * How late the process is: timers that should fire on time fire late when there is more to do than time.
 * Smoothed over a second or two; times come in as arguments.
 */
export class Lag {
  #lagMs = 0

  /** @param lateMs how much later than asked a timer fired */
  tick(lateMs: number): void {
    this.#lagMs += (Math.max(0, lateMs) - this.#lagMs) * 0.3
  }

  get ms(): number {
    return this.#lagMs
  }

  /** Whether a step of the order is being taken. */
  at(step: ShedStep): boolean {
    return this.#lagMs >= (shedOrder.find((one) => one.step === step)?.lagMs ?? Infinity)
  }
}

/** A visitor whose reports are worth least when not all can be taken. */
export interface Worth {
  readonly still: boolean
  /** In no shop or geofence, nor near one. */
  readonly nowhere: boolean
}

/**
 * When to ask a visitor to come again, and for which step of the order they come later than they would.
 * The interval never falls below what was asked for before the overload.
 */
export function paceOf({ still, nowhere }: Worth, lag: Lag): { nextMs: number; shed: ShedStep | undefined } {
  if (still && lag.at('still')) return { nextMs: pace.shed, shed: 'still' }
  if (nowhere && lag.at('nowhere')) return { nextMs: pace.shed, shed: 'nowhere' }
  if (lag.at('everyone')) return { nextMs: pace.everyone, shed: 'everyone' }
  return { nextMs: still ? pace.still : pace.moving, shed: undefined }
}

/** Whether a report is turned away unread: only of those whose last place makes it worth least. */
export function isTurnedAway(worth: Worth, lag: Lag): boolean {
  return lag.at('refuse') && (worth.still || worth.nowhere)
}

/**
 * What is known of a visitor without reading the report. O(slots).
 * @param nearZones zones with a lower number are shops and geofences
 */
export function worthOf({ zones, last, restingSince }: VisitorHere, nearZones: number): Worth {
  const still = last !== undefined && restingSince !== undefined && last.tMs - restingSince.tMs >= stillMs
  let near = 0
  for (const number of zones.zone) if (number > 0 && number <= nearZones) near++
  return { still, nowhere: last !== undefined && near === 0 }
}
