import type { EntityManager } from 'typeorm'
import type { Json, VenueId } from '../../../maps/model/index.ts'
import type { Database } from '../../database/index.ts'
import type { Occasion } from '../../identities/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'
import { paymentEntity, refundEntity } from '../parking.entity.ts'
import type { PaymentRow, ReconciliationRow, RefundRow } from '../parking.entity.ts'
import type { BilledPayment, BilledRefund, PaymentProvider } from './payment-port.ts'
import { finishRefund } from './refund-payment.command.ts'
import { settlePayment } from './settle-payment.command.ts'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const isUuid = (text: string) => uuid.test(text)

/** Days back that are compared when they were missed. */
const daysBack = 30
const chinaMs = 8 * 3_600_000
const dayMs = 24 * 3_600_000

export interface ReconcileParts {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly provider: PaymentProvider
}

/** What a comparison found. */
export interface Finding {
  readonly kind:
    /** Paid, and we learned it only now. */
    | 'lost-notice'
    /** Received and billed amounts differ. */
    | 'amount-differs'
    /** Something else was received than was asked for. */
    | 'wrong-amount'
    /** The provider lists a payment on an order that we do not know. */
    | 'unknown-payment'
    /** We count a payment that the provider does not list. */
    | 'not-on-bill'
    /** An order was paid by a second transaction. */
    | 'second-transaction'
    /** More was received for a ticket than was due. */
    | 'overpaid'
    /** Given back by somebody at the provider, not here. */
    | 'refund-unknown'
    /** Given back, and another sum than was asked for here. */
    | 'refund-differs'
    /** Refused by the provider for good, or it could not reach the payer's account. */
    | 'refund-failed'
    /** Asked for on that day or before it, and not yet through. */
    | 'refund-open'
  readonly paymentId: string
  readonly facts: Readonly<Record<string, Json>>
}

/**
 * Compares a day with the provider's bill: what we lost is settled, everything else that differs is a finding
 * for a person. Running it again finds the same: also what an earlier run settled, which may have been broken off
 * before it was written down.
 * @param date `2026-11-22` on China's clocks; the bill of a day is there from ten the next morning
 * @returns what was found of each venue; undefined when the bill could not be had
 */
export async function reconcileDay(
  parts: ReconcileParts,
  date: string,
): Promise<ReadonlyMap<VenueId, readonly Finding[]> | undefined> {
  const { provider, log } = parts
  const bill = await provider.bill(date)
  const refunds = await provider.refundBill(date)
  if ('refused' in bill || 'refused' in refunds) {
    const refused = [bill, refunds].flatMap((one) => ('refused' in one ? [one.facts] : []))
    log.warn({ date, refused }, 'the bill of the payment provider could not be had')
    return undefined
  }
  const day = new Day(await venuesWithPrices(parts, date))
  await comparePayments(parts, day, { date, bill })
  // After the payments: what was given back of one that was lost can only then be known.
  await compareRefunds(parts, day, { date, bill: refunds })
  // All or none: a day counts as compared when every venue has its row.
  await parts.database.transaction(async (manager) => {
    for (const [venueId, { checked, findings }] of day.byVenue) {
      await manager.query(
        `INSERT INTO parking_reconciliation (venue_id, date, method, run_at, checked, found, findings)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (venue_id, date, method) DO UPDATE SET run_at = EXCLUDED.run_at,
           checked = EXCLUDED.checked, found = EXCLUDED.found, findings = EXCLUDED.findings`,
        [
          ...[venueId, date, provider.method, new Date(parts.clock()), checked],
          ...[findings.length, JSON.stringify(findings)],
        ],
      )
    }
  })
  return new Map([...day.byVenue].map(([venueId, { findings }]) => [venueId, findings]))
}

/**
 * Compares every day of the last thirty that was not compared, yesterday last: a night without a connection, or a
 * bill that could not be read, leaves no hole in the books.
 * @returns the dates that were compared
 */
export async function reconcileMissed(parts: ReconcileParts): Promise<readonly string[]> {
  const { database, provider, clock, log } = parts
  const done: string[] = []
  for (let back = daysBack; back >= 1; back--) {
    const date = dateInChina(clock() - back * dayMs)
    const rows: readonly { readonly venue_id: VenueId }[] = await database.dataSource.query(
      'SELECT venue_id FROM parking_reconciliation WHERE date = $1 AND method = $2',
      [date, provider.method],
    )
    const compared = new Set(rows.map(({ venue_id: venueId }) => venueId))
    if ((await venuesWithPrices(parts, date)).every((venueId) => compared.has(venueId))) continue
    try {
      if (await reconcileDay(parts, date)) done.push(date)
    } catch (error) {
      log.error({ err: error, date }, 'a day could not be compared with the bill; it is tried again')
    }
  }
  return done
}

