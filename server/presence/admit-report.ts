import type { reportProblems, SightingsReport } from '../contract/presence.contract.ts'

/** How far the clock of a phone may be off when its session begins, ms. */
export const clockToleranceMs = 120_000
/** A report that took longer to arrive says nothing of now, ms. */
export const mostDelayMs = 30_000
/** A phone whose clock leaps forward by more has to begin a new session, ms. */
const mostLeapMs = 10_000

/** Why a report was not taken. It changed nothing. */
export interface ReportRefusal {
  readonly refused: (typeof reportProblems)[number] | 'busy'
  readonly detail?: string
  readonly facts?: Readonly<Record<string, number>>
}

/** What has to be known of a session to tell whether a report goes on with it. */
export interface SessionState {
  readonly sessions: readonly string[]
  readonly sequence: number
  readonly phoneMs: number
  readonly offsetMs: number
}

/** A report that may be taken: its time by the server's clock, and how the phone's clock relates to it. */
export interface Admitted {
  readonly atMs: number
  readonly offsetMs: number
  /** How much less than before a report was delayed, or by how much the phone's clock leapt, ms. */
  readonly leapMs: number
  readonly begins: boolean
}

/**
 * Whether a report is new and of now. A phone's clock may be off: what counts is that it goes on evenly. The smallest
 * difference seen between the two clocks is the one with the least delay.
 * @param ownerOf whose session it is, if anybody's
 * @returns when it was made by the server's clock, or a refusal; nothing is changed. O(1).
 */
export function admitReport(
  state: SessionState | undefined,
  report: Pick<SightingsReport, 'sessionId' | 'sequence' | 'phoneMs'>,
  { nowMs, isOthers }: { readonly nowMs: number; readonly isOthers: boolean },
): Admitted | ReportRefusal {
  const { sessionId, sequence, phoneMs } = report
  const facts = { serverMs: nowMs, phoneMs }
  if (isOthers) return { refused: 'report-session-over', detail: 'Begin a session of your own.' }
  if (phoneMs > nowMs + clockToleranceMs) {
    return { refused: 'report-from-the-future', detail: 'Set phoneMs by serverMs.', facts }
  }
  if (phoneMs < nowMs - clockToleranceMs) {
    return { refused: 'report-too-old', detail: 'Send what is heard now; set phoneMs by serverMs.', facts }
  }
  const offsetMs = nowMs - phoneMs
  if (!state || state.sessions.length === 0) return { atMs: nowMs, offsetMs, leapMs: 0, begins: true }
  if (state.sessions[0] !== sessionId) {
    return state.sessions.includes(sessionId)
      ? { refused: 'report-session-over', detail: 'A later session has begun: begin a new one.' }
      : { atMs: nowMs, offsetMs, leapMs: 0, begins: true }
  }
  if (sequence <= state.sequence || phoneMs < state.phoneMs) {
    const expected = { sequenceAbove: state.sequence, phoneMsFrom: state.phoneMs }
    return { refused: 'report-out-of-order', detail: 'Drop it and go on with the next.', facts: expected }
  }
  const leapMs = Math.max(0, state.offsetMs - offsetMs)
  if (leapMs > mostLeapMs) {
    return { refused: 'report-from-the-future', detail: 'The clock leapt: begin a new session.', facts }
  }
  const least = Math.min(state.offsetMs, offsetMs)
  if (nowMs - (phoneMs + least) > mostDelayMs) {
    return { refused: 'report-too-old', detail: 'Send what is heard now.', facts }
  }
  return { atMs: phoneMs + least, offsetMs: least, leapMs, begins: false }
}
