import test from 'ava'
import fc from 'fast-check'
import { coupon as couponSchema, maxFen } from '../contract/campaign-values.ts'
import { calculateDiscount, mostSpentFen, spentFen } from './calculate-discount.ts'
import { anyCoupon } from './testing/any-campaign.ts'

const anyBill = fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: maxFen }))

test('a discount is never negative, never more than the bill, and what is paid is the rest', (t) => {
  fc.assert(
    fc.property(anyCoupon, anyBill, (coupon, billFen) => {
      const made = calculateDiscount(coupon, billFen)
      if ('refused' in made) {
        t.true(billFen < made.facts.minSpendFen)
        return
      }
      t.true(Number.isSafeInteger(made.discountFen))
      t.true(made.discountFen >= 0 && made.discountFen <= billFen)
      t.is(made.payFen, billFen - made.discountFen)
      const amounts = made.lines.map(({ amountFen }) => amountFen)
      t.is(amounts.at(-1), made.payFen)
      t.is(
        amounts.slice(0, -1).reduce((sum, amount) => sum + amount, 0),
        made.payFen,
      )
      t.false(amounts.some((amount) => Object.is(amount, -0)))
      t.true(spentFen(coupon, made) <= mostSpentFen(coupon))
    }),
  )
})

test('a greater bill never gets a smaller discount', (t) => {
  fc.assert(
    fc.property(anyCoupon, anyBill, anyBill, (coupon, one, other) => {
      const discounts = [Math.min(one, other), Math.max(one, other)].map((billFen) => {
        const made = calculateDiscount(coupon, billFen)
        return 'refused' in made ? 0 : made.discountFen
      })
      t.true(discounts[0]! <= discounts[1]!)
    }),
  )
})

test('takes 满减 off from the very fen of the threshold', (t) => {
  const coupon = { kind: 'full-reduction', minSpendFen: 10_000, offFen: 2000 } as const
  t.deepEqual(calculateDiscount(coupon, 9999), {
    refused: 'bill-too-small',
    facts: { billFen: 9999, minSpendFen: 10_000 },
  })
  t.deepEqual(calculateDiscount(coupon, 10_000), {
    billFen: 10_000,
    lines: [
      { text: { zh: '账单金额', en: 'Bill' }, amountFen: 10_000 },
      { text: { zh: '满 ¥100 减 ¥20', en: '¥20 off from ¥100' }, amountFen: -2000 },
      { text: { zh: '应付金额', en: 'To pay' }, amountFen: 8000 },
    ],
    discountFen: 2000,
    payFen: 8000,
  })
})

test('rounds a percentage down and stops at its cap', (t) => {
  const coupon = { kind: 'discount', percentOff: 12, capFen: 1000, minSpendFen: 0 } as const
  t.like(calculateDiscount(coupon, 999), { discountFen: 119, payFen: 880 })
  const capped = calculateDiscount(coupon, 10_000)
  t.like(capped, { discountFen: 1000, payFen: 9000 })
  t.deepEqual('lines' in capped && capped.lines[1], {
    text: { zh: '8.8 折，最多减 ¥10', en: '12 % off, at most ¥10' },
    amountFen: -1000,
  })
})

test('cash never gives change, and a gift leaves the bill alone', (t) => {
  t.like(calculateDiscount({ kind: 'cash', offFen: 1990 }, 1500), { discountFen: 1500, payFen: 0 })
  const gift = { kind: 'gift', gift: { zh: '帆布袋', en: 'tote bag' }, costFen: 800 } as const
  const made = calculateDiscount(gift, 1500)
  t.like(made, { discountFen: 0, payFen: 1500, gift: gift.gift })
  t.is('refused' in made ? 0 : spentFen(gift, made), 800)
})

test('a coupon that gives back more than is spent cannot be written', (t) => {
  t.false(couponSchema.safeParse({ kind: 'full-reduction', minSpendFen: 100, offFen: 101 }).success)
  t.false(couponSchema.safeParse({ kind: 'discount', percentOff: 100, capFen: 1 }).success)
  t.false(couponSchema.safeParse({ kind: 'cash', offFen: 0.5 }).success)
})
