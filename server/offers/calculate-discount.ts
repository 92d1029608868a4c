import type { Calculation, Coupon } from '../contract/campaign-values.ts'

/** A bill that an offer does not apply to. */
export interface BillTooSmall {
  readonly refused: 'bill-too-small'
  readonly facts: { readonly billFen: number; readonly minSpendFen: number }
}

/**
 * Applies a coupon to a bill, in whole fen. The discount is never negative, never more than the bill, and
 * never falls as the bill grows. A percentage is rounded down: the shop is not asked for a fraction.
 * @param billFen 0 to 10¹⁰; so small that a hundredfold is still exact
 * @returns what to pay, line by line, or that the bill is too small
 */
export function calculateDiscount(coupon: Coupon, billFen: number): Calculation | BillTooSmall {
  const minSpendFen = minSpendOf(coupon)
  if (billFen < minSpendFen) return { refused: 'bill-too-small', facts: { billFen, minSpendFen } }
  const { off, text } = offOf(coupon, billFen)
  const payFen = billFen - off
  return {
    billFen,
    lines: [
      { text: { zh: '账单金额', en: 'Bill' }, amountFen: billFen },
      // Not -0, which no JSON knows.
      { text, amountFen: off === 0 ? 0 : -off },
      { text: { zh: '应付金额', en: 'To pay' }, amountFen: payFen },
    ],
    discountFen: off,
    payFen,
    ...(coupon.kind === 'gift' ? { gift: coupon.gift } : {}),
  }
}

/** The most one redemption can cost the campaign: what a hold reserves of the budget. */
export function mostSpentFen(coupon: Coupon): number {
  switch (coupon.kind) {
    case 'full-reduction':
    case 'cash':
      return coupon.offFen
    case 'discount':
      return coupon.capFen
    case 'gift':
      return coupon.costFen
  }
}

/** What one redemption costs the campaign: the discount, or what the gift costs. */
export function spentFen(coupon: Coupon, { discountFen }: Calculation): number {
  return coupon.kind === 'gift' ? coupon.costFen : discountFen
}

function minSpendOf(coupon: Coupon): number {
  return 'minSpendFen' in coupon ? coupon.minSpendFen : 0
}

function offOf(coupon: Coupon, billFen: number): { readonly off: number; readonly text: Text } {
  switch (coupon.kind) {
    case 'full-reduction':
      return {
        off: coupon.offFen,
        text: {
          zh: `满 ${yuan(coupon.minSpendFen)} 减 ${yuan(coupon.offFen)}`,
          en: `${yuan(coupon.offFen)} off from ${yuan(coupon.minSpendFen)}`,
        },
      }
    case 'discount': {
      const share = Math.floor((billFen * coupon.percentOff) / 100)
      const capped = share > coupon.capFen
      const tenths = (100 - coupon.percentOff) / 10
      return {
        off: capped ? coupon.capFen : share,
        text: {
          zh: `${tenths} 折${capped ? `，最多减 ${yuan(coupon.capFen)}` : ''}`,
          en: `${coupon.percentOff} % off${capped ? `, at most ${yuan(coupon.capFen)}` : ''}`,
        },
      }
    }
    case 'cash':
      return {
        off: Math.min(coupon.offFen, billFen),
        text: { zh: `现金券 ${yuan(coupon.offFen)}`, en: `Cash coupon ${yuan(coupon.offFen)}` },
      }
    case 'gift':
      return { off: 0, text: { zh: `赠品：${coupon.gift.zh}`, en: `Gift: ${coupon.gift.en}` } }
  }
}

type Text = Calculation['lines'][number]['text']

/** `¥20` or `¥19.90`. */
function yuan(fen: number): string {
  const whole = Math.floor(fen / 100)
  const rest = fen % 100
  return rest === 0 ? `¥${whole}` : `¥${whole}.${String(rest).padStart(2, '0')}`
}
