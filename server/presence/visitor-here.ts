import type { VenueId } from '../../maps/model/index.ts'
import type { ServerTracker } from '../../positioning/index.ts'
import type { ReportReceipt } from '../contract/presence.contract.ts'
import { DoubtMemory, VectorMemory } from './plausibility.ts'
import { newVisitorZones } from './zone-beliefs.ts'

/** Where a visitor was by the last report that said so. */
export interface LastPlace {
  readonly tMs: number
  readonly levelIndex: number
  readonly ordinal: number
  readonly levelProbability: number
  /** Metres in the frame of the level. */
  readonly x: number
  readonly y: number
  /** Metres in the frame that all levels share. */
  readonly sharedX: number
  readonly sharedY: number
  readonly radiusM: number
  readonly source: 'phone' | 'server'
}

/** Receipts kept for reports that are sent again, and sessions that stay over. */
const receiptsKept = 8
const formerSessionsKept = 4

/** All that memory holds of one visitor: some 5 KB, and 1.6 KB more once the server has to place them itself. */
export class VisitorHere {
  readonly visitorId: string
  readonly venueId: VenueId
  /** Tells visitors apart where an id is too long. */
  readonly number: number
  readonly zones = newVisitorZones()
  readonly doubts = new DoubtMemory()
  readonly vectors = new VectorMemory()
  readonly sessions: string[] = []
  readonly #receipts = new Map<string, ReportReceipt>()
  /** Of the session: number and phone time of the last report, and what makes server time of phone time. */
  sequence = -1
  phoneMs = -Infinity
  offsetMs = 0
  /** Server time of the last report. */
  reportedMs = -Infinity
  /** Server time of the last report that named a beacon of the venue. */
  heardMs = -Infinity
  /** Where the visitor was when they last moved, and when; for telling who stands still. */
  restingSince: LastPlace | undefined
  last: LastPlace | undefined
  tracker: ServerTracker | undefined

  constructor(of: { visitorId: string; venueId: VenueId; number: number }) {
    this.visitorId = of.visitorId
    this.venueId = of.venueId
    this.number = of.number
  }

  receiptOf(batchId: string): ReportReceipt | undefined {
    return this.#receipts.get(batchId)
  }

  keepReceipt(receipt: ReportReceipt): void {
    this.#receipts.set(receipt.batchId, receipt)
    if (this.#receipts.size <= receiptsKept) return
    for (const oldest of this.#receipts.keys()) {
      this.#receipts.delete(oldest)
      return
    }
  }

  /**
   * Begins a session; the former ones stay over.
   * @returns a session so long over that it is forgotten
   */
  beginSession(sessionId: string): string | undefined {
    this.sessions.unshift(sessionId)
    this.sequence = -1
    this.phoneMs = -Infinity
    return this.sessions.length > formerSessionsKept + 1 ? this.sessions.pop() : undefined
  }

  get sessionId(): string | undefined {
    return this.sessions[0]
  }
}
