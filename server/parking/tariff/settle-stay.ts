import { priceStay } from './price-stay.ts'
import type { PricedTariff, Stay } from './price-stay.ts'
import type { Benefit, PriceLine } from './tariff.ts'

/** A payment that was received for a stay. */
export interface ReceivedPayment {
  readonly amountFen: number
  /** Set when it paid a quote that was still good: until then the barrier opens without a further look. */
  readonly leaveByMs?: number
}

/** What is due for a stay, and why. */
export interface Settlement {
  /** Before benefits and payments. */
  readonly grossFen: number
  readonly benefitFen: number
  readonly paidFen: number
  readonly dueFen: number
  /** Their amounts add up to `dueFen`. */
  readonly lines: readonly PriceLine[]
  /** Until when one may leave without paying more; absent when something is due. */
  readonly leaveByMs?: number
}

/**
 * What is due. The order is fixed and the same for everybody:
 * 1. time, then the caps of bands and days (`priceStay`);
 * 2. minutes: those of all benefits together make the units free that begin within them;
 * 3. percent: the largest alone, of what is left, a fraction of a fen in the shopper's favour;
 * 4. amounts: one after the other, never below zero;
 * 5. what was paid already.
 *
 * Who paid a quote in time owes nothing until the time they were given to leave; afterwards the whole stay is
 * priced and what was paid is taken off it.
 */
export function settleStay(
  tariff: PricedTariff,
  stay: Stay,
  account: { readonly benefits: readonly Benefit[]; readonly payments: readonly ReceivedPayment[] },
): Settlement {
  const gross = priceStay(tariff, stay)
  const { lines: benefitLines, leftFen } = takeBenefits(tariff, stay, gross.amountFen, account.benefits)
  const paidFen = account.payments.reduce((sum, { amountFen }) => sum + amountFen, 0)
  const leaveByMs = Math.max(-Infinity, ...account.payments.map((one) => one.leaveByMs ?? -Infinity))
  const isFreeToGo = stay.untilMs <= leaveByMs
  const dueFen = isFreeToGo ? 0 : Math.max(0, leftFen - paidFen)
  const countedFen = Math.min(paidFen, leftFen)
  const honouredFen = leftFen - countedFen - dueFen
  const paidLines: PriceLine[] = [
    ...(countedFen > 0 ? [{ kind: 'paid', amountFen: -countedFen } as const] : []),
    ...(honouredFen > 0 ? [{ kind: 'honoured', amountFen: -honouredFen } as const] : []),
  ]
  return {
    grossFen: gross.amountFen,
    benefitFen: gross.amountFen - leftFen,
    paidFen,
    dueFen,
    lines: [...gross.lines, ...benefitLines, ...paidLines],
    ...(isFreeToGo ? { leaveByMs } : {}),
  }
}

/**
 * Until when the barrier opens after a payment: who paid what a quote asked for before it expired has the time
 * that was promised, whatever has become due meanwhile; who paid later or less has it when nothing was due then.
 * @param dueThenFen what is due at a moment with the payment counted in
 */
export function leaveByOf(
  quote: { readonly askedFen: number; readonly expiresAtMs: number; readonly exitMinutes: number },
  { amountFen, paidAtMs }: { readonly amountFen: number; readonly paidAtMs: number },
  dueThenFen: (atMs: number) => number,
): number | undefined {
  const isInTime = amountFen >= quote.askedFen && paidAtMs <= quote.expiresAtMs
  return isInTime || dueThenFen(paidAtMs) === 0 ? paidAtMs + quote.exitMinutes * 60_000 : undefined
}

function takeBenefits(
  tariff: PricedTariff,
  stay: Stay,
  grossFen: number,
  benefits: readonly Benefit[],
): { readonly lines: PriceLine[]; readonly leftFen: number } {
  const lines: PriceLine[] = []
  let leftFen = grossFen
  const take = (benefit: Benefit, offFen: number): void => {
    if (offFen <= 0) return
    lines.push({ kind: 'benefit', benefit, amountFen: -offFen })
    leftFen -= offFen
  }
  let minutes = 0
  for (const benefit of benefits) {
    if (benefit.kind !== 'minutes') continue
    minutes += benefit.minutes
    take(benefit, leftFen - priceStay(tariff, stay, minutes).amountFen)
  }
  const percents = benefits.flatMap((one) => (one.kind === 'percent' ? [one] : []))
  const [largest] = percents.sort((a, b) => b.percent - a.percent)
  if (largest) take(largest, Math.ceil((leftFen * largest.percent) / 100))
  for (const benefit of benefits) {
    if (benefit.kind === 'amount') take(benefit, Math.min(leftFen, benefit.amountFen))
  }
  return { lines, leftFen }
}
