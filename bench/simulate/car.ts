import type { VenueId } from '../../maps/model/index.ts'
import { parkingContract as parking } from '../../server/contract/index.ts'
import type { Client } from '../../server/contract/index.ts'
import type { Mall } from './mall.ts'
import type { CarPlan } from './plan.ts'
import { bayNameOf } from './town.ts'

const minuteMs = 60_000
const cameraConfidence = 0.95

/** A car in the garage: what barriers, cameras and payments tell of it. */
export class Car {
  readonly #mall: Mall
  readonly #plan: CarPlan
  readonly #params: { readonly venueId: VenueId }
  readonly #bay: string
  /** Set once somebody was told which stay is this car's. */
  #ticketId: string | undefined

  constructor(mall: Mall, plan: CarPlan) {
    this.#mall = mall
    this.#plan = plan
    this.#params = { venueId: mall.open.venueId }
    this.#bay = bayNameOf(mall.open, plan.bay)
  }

  /** Drives in at a moment: the barrier tells, perhaps later and twice; the guidance system sees the bay taken. */
  async driveIn(atMs: number): Promise<void> {
    const { isUnread, plate, entryId, entryLateMs } = this.#plan
    this.#tellLater(entryLateMs, { eventId: entryId, kind: 'entry', atMs, ...(isUnread ? {} : { plate }) })
    await this.#tellBay('taken', atMs)
    if (isUnread) return
    const body = { plate, bay: this.#bay, atMs, confidence: cameraConfidence }
    await this.#mall.barrier.call(parking.tellSighting, { params: this.#params, body })
  }

  /** Pays what is due, with the shopper's phone or at a kiosk. */
  async pay(phone: Client | undefined): Promise<void> {
    const { pays, isUnread } = this.#plan
    if (isUnread) return
    if (phone && pays !== 'kiosk') await this.#payByPhone(phone, pays === 'twice' ? 2 : 1)
    else await this.#payAtKiosk()
  }

  /** Drives out at the time it is: the barrier asks, opens, tells. Who has not paid pays on the spot. */
  async driveOut(phone: Client | undefined): Promise<void> {
    const { plate, exitId, exitLateMs, isUnread } = this.#plan
    const { time, barrier, ledger } = this.#mall
    let isOpened = false
    for (let tries = 0; tries < 2 && !isUnread && !isOpened; tries++) {
      const check = await barrier.call(parking.checkExit, { params: this.#params, body: { plate } })
      if (!check.ok) break
      this.#ticketId = check.body.ticketId
      isOpened = check.body.decision === 'open'
      if (!isOpened) await this.pay(phone)
    }
    const atMs = time.nowMs()
    if (isOpened && this.#ticketId !== undefined && exitLateMs < minuteMs) {
      ledger.opened.push({ ...this.#params, ticketId: this.#ticketId, atMs })
    }
    this.#tellLater(exitLateMs, { eventId: exitId, kind: 'exit', atMs, plate })
    await this.#tellBay('free', atMs)
  }

  #tellLater(
    lateMs: number,
    event: { eventId: string; kind: 'entry' | 'exit'; atMs: number; plate?: string },
  ): void {
    const { time, barrier, ledger, spawn } = this.#mall
    const asked = { params: this.#params, body: { ...event, gate: '模拟 G1' } }
    spawn(async () => {
      if (lateMs > 0) await time.until(event.atMs + lateMs)
      const told = await barrier.call(parking.tellBarrier, asked)
      if (!told.ok) return
      const { eventId, kind, atMs } = event
      ledger.barrierEvents.push({ ...this.#params, eventId, kind, atMs })
      if (kind === 'entry') this.#ticketId = told.body.ticketId
      if (this.#plan.isToldTwice) await barrier.call(parking.tellBarrier, asked)
    })
  }

  async #tellBay(state: 'free' | 'taken', atMs: number): Promise<void> {
    const states = [{ bay: this.#bay, state, atMs }]
    await this.#mall.barrier.call(parking.tellBays, { params: this.#params, body: { states } })
  }

  async #payByPhone(phone: Client, times: number): Promise<void> {
    const params = this.#params
    const { plate } = this.#plan
    const added = await phone.call(parking.addMyPlate, { params, body: { plate } })
    if (!added.ok) return
    const cars = await phone.call(parking.readMyCars, { params })
    const ticketId = cars.ok ? cars.body.find((car) => car.ticketId !== undefined)?.ticketId : undefined
    if (ticketId === undefined) return
    this.#ticketId = ticketId
    const quote = await phone.call(parking.quote, { params, body: { car: { ticketId } } })
    const quoteId = quote.ok ? quote.body.quoteId : undefined
    if (quoteId !== undefined) {
      await Promise.all(Array.from({ length: times }, () => this.#settle(phone, quoteId, ticketId)))
    }
  }

  async #payAtKiosk(): Promise<void> {
    const { kiosk, open } = this.#mall
    const params = this.#params
    const found = await kiosk.call(parking.searchCars, {
      params,
      body: { ending: this.#plan.plate.slice(-5) },
    })
    // Several cars may end alike: the person would look at the pictures; here they ask their phone instead.
    const [car, ...others] = found.ok ? found.body.candidates : []
    if (!car || others.length > 0) return
    const { candidate } = car
    const [entrance = open.town.shops[0] ?? ''] = open.town.entrances
    await kiosk.call(parking.routeToCar, { params, body: { from: { place: entrance }, to: { candidate } } })
    const quote = await kiosk.call(parking.quote, { params, body: { car: { candidate } } })
    const quoteId = quote.ok ? quote.body.quoteId : undefined
    if (quoteId !== undefined) await this.#settle(kiosk, quoteId, this.#ticketId)
  }

  async #settle(payer: Client, quoteId: string, ticketId: string | undefined): Promise<void> {
    const { venueId } = this.#params
    const begun = await payer.call(parking.payQuote, {
      params: { venueId, quoteId },
      body: { method: 'demo' },
    })
    if (!begun.ok) return
    const { paymentId, amountFen: askedFen } = begun.body
    const paid = await payer.call(parking.payDemo, { params: { venueId, paymentId } })
    if (!paid.ok || ticketId === undefined) return
    this.#mall.ledger.payments.push({ venueId, paymentId, ticketId, askedFen, state: paid.body.state })
  }
}
