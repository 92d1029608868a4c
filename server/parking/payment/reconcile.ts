import { LessThan } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { Json, VenueId } from '../../../maps/model/index.ts'
import type { Database } from '../../database/index.ts'
import type { Occasion } from '../../identities/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'
import { paymentEntity, refundEntity } from '../parking.entity.ts'
import type { PaymentRow, ReconciliationRow } from '../parking.entity.ts'
import type { BilledPayment, PaymentProvider } from './payment-port.ts'
import { finishRefund } from './refund-payment.command.ts'
import { settlePayment } from './settle-payment.command.ts'

/** Notices come within seconds; a payment that is open for this long is asked about. */
const askAfterMs = 2 * 60_000
/** An order that nobody paid is closed this long after its quote expired. */
const closeAfterMs = 10 * 60_000
/** Payments and refunds asked about in one run; the oldest first, the rest in the next. */
const maxAsked = 500
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
  readonly paymentId: string
  readonly facts: Readonly<Record<string, Json>>
}

/**
 * Asks the provider about payments and refunds that are open for long: what was paid is settled, what expired is
 * closed there and then here. Run every few minutes.
 * @returns how many were settled, closed and finished
 */
export async function askAboutOpen(
  parts: ReconcileParts,
): Promise<{ readonly settled: number; readonly closed: number; readonly refunds: number }> {
  const { database, clock, provider } = parts
  const counts = { settled: 0, closed: 0, refunds: 0 }
  const { manager } = database.dataSource
  const pending = await manager.find(paymentEntity, {
    where: { state: 'pending', method: provider.method, createdAt: LessThan(new Date(clock() - askAfterMs)) },
    order: { createdAt: 'ASC' },
    take: maxAsked,
  })
  for (const payment of pending) {
    const known = await provider.query(payment.paymentId)
    if ('refused' in known) continue
    if (known.state === 'paid') {
      const { venueId, paymentId } = payment
      await database.transaction((inside) =>
        settlePayment(inside, occasionOf(parts), { venueId, paymentId, paid: known, by: 'query' }),
      )
      counts.settled++
    } else if (await closeExpired(parts, payment, known.state)) counts.closed++
  }
  const refunds = await manager.find(refundEntity, {
    where: { state: 'processing', requestedAt: LessThan(new Date(clock() - askAfterMs)) },
    order: { requestedAt: 'ASC' },
    take: maxAsked,
  })
  for (const { venueId, refundId, paymentId, amountFen, reason } of refunds) {
    const payment = await manager.findOneBy(paymentEntity, { venueId, paymentId, method: provider.method })
    if (!payment) continue
    const asked = await provider.queryRefund(refundId)
    // One that never arrived is sent again under its number, which the provider carries out once.
    const wish = { paymentId, refundId, amountFen, paidFen: payment.receivedFen ?? 0, reason }
    const refund = 'refused' in asked ? await provider.refund(wish) : asked
    if ('refused' in refund || refund.state === 'processing') continue
    await database.transaction((inside) =>
      finishRefund(inside, occasionOf(parts), { venueId, refundId, refund }),
    )
    counts.refunds++
  }
  return counts
}

/** Closed at the provider first: nobody can pay any more what we call closed. */
async function closeExpired(
  parts: ReconcileParts,
  { venueId, paymentId, expiresAt }: PaymentRow,
  state: 'open' | 'closed',
): Promise<boolean> {
  if (expiresAt.getTime() + closeAfterMs > parts.clock()) return false
  if (state === 'open' && (await parts.provider.close(paymentId))) return false
  await parts.database.dataSource.manager.update(
    paymentEntity,
    { venueId, paymentId, state: 'pending' },
    { state: 'closed' },
  )
  return true
}

/**
 * Compares a day with the provider's bill: what we lost is settled, everything else that differs is a finding
 * for a person. Running it again finds the same, minus what was settled.
 * @param date `2026-11-22` on China's clocks; the bill of a day is there from ten the next morning
 * @returns what was found of each venue; undefined when the bill could not be had
 */
