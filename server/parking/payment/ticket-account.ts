import { In, LessThanOrEqual } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import { benefitEntity, paymentEntity, tariffEntity, ticketEntity } from '../parking.entity.ts'
import type { BenefitRow, PaymentRow, TariffRow, TicketRow } from '../parking.entity.ts'
import { openTariff, settleStay } from '../tariff/index.ts'
import type { Benefit, ReceivedPayment, Settlement } from '../tariff/index.ts'

/** A ticket with everything that decides what is due for it. */
export interface TicketAccount {
  readonly ticket: TicketRow
  /** The tariff in force when the car drove in; absent while the venue has none: parking costs nothing. */
  readonly tariff: TariffRow | undefined
  readonly benefits: readonly Benefit[]
  readonly payments: readonly ReceivedPayment[]
}

/** Reads the account of a ticket; undefined when there is none, or it became part of another. */
export async function accountOf(
  manager: EntityManager,
  { venueId, ticketId }: { readonly venueId: VenueId; readonly ticketId: string },
): Promise<TicketAccount | undefined> {
  const ticket = await manager.findOneBy(ticketEntity, { venueId, ticketId })
  if (!ticket || ticket.endedBy === 'void') return undefined
  const tariff = await tariffAt(manager, venueId, ticket.enteredAt)
  const benefits = await manager.find(benefitEntity, {
    where: { venueId, ticketId },
    order: { grantedAt: 'ASC', benefitId: 'ASC' },
  })
  const payments = await manager.findBy(paymentEntity, {
    ...{ venueId, ticketId },
    state: In(['paid', 'wrong-amount']),
  })
  return { ticket, tariff, benefits: benefits.map(benefitOf), payments: payments.map(receivedOf) }
}

/** The tariff in force at a moment. */
export async function tariffAt(
  manager: EntityManager,
  venueId: VenueId,
  at: Date,
): Promise<TariffRow | undefined> {
  const [row] = await manager.find(tariffEntity, {
    where: { venueId, validFrom: LessThanOrEqual(at) },
    order: { validFrom: 'DESC', tariffId: 'DESC' },
    take: 1,
  })
  return row
}

/** What is due on an account at a moment, or when the car left if that was before. */
export function settle({ ticket, tariff, benefits, payments }: TicketAccount, atMs: number): Settlement {
  if (!tariff) return nothing
  const enteredAtMs = ticket.enteredAt.getTime()
  const untilMs = Math.min(atMs, ticket.endedAt?.getTime() ?? Infinity)
  return settleStay(openTariff(tariff.definition), { enteredAtMs, untilMs }, { benefits, payments })
}

const nothing: Settlement = {
  ...{ grossFen: 0, benefitFen: 0, paidFen: 0, dueFen: 0 },
  ...{ lines: [], usedBenefits: [] },
}

/**
 * Writes down what was left unpaid, for a car that has left: after its exit, and whenever a payment or a benefit
 * becomes known later.
 */
export async function refreshUnpaid(
  manager: EntityManager,
  ticketKey: { readonly venueId: VenueId; readonly ticketId: string },
): Promise<void> {
  const account = await accountOf(manager, ticketKey)
  if (!account?.ticket.endedAt) return
  const { dueFen } = settle(account, account.ticket.endedAt.getTime())
  await manager.update(ticketEntity, ticketKey, { unpaidFen: dueFen })
}

function benefitOf({ benefitId: id, origin: from, kind, value }: BenefitRow): Benefit {
  switch (kind) {
    case 'minutes':
      return { id, from, kind, minutes: value }
    case 'percent':
      return { id, from, kind, percent: value }
    case 'amount':
      return { id, from, kind, amountFen: value }
  }
}

/** What was given back was not received, and does not open the barrier. */
function receivedOf({ receivedFen, refundedFen, leaveBy }: PaymentRow): ReceivedPayment {
  const amountFen = (receivedFen ?? 0) - refundedFen
  return leaveBy && refundedFen === 0 ? { amountFen, leaveByMs: leaveBy.getTime() } : { amountFen }
}
