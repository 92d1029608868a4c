import type { VenueId } from '../../maps/model/index.ts'
import { RandomStream } from '../../positioning/index.ts'
import type { SimulatedVenue } from '../../positioning/simulate/index.ts'
import { createSightingsQueue } from '../../miniprogram/app/services/sightings-queue.ts'
import type { SendReport, SightingsQueue } from '../../miniprogram/app/services/sightings-queue.ts'
import { liveAnswer, presenceContract, reportReceipt } from '../../server/contract/index.ts'
import type { Client, SightingsReport } from '../../server/contract/index.ts'
import { drawnUuid } from './draws.ts'
import { hearAt } from './hear.ts'
import type { Whereabouts } from './journey.ts'
import type { PhonePlan, Span } from './plan.ts'
import type { Screen } from './screens.ts'

/** A phone's own position is off by this much, metres (standard deviation), and says so. */
const errorM = 2.5
const statedRadiusM = 5.5

export interface PhoneParts {
  readonly venueId: VenueId
  readonly plan: PhonePlan
  readonly air: SimulatedVenue
  readonly client: Client
  readonly screen: () => Screen | undefined
  readonly random: RandomStream
  readonly nowMs: () => number
}

/** The app in a shopper's hand: what it hears goes through the mini-program's own queue of reports. */
export class SimulatedPhone {
  readonly #parts: PhoneParts
  /** Of its own: how many are needed depends on the server. */
  readonly #ids: RandomStream
  #queue: SightingsQueue
  #wasKilled = false
  #isMute = false
  #scans = 0

  constructor(parts: PhoneParts) {
    this.#parts = parts
    this.#ids = new RandomStream(parts.random.bits())
    this.#queue = this.#newQueue()
  }

  /** Whether the app runs at a moment of the visit. */
  runs(visitMs: number): boolean {
    return !isWithin(this.#parts.plan.killed, visitMs)
  }

  /** Hears and reports no more: its owner agrees no longer. */
  mute(): void {
    this.#isMute = true
    this.#queue.clear()
  }

  /** A second in which the phone is somewhere: scans when it does, reports when it is time. */
  async tick(visitMs: number, at: Whereabouts & { readonly headingRad: number }): Promise<void> {
    const { plan, air, random } = this.#parts
    if (!this.runs(visitMs)) {
      this.#wasKilled = true
      return
    }
    // Whoever opens the app again begins a session: what the old one had not sent is gone with it.
    if (this.#wasKilled) this.#queue = this.#newQueue()
    this.#wasKilled = false
    if (this.#isMute || isWithin(plan.deaf, visitMs)) return
    if (this.#scans++ % plan.scanEveryS === 0) {
      const atMs = this.#phoneMs()
      const heard = hearAt(air, { ...at, tMs: visitMs, offsetDb: plan.offsetDb }, random)
      const fix = heard.length > 2 ? { ...this.#fixOf(at), tMs: atMs } : undefined
      this.#queue.heard(
        heard.map((reading) => ({ ...reading, atMs })),
        fix,
      )
    }
    await this.#queue.tick()
  }

  #fixOf({ levelId, x, y }: Whereabouts) {
    const { random } = this.#parts
    return {
      level: levelId,
      levelProbability: 0.97,
      x: x + errorM * random.normal(),
      y: y + errorM * random.normal(),
      radiusM: statedRadiusM,
      basis: { sightings: 10, silenceMs: 0, motion: true, support: 1 },
    }
  }

  #phoneMs(): number {
    return Math.round(this.#parts.nowMs() + this.#parts.plan.clockOffMs)
  }

  #newQueue(): SightingsQueue {
    return createSightingsQueue({
      send: (report) => this.#send(report),
      now: () => this.#phoneMs(),
      newId: () => drawnUuid(this.#ids),
      appVersion: 'simulator',
    })
  }

  async #send(report: SightingsReport): ReturnType<SendReport> {
    const { venueId, client } = this.#parts
    const screen = this.#parts.screen()
    if (screen?.isConnected() === true) {
      const answer = liveAnswer.safeParse(await screen.ask('sightings', { venueId, report }))
      if (!answer.success) return 'away'
      if ('refused' in answer.data) return answer.data.refused === 'busy' ? 'away' : 'refused'
      const receipt = reportReceipt.safeParse(answer.data.result)
      return receipt.success ? receipt.data : 'refused'
    }
    try {
      const answer = await client.call(presenceContract.reportSightings, {
        params: { venueId },
        body: report,
      })
      if (answer.ok) return answer.body
      return answer.status >= 500 || answer.status === 429 ? 'away' : 'refused'
    } catch {
      return 'away'
    }
  }
}

function isWithin(span: Span | undefined, ms: number): boolean {
  return span !== undefined && ms >= span.fromMs && ms < span.toMs
}