export async function reconcileDay(
  parts: ReconcileParts,
  date: string,
): Promise<ReadonlyMap<VenueId, readonly Finding[]> | undefined> {
  const { database, provider, log, clock } = parts
  const bill = await provider.bill(date)
  if ('refused' in bill) {
    log.warn({ facts: bill.facts, date }, 'the bill of the payment provider could not be had')
    return undefined
  }
  const byVenue = new Map<VenueId, { checked: number; findings: Finding[] }>()
  const of = (venueId: VenueId) => {
    const entry = byVenue.get(venueId) ?? { checked: 0, findings: [] }
    byVenue.set(venueId, entry)
    return entry
  }
  const billed = new Set(bill.map(({ paymentId }) => paymentId))
  for (const line of bill) {
    const row = await paymentRow(database, line.paymentId)
    if (!row) {
      const venueId = line.venueId === undefined ? undefined : await venueNamed(database, line.venueId)
      if (venueId) of(venueId).findings.push(finding('unknown-payment', line, {}))
      else log.error({ date }, 'the bill lists a payment on an order and a venue that we do not know')
      continue
    }
    const entry = of(row.venueId)
    entry.checked++
    entry.findings.push(...(await compare(parts, row, line)))
  }
  for (const row of await paidOn(database, provider.method, date)) {
    const entry = of(row.venueId)
    if (!billed.has(row.paymentId)) {
      entry.findings.push({
        kind: 'not-on-bill',
        paymentId: row.paymentId,
        facts: { receivedFen: row.receivedFen },
      })
    }
    if (await isOverpaid(database, row)) {
      entry.findings.push({ kind: 'overpaid', paymentId: row.paymentId, facts: { ticketId: row.ticketId } })
    }
  }
  for (const [venueId, { checked, findings }] of byVenue) {
    await database.dataSource.query(
      `INSERT INTO parking_reconciliation (venue_id, date, method, run_at, checked, found, findings)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (venue_id, date, method) DO UPDATE SET run_at = EXCLUDED.run_at,
         checked = EXCLUDED.checked, found = EXCLUDED.found, findings = EXCLUDED.findings`,
      [venueId, date, provider.method, new Date(clock()), checked, findings.length, JSON.stringify(findings)],
    )
  }
  return new Map([...byVenue].map(([venueId, { findings }]) => [venueId, findings]))
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

/** The day before, on China's clocks. */
export function yesterdayInChina(nowMs: number): string {
  return new Date(nowMs + chinaMs - dayMs).toISOString().slice(0, 10)
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
  if (!wasKnown) findings.push(finding('lost-notice', line, { state: row.state }))
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
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(paymentId)) return undefined
  return (await dataSource.manager.findOneBy(paymentEntity, { paymentId })) ?? undefined
}

async function venueNamed({ dataSource }: Database, venueId: string): Promise<VenueId | undefined> {
  const rows: readonly { readonly venue_id: VenueId }[] = await dataSource.query(
    'SELECT venue_id FROM venue WHERE venue_id::text = $1',
    [venueId],
  )
  return rows[0]?.venue_id
}

/** Payments that we count for a day on China's clocks. */
function paidOn({ dataSource }: Database, method: string, date: string): Promise<PaymentRow[]> {
  const fromMs = Date.parse(`${date}T00:00:00+08:00`)
  return dataSource.manager
    .createQueryBuilder(paymentEntity, 'payment')
    .where('payment.method = :method AND payment.paidAt >= :from AND payment.paidAt < :to', {
      method,
      from: new Date(fromMs),
      to: new Date(fromMs + dayMs),
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

function occasionOf({ clock, newId }: ReconcileParts): Occasion {
  return { actor: 'system', nowMs: clock(), newId }
}
