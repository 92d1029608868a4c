import type { z } from 'zod'
import type { Immutable } from '../contract/endpoint.ts'
import type { parkingContract } from '../contract/parking.contract.ts'
import { placeText } from './cars/combine-places.ts'
import type { CarPlace, SaidPlace } from './cars/combine-places.ts'
import type { Debt, FoundCar, OwnPlate } from './cars/find-cars.ts'
import type { KnownExit } from './lots/car-exits.ts'
import type { Bay, ParkingMap } from './lots/parking-map.ts'
import type { BayStateRow, PaymentRow, ReconciliationRow, TariffRow, TicketRow } from './parking.entity.ts'
import { maskPlate } from './plates/index.ts'
import type { Plate } from './plates/index.ts'
import { explainLine } from './tariff/index.ts'
import type { QuotedStay } from './payment/quote-stay.command.ts'
import type { PriceLine, Settlement } from './tariff/index.ts'

type Contract = typeof parkingContract
type BodyOf<Name extends keyof Contract, Status extends number> = Contract[Name] extends {
  readonly responses: Readonly<Record<Status, infer Schema extends z.ZodType>>
}
  ? Immutable<z.input<Schema>>
  : never
type Element<List> = List extends readonly (infer Item)[] ? Item : never

/** A bay with what is known of it. */
export function presentBay(bay: Bay, state: BayStateRow | undefined): Element<BodyOf<'listBays', 200>> {
  const { id, code, levelId, level, x, y, isAccessible: accessible, canCharge: charging } = bay
  const known = state && { state: state.state, stateAtMs: state.at.getTime() }
  return { id, code, levelId, level, x, y, accessible, charging, ...known }
}

/** A way out for cars. */
export function presentExit(
  { name, levelId, x, y, by }: KnownExit,
  map: ParkingMap,
): Element<BodyOf<'readExits', 200>> {
  return { name, levelId, level: map.levelName(levelId) ?? '', x, y, by }
}

/** A price with its calculation in words. */
export function presentPrice({ dueFen, grossFen, benefitFen, paidFen, lines, leaveByMs }: Settlement) {
  return {
    ...{ dueFen, grossFen, benefitFen, paidFen },
    lines: lines.map((line) => ({ text: explainLine(line), amountFen: line.amountFen })),
    ...(leaveByMs === undefined ? {} : { leaveByMs }),
  }
}

/** One of a shopper's plates, masked even to them: somebody may look over their shoulder. */
export function presentOwnPlate({ plateId: id, plate, createdAtMs }: OwnPlate): BodyOf<'addMyPlate', 200> {
  return { id, plate: maskPlate(plate), createdAtMs }
}

/** What one source said. */
export function presentSaid(said: SaidPlace): BodyOf<'sayMyBay', 200> {
  const { source, atMs, levelId, x, y, radiusM, confidence, bayId } = said
  const place = { source, atMs, levelId, x, y, radiusM, confidence }
  return bayId === undefined ? place : { ...place, bayId }
}

/** Where a car stands, in words and figures: no more than a screen before everybody shows. */
export function presentPlace(place: CarPlace) {
  const { levelId, level, x, y, radiusM, source, bay } = place
  return { text: placeText(place), ...{ levelId, level, x, y, radiusM, source }, ...(bay ? { bay } : {}) }
}

/** The same for the car's owner: also when it was seen, by whom, and how sure that is. */
function presentOwnPlace(place: CarPlace) {
  const { confidence, atMs, agreeing } = place
  return { ...presentPlace(place), ...{ confidence, atMs, agreeing } }
}

/** One of a shopper's own cars. */
export function presentMyCar({ plate, ticket, place, said }: FoundCar): Element<BodyOf<'readMyCars', 200>> {
  return {
    ...(plate ? { plate: maskPlate(plate) } : {}),
    ...(ticket ? { ticketId: ticket.ticketId, enteredAtMs: ticket.enteredAt.getTime() } : {}),
    ...(place ? { place: presentOwnPlace(place) } : {}),
    said: said.map(presentSaid),
  }
}

const minuteMs = 60_000
const minuteOf = (at: Date) => Math.floor(at.getTime() / minuteMs) * minuteMs