/** What is found while a day is compared, by venue. */
class Day {
  readonly byVenue = new Map<VenueId, { checked: number; findings: Finding[] }>()

  /** A day without a payment is a finding too: that there is none. */
  constructor(venues: readonly VenueId[]) {
    for (const venueId of venues) this.of(venueId)
  }

  of(venueId: VenueId): { checked: number; findings: Finding[] } {
    const entry = this.byVenue.get(venueId) ?? { checked: 0, findings: [] }
    this.byVenue.set(venueId, entry)
    return entry
  }
}

async function comparePayments(
  parts: ReconcileParts,
  day: Day,
  { date, bill }: { readonly date: string; readonly bill: readonly BilledPayment[] },
): Promise<void> {
  const { database, provider, log } = parts
  const billed = new Set(bill.map(({ paymentId }) => paymentId))
  for (const line of bill) {
    const row = await paymentRow(database, line.paymentId)
    if (!row) {
      const venueId = await venueNamed(database, line.venueId)
      if (venueId) day.of(venueId).findings.push(finding('unknown-payment', line, {}))
      else log.error({ date }, 'the bill lists a payment on an order and a venue that we do not know')
      continue
    }
    const entry = day.of(row.venueId)
    entry.checked++
    entry.findings.push(...(await compare(parts, row, line)))
  }
  for (const row of await paidOn(database, provider.method, date)) {
    const { paymentId, receivedFen, ticketId } = row
    const { findings } = day.of(row.venueId)
    if (!billed.has(paymentId)) findings.push({ kind: 'not-on-bill', paymentId, facts: { receivedFen } })
    if (await isOverpaid(database, row)) findings.push({ kind: 'overpaid', paymentId, facts: { ticketId } })
  }
}

async function compareRefunds(
  parts: ReconcileParts,
  day: Day,
  { date, bill }: { readonly date: string; readonly bill: readonly BilledRefund[] },
): Promise<void> {
  const { database, log } = parts
  for (const { paymentId, refundId, amountFen, refund, venueId: named } of bill) {
    const payment = await paymentRow(database, paymentId)
    const venueId = payment?.venueId ?? (await venueNamed(database, named))
    if (!venueId) {
      log.error({ date }, 'the bill lists a refund on an order and a venue that we do not know')
      continue
    }
    const entry = day.of(venueId)
    entry.checked++
    const told = { venueId, paymentId, refundId, amountFen, refund }
    const outcome = payment
      ? await database.transaction((manager) => finishRefund(manager, occasionOf(parts), told))
      : 'refund-unknown'
    const facts = { amountFen, refund: refundId }
    if (outcome === 'refund-unknown' || outcome === 'refund-early') {
      entry.findings.push({ kind: 'refund-unknown', paymentId, facts })
      continue
    }
    // A number that somebody gave it at the provider is none of ours.
    const own = isUuid(refundId)
      ? await database.dataSource.manager.findOneBy(refundEntity, { venueId, refundId })
      : null
    if (own && own.amountFen !== amountFen) {
      const differing = { ...facts, askedFen: own.amountFen }
      entry.findings.push({ kind: 'refund-differs', paymentId, facts: differing })
    }
  }
  for (const { venueId, paymentId, refundId, amountFen, state } of await refundsAmiss(parts, date)) {
    const kind = state === 'failed' ? 'refund-failed' : 'refund-open'
    day.of(venueId).findings.push({ kind, paymentId, facts: { amountFen, refund: refundId } })
  }
}

/** Refunds that failed on a day on China's clocks, or that were asked for until then and are under way. */
async function refundsAmiss(
  { database, provider }: ReconcileParts,
  date: string,
): Promise<readonly Pick<RefundRow, 'venueId' | 'paymentId' | 'refundId' | 'amountFen' | 'state'>[]> {
  const { from, to } = dayInChina(date)
  const rows: readonly RefundRow[] = await database.dataSource.query(
    `SELECT r.venue_id AS "venueId", r.payment_id AS "paymentId", r.refund_id AS "refundId",
       r.amount_fen AS "amountFen", r.state
     FROM parking_refund r JOIN parking_payment p ON p.venue_id = r.venue_id AND p.payment_id = r.payment_id
     WHERE p.method = $1 AND (r.state = 'failed' AND r.done_at >= $2 AND r.done_at < $3
       OR r.state = 'processing' AND r.requested_at < $3)
     ORDER BY r.requested_at`,
    [provider.method, from, to],
  )
  return rows
}

