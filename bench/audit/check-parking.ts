import type { Facts, PaymentFact, QuoteFact, TicketFact } from './facts.ts'
import { groupBy, sumOf } from './finding.ts'
import type { Finding } from './finding.ts'
import type { Ledger } from './ledger.ts'

const netFen = ({ receivedFen, refundedFen }: PaymentFact) => (receivedFen ?? 0) - refundedFen

interface Account {
  readonly payments: readonly PaymentFact[]
  readonly quotes: readonly QuoteFact[]
  /** When the last benefit was given. */
  readonly benefitMs: number
}

/**
 * Quotes are the sum of their lines, payments ask what their quote said and take that, refunds are what was given back,
 * and a car that was seen leaving owes what is left: nothing when it paid in time, else no less than its last quote
 * minus what came in since, as a stay never gets cheaper by going on.
 */
export function ticketMoney(facts: Facts): Finding[] {
  const found: Finding[] = []
  const say = (sentence: string) => found.push({ check: 'ticket-money', sentence })
  const quotes = new Map(facts.quotes.map((quote) => [quote.quoteId, quote]))
  const refunds = groupBy(facts.refunds, ({ paymentId }) => paymentId)
  for (const { quoteId, dueFen, linesFen } of facts.quotes) {
    if (dueFen !== linesFen) say(`Quote ${quoteId} is for ${dueFen} fen; its lines add up to ${linesFen}.`)
  }
  for (const payment of facts.payments) {
    const { paymentId, ticketId, askedFen, receivedFen, refundedFen, state } = payment
    const quote = quotes.get(payment.quoteId)
    if (quote?.dueFen !== askedFen || quote.ticketId !== ticketId) {
      say(`Payment ${paymentId} asks for ${askedFen} fen; its quote says ${String(quote?.dueFen)}.`)
    }
    if ((state === 'paid') !== (receivedFen === askedFen)) {
      say(`Payment ${paymentId} is ${state}: asked ${askedFen} fen, received ${String(receivedFen)}.`)
    }
    const given = (refunds.get(paymentId) ?? []).filter((refund) => refund.state !== 'failed')
    const givenFen = sumOf(given, ({ amountFen }) => amountFen)
    if (givenFen !== refundedFen || refundedFen > (receivedFen ?? 0)) {
      say(
        `Payment ${paymentId} of ${String(receivedFen)} fen says ${refundedFen} refunded; its refunds are ${givenFen}.`,
      )
    }
  }
  const accounts = accountsOf(facts)
  for (const ticket of facts.tickets) {
    const wrong = unpaidWrong(ticket, accounts(ticket.ticketId))
    if (wrong !== undefined) say(wrong)
  }
  return found
}

function accountsOf(facts: Facts): (ticketId: string) => Account {
  const payments = groupBy(facts.payments, ({ ticketId }) => ticketId)
  const quotes = groupBy(facts.quotes, ({ ticketId }) => ticketId)
  const benefits = groupBy(facts.benefits, ({ ticketId }) => ticketId)
  return (ticketId) => ({
    payments: (payments.get(ticketId) ?? []).filter(({ paidMs }) => paidMs !== null),
    quotes: quotes.get(ticketId) ?? [],
    benefitMs: Math.max(-Infinity, ...(benefits.get(ticketId) ?? []).map(({ grantedMs }) => grantedMs)),
  })
}

/** Why the sum a ticket left unpaid cannot be right; undefined when it can. */
function unpaidWrong(ticket: TicketFact, { payments, quotes, benefitMs }: Account): string | undefined {
  const { ticketId, endedMs, endedBy, unpaidFen } = ticket
  if (endedBy !== 'exit' || endedMs === null) {
    return unpaidFen === null ? undefined : `Ticket ${ticketId} owes ${unpaidFen} fen without an exit.`
  }
  if (unpaidFen === null) return `Ticket ${ticketId} left by exit, and what it owes is not written down.`
  const inTime = payments.some(
    ({ leaveByMs, refundedFen }) => leaveByMs !== null && refundedFen === 0 && leaveByMs >= endedMs,
  )
  if (inTime) {
    return unpaidFen === 0
      ? undefined
      : `Ticket ${ticketId} paid and left in time, and owes ${unpaidFen} fen.`
  }
  const last = quotes
    .filter(({ pricedMs }) => pricedMs <= endedMs && pricedMs > benefitMs)
    .sort((a, b) => b.pricedMs - a.pricedMs)[0]
  if (!last) return undefined
  const since = payments.filter(({ paidMs }) => (paidMs ?? 0) >= last.pricedMs)
  const leastFen = last.dueFen - sumOf(since, ({ receivedFen }) => receivedFen ?? 0)
  return unpaidFen >= leastFen
    ? undefined
    : `Ticket ${ticketId} was quoted ${last.dueFen} fen and owes ${unpaidFen}; at least ${leastFen} were left.`
}

/** Barrier events and payments somebody was told of are there, and payments as they were told. */
export function toldOfParkingLost({ barrierEvents, payments }: Facts, ledger: Ledger): Finding[] {
  const found: Finding[] = []
  const say = (sentence: string) => found.push({ check: 'told-of-parking-lost', sentence })
  for (const { venueId, eventId, kind } of ledger.barrierEvents) {
    if (!barrierEvents.has(`${venueId} ${eventId}`)) {
      say(`The ${kind} ${eventId} was acknowledged and is not there.`)
    }
  }
  const byId = new Map(payments.map((payment) => [payment.paymentId, payment]))
  for (const { paymentId, state, askedFen } of ledger.payments) {
    const row = byId.get(paymentId)
    if (!row) say(`Payment ${paymentId} was told as ${state} and is not there.`)
    else if (row.askedFen !== askedFen || (state !== 'pending' && row.state !== state)) {
      say(
        `Payment ${paymentId} was told as ${state} for ${askedFen} fen and is ${row.state} for ${row.askedFen}.`,
      )
    } else if (state === 'paid' && netFen(row) < 0) {
      say(`Payment ${paymentId} gave back more than it took.`)
    }
  }
  return found
}

/** A car that a barrier was told to let out, and that left at once, does not owe. */
export function letOutOwing({ tickets }: Facts, { opened }: Ledger): Finding[] {
  const byId = new Map(tickets.map((ticket) => [ticket.ticketId, ticket]))
  return opened.flatMap(({ ticketId }) => {
    const ticket = byId.get(ticketId)
    if (ticket?.endedBy === 'exit' && (ticket.unpaidFen ?? 0) === 0) return []
    const is = ticket
      ? `ended by ${String(ticket.endedBy)} and owes ${String(ticket.unpaidFen)} fen`
      : 'not there'
    return [{ check: 'let-out-owing' as const, sentence: `Ticket ${ticketId} was let out and is ${is}.` }]
  })
}