/**
 * What a stay costs. A screen that everybody sees tells the minute of entry, and what was taken off in one sum:
 * whose member, coupon or shop it was is nobody's business.
 */
export function presentQuote(
  { quote, settlement, ticket }: QuotedStay,
  seenOn: 'screen' | 'person',
): BodyOf<'quote', 200> {
  const made = quote && { quoteId: quote.quoteId, expiresAtMs: quote.expiresAt.getTime() }
  const price = presentPrice(settlement)
  if (seenOn === 'person') return { ...made, enteredAtMs: ticket.enteredAt.getTime(), ...price }
  const isBenefit = ({ kind }: PriceLine) => kind === 'benefit'
  const rest = { ...settlement, lines: settlement.lines.filter((line) => !isBenefit(line)) }
  const { lines } = presentPrice(rest)
  const paidAt = rest.lines.findIndex(({ kind }) => kind === 'paid' || kind === 'honoured')
  const before = paidAt < 0 ? lines.length : paidAt
  const benefits = { text: { zh: '优惠', en: 'Benefits' }, amountFen: -settlement.benefitFen }
  return {
    ...made,
    enteredAtMs: minuteOf(ticket.enteredAt),
    ...price,
    lines:
      settlement.benefitFen === 0 ? lines : [...lines.slice(0, before), benefits, ...lines.slice(before)],
  }
}

/** A stay of a shopper's car that ended with something unpaid. */
export function presentDebt({ plate, ticket }: Debt): Element<BodyOf<'listMyDebts', 200>> {
  const { ticketId, enteredAt, endedAt, unpaidFen } = ticket
  return {
    ...{ ticketId, plate: maskPlate(plate), unpaidFen },
    ...{ enteredAtMs: minuteOf(enteredAt), leftAtMs: minuteOf(endedAt) },
  }
}

/**
 * A car that was found by its plate, as everybody before the screen may see it: enough for its owner to know it
 * by, and nothing to learn for anybody else. Not its plate, its ticket, its bay, nor when to the second.
 */
export function presentCandidate(
  { ticket, plate }: { readonly ticket: TicketRow; readonly plate: Plate },
  candidate: string,
): Element<BodyOf<'searchCars', 200>['candidates']> {
  return {
    candidate,
    plate: maskPlate(plate),
    enteredAtMs: minuteOf(ticket.enteredAt),
    ...(ticket.picture === null ? {} : { picture: ticket.picture }),
  }
}

export function presentTariff(row: TariffRow): BodyOf<'setTariff', 201> {
  return { id: row.tariffId, validFromMs: row.validFrom.getTime(), definition: row.definition }
}

/** A payment as who pays sees it. */
export function presentPayment(row: PaymentRow): BodyOf<'readPayment', 200> {
  return {
    id: row.paymentId,
    state: row.state,
    askedFen: row.askedFen,
    ...(row.receivedFen === null ? {} : { receivedFen: row.receivedFen }),
    refundedFen: row.refundedFen,
    ...(row.paidAt ? { paidAtMs: row.paidAt.getTime() } : {}),
    ...(row.leaveBy ? { leaveByMs: row.leaveBy.getTime() } : {}),
  }
}

/** A stay in an operator's list. */
export function presentTicket(row: TicketRow, plate: Plate | undefined): Element<BodyOf<'listTickets', 200>> {
  const { endedBy, exitGate, unpaidFen } = row
  return {
    id: row.ticketId,
    ...(plate ? { plate: maskPlate(plate) } : {}),
    enteredAtMs: row.enteredAt.getTime(),
    entryGate: row.entryGate,
    ...(row.endedAt ? { endedAtMs: row.endedAt.getTime() } : {}),
    ...(endedBy === null || endedBy === 'void' ? {} : { endedBy }),
    ...(exitGate === null ? {} : { exitGate }),
    ...(unpaidFen === null ? {} : { unpaidFen }),
  }
}

export function presentReconciliation(row: ReconciliationRow): Element<BodyOf<'listReconciliations', 200>> {
  const { date, method, runAt, checked, found, findings } = row
  return {
    ...{ date, method, runAtMs: runAt.getTime(), checked, found },
    findings: findings as Element<BodyOf<'listReconciliations', 200>>['findings'],
  }
}