/** Venues whose parking had a price by the end of a day: those of which there may be something to compare. */
async function venuesWithPrices({ database }: ReconcileParts, date: string): Promise<readonly VenueId[]> {
  const rows: readonly { readonly venue_id: VenueId }[] = await database.dataSource.query(
    'SELECT DISTINCT venue_id FROM parking_tariff WHERE created_at < $1',
    [dayInChina(date).to],
  )
  return rows.map(({ venue_id: venueId }) => venueId)
}

/** What the comparisons of a venue found, the latest day first. */
export async function reconciliationsOf(
  manager: EntityManager,
  venueId: VenueId,
): Promise<readonly ReconciliationRow[]> {
  const rows: readonly ReconciliationRow[] = await manager.query(
    `SELECT venue_id AS "venueId", date::text, method, run_at AS "runAt", checked, found, findings
     FROM parking_reconciliation WHERE venue_id = $1 ORDER BY date DESC, method LIMIT 100`,
    [venueId],
  )
  return rows
}

/** The date at a moment, on China's clocks. */
function dateInChina(atMs: number): string {
  return new Date(atMs + chinaMs).toISOString().slice(0, 10)
}

function dayInChina(date: string): { readonly from: Date; readonly to: Date } {
  const fromMs = Date.parse(`${date}T00:00:00+08:00`)
  return { from: new Date(fromMs), to: new Date(fromMs + dayMs) }
}

async function compare(parts: ReconcileParts, row: PaymentRow, line: BilledPayment): Promise<Finding[]> {
  const { transactionId, amountFen, paidAtMs } = line
  const paid = { state: 'paid', transactionId, amountFen, paidAtMs } as const
  const { venueId, paymentId } = row
  const outcome = await parts.database.transaction((manager) =>
    settlePayment(manager, occasionOf(parts), { venueId, paymentId, paid, by: 'bill' }),
  )
  const wasKnown = row.state === 'paid' || row.state === 'wrong-amount'
  const findings: Finding[] = []
  if (!wasKnown || row.settledBy === 'bill') findings.push(finding('lost-notice', line, {}))
  if (outcome === 'wrong-amount') findings.push(finding('wrong-amount', line, { askedFen: row.askedFen }))
  if (outcome === 'second-transaction') findings.push(finding('second-transaction', line, {}))
  if (wasKnown && row.receivedFen !== amountFen) {
    findings.push(finding('amount-differs', line, { receivedFen: row.receivedFen }))
  }
  return findings
}

function finding(
  kind: Finding['kind'],
  { paymentId, amountFen, transactionId }: BilledPayment,
  facts: Readonly<Record<string, Json>>,
): Finding {
  return { kind, paymentId, facts: { billedFen: amountFen, transactionId, ...facts } }
}

async function paymentRow({ dataSource }: Database, paymentId: string): Promise<PaymentRow | undefined> {
  if (!isUuid(paymentId)) return undefined
  return (await dataSource.manager.findOneBy(paymentEntity, { paymentId })) ?? undefined
}

async function venueNamed(
  { dataSource }: Database,
  venueId: string | undefined,
): Promise<VenueId | undefined> {
  if (venueId === undefined) return undefined
  const rows: readonly { readonly venue_id: VenueId }[] = await dataSource.query(
    'SELECT venue_id FROM venue WHERE venue_id::text = $1',
    [venueId],
  )
  return rows[0]?.venue_id
}

/** Payments that we count for a day on China's clocks. */
function paidOn({ dataSource }: Database, method: string, date: string): Promise<PaymentRow[]> {
  return dataSource.manager
    .createQueryBuilder(paymentEntity, 'payment')
    .where('payment.method = :method AND payment.paidAt >= :from AND payment.paidAt < :to', {
      method,
      ...dayInChina(date),
    })
    .getMany()
}

/** Two who paid for one stay at once have both paid; the barrier asked for one. */
async function isOverpaid(
  { dataSource }: Database,
  { venueId, ticketId, paymentId }: PaymentRow,
): Promise<boolean> {
  const rows: readonly { readonly payment_id: string }[] = await dataSource.query(
    `SELECT payment_id FROM parking_payment p WHERE venue_id = $1 AND ticket_id = $2
       AND received_fen > refunded_fen AND EXISTS (
         SELECT FROM parking_payment o WHERE o.venue_id = p.venue_id AND o.ticket_id = p.ticket_id
           AND o.payment_id <> p.payment_id AND o.paid_at <= p.paid_at AND o.leave_by >= p.paid_at
           AND o.received_fen > o.refunded_fen)`,
    [venueId, ticketId],
  )
  return rows.some((row) => row.payment_id === paymentId)
}

/** Nobody asked: the server does it by itself. */
export function occasionOf({ clock, newId }: ReconcileParts): Occasion {
  return { actor: 'system', nowMs: clock(), newId }
}
