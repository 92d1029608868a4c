import type { ExecutionContext } from 'ava'
import { tinyId } from '../../maps/testing/tiny-archive.ts'
import type { Database } from '../database/index.ts'
import { newUuid } from '../platform/ids.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { changeCampaign, deleteCampaign, followSchedules, moveCampaign } from './campaign.commands.ts'
import { declineOffer } from './decline-offer.command.ts'
import { giveBack, lapsedCampaigns } from './give-back.ts'
import { refundRedemption } from './refund-redemption.command.ts'
import { audit, OfferWorld } from './testing/offer-world.ts'
import { noonMs, termsOf } from './testing/any-campaign.ts'

const onDatabases = databaseTests({ entities, migrations })

type Refused = { readonly refused: string; readonly facts?: Readonly<Record<string, unknown>> } | object

const wordOf = (result: Refused) => ('refused' in result ? result.refused : 'done')
const ruleOf = (result: Refused) => ('refused' in result ? result.facts?.rule : 'granted')

/** A test in a world of its own, at whose end the auditor finds every tally right. */
function offerTest(title: string, body: (t: ExecutionContext, world: OfferWorld) => Promise<void>): void {
  onDatabases(title, async (t, database: Database) => {
    const world = await OfferWorld.open(database)
    await body(t, world)
    await audit(t, database)
  })
}

offerTest(
  'whoever claims holds the offer until it expires, by the terms they were shown',
  async (t, world) => {
    const campaign = await world.campaign({ limits: { ...termsOf().limits, total: 1 } })
    const { grant, terms, made } = await world.grant(campaign)
    t.true(made)
    t.is(terms.name.zh, '满减券')
    t.is(grant.heldUntil.getTime(), noonMs + 3_600_000)
    t.like(await world.tally(campaign), { taken: 1, held: 1, granted: 1, reservedFen: 2000, spentFen: 0 })
    const late = await world.claim(campaign)
    t.is(wordOf(late), 'no-offer')
    t.deepEqual('facts' in late ? late.facts : {}, { rule: 'cap-total', taken: 1, total: 1 })
  },
)

offerTest('claiming again gives the offer that is held, and one alone', async (t, world) => {
  const campaign = await world.campaign({ limits: { ...termsOf().limits, perVisitor: 5 } })
  const visitor = newUuid()
  const first = await world.grant(campaign, visitor)
  const again = await world.grant(campaign, visitor)
  t.false(again.made)
  t.is(again.grant.grantId, first.grant.grantId)
  t.like(await world.tally(campaign), { granted: 1 })
})

offerTest('of one visitor who claims many times at once one claim is granted', async (t, world) => {
  const campaign = await world.campaign()
  const visitor = newUuid()
  const claims = await Promise.all(Array.from({ length: 20 }, () => world.claim(campaign, visitor)))
  const words = claims.map((claim) => ('grant' in claim ? claim.grant.grantId : JSON.stringify(claim)))
  t.deepEqual([...new Set(words)], words.slice(0, 1))
  t.is(claims.filter((claim) => 'made' in claim && claim.made).length, 1)
})

offerTest('a place whose time ran out goes to the next, before any job has run', async (t, world) => {
  const campaign = await world.campaign({
    limits: { ...termsOf().limits, total: 1, perDay: 1, budgetFen: 2000 },
  })
  const visitor = newUuid()
  await world.grant(campaign, visitor)
  world.nowMs += 3_600_000 - 1
  t.is(ruleOf(await world.claim(campaign)), 'cap-total')
  world.nowMs += 1
  await world.grant(campaign)
  t.like(await world.tally(campaign), { granted: 2, expired: 1, taken: 1, takenOnDay: 1, reservedFen: 2000 })
  // The visitor it was taken from is as if it had never been theirs, but all are gone now.
  t.is(ruleOf(await world.claim(campaign, visitor)), 'cap-total')
})

offerTest('the job gives back what ran out, in every campaign, and says so once', async (t, world) => {
  const ids = await Promise.all([world.campaign(), world.campaign()])
  for (const id of [ids[0], ids[0], ids[1]]) await world.grant(id)
  world.nowMs += 3_600_000
  const { manager } = world.database.dataSource
  const lapsed = await lapsedCampaigns(manager, { nowMs: world.nowMs, limit: 10 })
  t.deepEqual(lapsed.map(({ campaignId }) => campaignId).sort(), [...ids].sort())
  const sweep = () =>
    Promise.all(
      lapsed.map((key) =>
        world.database.transaction((within) => giveBack(within, { ...key, as: 'expired' }, world.occasion())),
      ),
    )
  t.deepEqual((await sweep()).sort(), [1, 2])
  t.deepEqual(await sweep(), [0, 0])
  const told: { count: string }[] = await manager.query(
    `SELECT count(*) FROM outbox_event WHERE topic = 'offer.expired'`,
  )
  t.is(Number(told[0]?.count), 3)
})

offerTest('each cap says which it was', async (t, world) => {
  const limits = termsOf().limits
  const visitor = newUuid()
  const twice = async (change: Partial<typeof limits>, same = false) => {
    const campaign = await world.campaign({ limits: { ...limits, ...change } })
    const first = await world.grant(campaign, visitor)
    if (same) {
      const redeemed = await world.redeem(world.codeOf(first.grant))
      t.is(wordOf(redeemed), 'done')
    }
    return ruleOf(await world.claim(campaign, same ? visitor : newUuid()))
  }
  t.is(await twice({ total: 1 }), 'cap-total')
  t.is(await twice({ perDay: 1 }), 'cap-per-day')
  t.is(await twice({ budgetFen: 3999 }), 'budget')
  t.is(await twice({ budgetFen: 4000 }), 'granted')
  t.is(await twice({ perVisitor: 1 }, true), 'cap-per-visitor')
  t.is(await twice({ perVisitor: 2, coolDownMs: 60_000 }, true), 'cool-down')
  t.is(await twice({ perVisitor: 2 }, true), 'granted')
})

offerTest('the day’s cap begins anew at midnight of the mall', async (t, world) => {
  const campaign = await world.campaign({ limits: { ...termsOf().limits, perDay: 1, holdMs: 86_400_000 } })
  await world.grant(campaign)
  world.nowMs = Date.UTC(2026, 10, 20, 15, 59, 59, 999)
  t.is(ruleOf(await world.claim(campaign)), 'cap-per-day')
  world.nowMs += 1
  await world.grant(campaign)
  t.like(await world.tally(campaign), { taken: 2, takenOnDay: 1 })
})

offerTest('what memory says of a campaign is checked against what holds now', async (t, world) => {
  const campaign = await world.campaign()
  await world.grant(campaign)
  // Another node pauses it; this one has not heard of it yet.
  const { live } = world
  await world.move(campaign, 'paused')
  t.is(live.of(world.venueId).get(campaign)?.state, 'live')
  const refused = await world.claim(campaign)
  t.deepEqual('facts' in refused ? refused.facts : {}, { rule: 'not-live', state: 'paused' })
})

offerTest(
  'nobody learns of a draft, and there is no offer of a campaign that is not there',
  async (t, world) => {
    t.is(wordOf(await world.claim(await world.campaign({}, 'draft'))), 'unknown-campaign')
    t.is(wordOf(await world.claim(newUuid())), 'unknown-campaign')
  },
)

offerTest('a visitor of the hold-out group is refused, and counted once', async (t, world) => {
  const campaign = await world.campaign({ limits: { ...termsOf().limits, holdOutPercent: 90 } })
  const visitors = Array.from({ length: 30 }, () => newUuid())
  for (const visitor of [...visitors, ...visitors]) await world.claim(campaign, visitor)
  const { heldOut, granted } = await world.tally(campaign)
  t.is(heldOut + granted, 30)
  t.true(heldOut > 15, String(heldOut))
})

offerTest('declining gives the place back and is believed, unless the visitor asks', async (t, world) => {
  const campaign = await world.campaign({ limits: { ...termsOf().limits, total: 1 } })
  const visitorId = newUuid()
  const { grant } = await world.grant(campaign, visitorId)
  const key = { venueId: world.venueId, grantId: grant.grantId, visitorId }
  const decline = (change: Partial<typeof key> = {}) =>
    world.database.transaction((manager) => declineOffer(manager, world.occasion(), { ...key, ...change }))
  t.is(wordOf(await decline({ visitorId: newUuid() })), 'unknown-offer')
  const declined = await Promise.all([decline(), decline(), decline()])
  t.deepEqual(
    declined.map((one) => ('grant' in one ? one.grant.state : one.refused)),
    ['declined', 'declined', 'declined'],
  )
  t.like(await world.tally(campaign), { taken: 0, declined: 1 })
  t.true((await world.grant(campaign, visitorId)).made)
})

offerTest('a code is redeemed once, with the money written down', async (t, world) => {
  const campaign = await world.campaign()
  const { grant } = await world.grant(campaign)
  const redeemed = await world.redeem(world.codeOf(grant), { billFen: 12_345 })
  t.like(redeemed, {
    made: true,
    redemption: { calculation: { billFen: 12_345, discountFen: 2000, payFen: 10_345 } },
  })
  t.like(await world.tally(campaign), { taken: 1, held: 0, redeemed: 1, reservedFen: 0, spentFen: 2000 })
  const again = await world.redeem(world.codeOf(grant))
  t.like(again, { refused: 'offer-over', facts: { state: 'redeemed' } })
})

offerTest(
  'the same redemption sent again, a year later too, answers what the first one did',
  async (t, world) => {
    const campaign = await world.campaign()
    const { grant } = await world.grant(campaign)
    const redemptionId = newUuid()
    const digits = world.codeOf(grant)
    const first = await world.redeem(digits, { redemptionId })
    world.nowMs += 366 * 86_400_000
    const again = await world.redeem(digits, { redemptionId })
    t.like(again, { made: false })
    t.deepEqual('redemption' in again && again.redemption, 'redemption' in first && first.redemption)
    const other = await world.redeem(digits, { redemptionId, billFen: 20_000 })
    t.is(wordOf(other), 'idempotency-key-reused')
    t.like(await world.tally(campaign), { redeemed: 1, spentFen: 2000 })
  },
)

offerTest('of many tills at once one redeems; the others hear why not', async (t, world) => {
  const campaign = await world.campaign()
  const { grant } = await world.grant(campaign)
  const digits = world.codeOf(grant)
  const mine = newUuid()
  const results = await Promise.all(
    Array.from({ length: 24 }, (_, at) => world.redeem(digits, at % 3 === 0 ? { redemptionId: mine } : {})),
  )
  const made = results.filter((one) => 'made' in one && one.made)
  t.is(made.length, 1)
  const words = results.map((one) => ('refused' in one ? one.refused : one.redemption.id))
  const winner = 'redemption' in made[0]! ? made[0].redemption.id : ''
  // Whoever sent the winning id, however often, has the redemption.
  t.is(words.filter((word) => word === winner).length, winner === mine ? 8 : 1)
  t.true(words.every((word) => word === winner || word === 'offer-over'))
})

offerTest(
  'one redemption that is sent many times at once is carried out once, and all are told so',
  async (t, world) => {
    const campaign = await world.campaign()
    const { grant } = await world.grant(campaign)
    const digits = world.codeOf(grant)
    const redemptionId = newUuid()
    const results = await Promise.all(
      Array.from({ length: 12 }, () => world.redeem(digits, { redemptionId })),
    )
    t.deepEqual(
      results.map(wordOf),
      Array.from({ length: 12 }, () => 'done'),
    )
    t.is(results.filter((one) => 'made' in one && one.made).length, 1)
    t.like(await world.tally(campaign), { redeemed: 1, spentFen: 2000 })
  },
)

offerTest('a code is refused with what is wrong about it', async (t, world) => {
  const books = tinyId('unit F1 books')
  const campaign = await world.campaign({ redeemAt: [books] })
  const { grant } = await world.grant(campaign)
  const digits = world.codeOf(grant)
  t.like(await world.redeem('123'), { refused: 'bad-code', facts: { why: 'wrong' } })
  t.like(await world.redeem(digits.slice(0, 15) + String((Number(digits[15]) + 1) % 10)), {
    refused: 'bad-code',
  })
  t.is(wordOf(await world.redeem(digits)), 'wrong-shop')
  t.like(await world.redeem(digits, { unitId: books, billFen: 9999 }), {
    refused: 'bill-too-small',
    facts: { billFen: 9999, minSpendFen: 10_000 },
  })
  world.nowMs += 60_000
  t.like(await world.redeem(digits, { unitId: books }), { refused: 'bad-code', facts: { why: 'expired' } })
  world.nowMs = grant.heldUntil.getTime()
  const last = world.codeOf(grant)
  t.like(await world.redeem(last, { unitId: books }), { refused: 'offer-over', facts: { state: 'expired' } })
  t.like(await world.tally(campaign), { redeemed: 0, held: 1 })
})

offerTest('a refund puts everything back as it was, once', async (t, world) => {
  const limits = { ...termsOf().limits, total: 1, perDay: 1, budgetFen: 2000 }
  const campaign = await world.campaign({ limits })
  const visitor = newUuid()
  const before = await world.tally(campaign)
  const { grant } = await world.grant(campaign, visitor)
  const redeemed = await world.redeem(world.codeOf(grant))
  if ('refused' in redeemed) throw new Error(redeemed.refused)
  const refund = (change: { redeemedBy?: string; redemptionId?: string } = {}) =>
    world.database.transaction((manager) =>
      refundRedemption(manager, world.occasion(), {
        venueId: world.venueId,
        redemptionId: redeemed.redemption.id,
        reason: '顾客退货',
        redeemedBy: undefined,
        ...change,
      }),
    )
  t.is(wordOf(await refund({ redemptionId: newUuid() })), 'unknown-redemption')
  t.is(wordOf(await refund({ redeemedBy: 'account:other' })), 'forbidden')
  const refunds = await Promise.all([refund(), refund({ redeemedBy: 'account:test' }), refund()])
  t.deepEqual(refunds.map(wordOf), ['done', 'done', 'done'])
  t.deepEqual(new Set(refunds.map((one) => JSON.stringify(one))).size, 1)
  const history = { granted: 1, redeemed: 1, refunded: 1 }
  t.deepEqual(await world.tally(campaign), { ...before, ...history })
  // The place, the day, the budget and the visitor's share are free again; the coupon itself is not.
  t.is(wordOf(await world.redeem(world.codeOf(grant))), 'offer-over')
  t.true((await world.grant(campaign, visitor)).made)
})

offerTest('offers keep the terms they were granted by when the campaign changes', async (t, world) => {
  const campaign = await world.campaign({ limits: { ...termsOf().limits, total: 3 } })
  const { grant } = await world.grant(campaign)
  await world.grant(campaign)
  const change = (version: number, terms = termsOf({ coupon: { kind: 'cash', offFen: 500 } })) =>
    world.database.transaction((manager) =>
      changeCampaign(manager, world.occasion(), {
        key: { venueId: world.venueId, campaignId: campaign },
        version,
        terms,
      }),
    )
  const changed = await change(
    1,
    termsOf({
      coupon: { kind: 'cash', offFen: 500 },
      limits: { ...termsOf().limits, total: 1, budgetFen: 100 },
    }),
  )
  if ('refused' in changed) throw new Error(changed.refused)
  t.is(changed.row.version, 2)
  t.deepEqual(
    changed.notices.map(({ id, facts }) => [id, facts]),
    [
      ['cap-below-taken', { taken: 2, total: 1 }],
      ['budget-below-committed', { committedFen: 4000, budgetFen: 100 }],
      ['old-terms-kept', { held: 2 }],
    ],
  )
  t.like(await change(1), { refused: 'campaign-changed', facts: { version: 2 } })
  const redeemed = await world.redeem(world.codeOf(grant))
  t.like(redeemed, { redemption: { calculation: { discountFen: 2000 } } })
  t.is(ruleOf(await world.claim(campaign)), 'cap-total')
  // A higher cap opens it again, for the auditor too.
  t.is(wordOf(await change(2)), 'done')
  const { terms } = await world.grant(campaign)
  t.is(terms.coupon.kind, 'cash')
})

offerTest('a draft changes in place; of two who change at once one has to look again', async (t, world) => {
  const campaign = await world.campaign({}, 'draft')
  const key = { venueId: world.venueId, campaignId: campaign }
  const change = (version: number) =>
    world.database.transaction((manager) =>
      changeCampaign(manager, world.occasion(), { key, version, terms: termsOf() }),
    )
  t.like(await change(1), { row: { version: 1 } })
  await world.move(campaign, 'live')
  const both = await Promise.all([change(1), change(1)])
  t.deepEqual(both.map(wordOf).sort(), ['campaign-changed', 'done'])
  await world.move(campaign, 'ended')
  t.is(wordOf(await change(2)), 'campaign-state')
  t.is(
    wordOf(
      await world.database.transaction((manager) =>
        changeCampaign(manager, world.occasion(), {
          key: { ...key, campaignId: newUuid() },
          version: 1,
          terms: termsOf(),
        }),
      ),
    ),
    'unknown-campaign',
  )
})

offerTest('a campaign moves only where that makes sense, and is told why not', async (t, world) => {
  const hourMs = 3_600_000
  const schedule = termsOf().schedule
  const move = (campaignId: string, to: 'draft' | 'scheduled' | 'live' | 'paused' | 'ended') =>
    world.database.transaction((manager) =>
      moveCampaign(manager, world.occasion(), { key: { venueId: world.venueId, campaignId }, to }),
    )
  const later = await world.campaign({ schedule: { ...schedule, fromMs: noonMs + hourMs } }, 'draft')
  t.is(wordOf(await move(later, 'live')), 'campaign-state')
  t.is(wordOf(await move(later, 'paused')), 'campaign-state')
  t.is(wordOf(await move(later, 'scheduled')), 'done')
  t.is(wordOf(await move(later, 'draft')), 'done')
  const now = await world.campaign({}, 'draft')
  t.is(wordOf(await move(now, 'scheduled')), 'campaign-state')
  t.is(wordOf(await move(now, 'live')), 'done')
  t.is(wordOf(await move(now, 'live')), 'done')
  t.is(wordOf(await move(now, 'paused')), 'done')
  t.is(wordOf(await move(now, 'live')), 'done')
  t.is(wordOf(await move(now, 'ended')), 'done')
  t.is(wordOf(await move(now, 'live')), 'campaign-state')
  const past = await world.campaign({ schedule: { ...schedule, untilMs: noonMs } }, 'draft')
  t.is(wordOf(await move(past, 'live')), 'campaign-state')
  t.is(wordOf(await move(newUuid(), 'live')), 'unknown-campaign')
})

offerTest(
  'the clock makes what is scheduled live and ends what is over, with an entry in the record',
  async (t, world) => {
    const hourMs = 3_600_000
    const times = { ...termsOf().schedule, fromMs: noonMs + hourMs, untilMs: noonMs + 2 * hourMs }
    const campaign = await world.campaign({ schedule: times }, 'scheduled')
    const follow = () =>
      world.database.transaction((manager) => followSchedules(manager, world.occasion('system')))
    t.deepEqual(await follow(), [])
    t.is(ruleOf(await world.claim(campaign)), 'not-started')
    world.nowMs = noonMs + hourMs
    // On time, though no job has said so yet; and held no longer than the campaign lasts.
    const { grant } = await world.grant(campaign)
    t.is(grant.heldUntil.getTime(), times.untilMs)
    t.deepEqual(
      (await follow()).map(({ state }) => state),
      ['live'],
    )
    world.nowMs = times.untilMs
    t.is(ruleOf(await world.claim(campaign)), 'over')
    t.deepEqual(
      (await follow()).map(({ state }) => state),
      ['ended'],
    )
    t.deepEqual(await follow(), [])
    const entries: { facts: { from: string; to: string } }[] = await world.database.dataSource.query(
      `SELECT facts FROM audit_entry WHERE action = 'campaign.moved' AND actor = 'system' ORDER BY entry_id`,
    )
    t.deepEqual(
      entries.map(({ facts }) => facts),
      [
        { from: 'scheduled', to: 'live' },
        { from: 'live', to: 'ended' },
      ],
    )
  },
)

offerTest('only a draft that nobody got anything by can be thrown away', async (t, world) => {
  const throwAway = (campaignId: string) =>
    world.database.transaction((manager) =>
      deleteCampaign(manager, world.occasion(), { venueId: world.venueId, campaignId }),
    )
  const draft = await world.campaign({}, 'draft')
  t.is(await throwAway(draft), undefined)
  t.is((await throwAway(draft))?.refused, 'unknown-campaign')
  t.is((await throwAway(await world.campaign()))?.refused, 'campaign-state')
})

offerTest('every change of a campaign and every redemption is told and recorded', async (t, world) => {
  const campaign = await world.campaign()
  const { grant } = await world.grant(campaign)
  await world.redeem(world.codeOf(grant))
  const topics: { topic: string }[] = await world.database.dataSource.query(
    'SELECT topic FROM outbox_event ORDER BY seq',
  )
  t.deepEqual(
    topics.map(({ topic }) => topic),
    ['campaign.changed', 'campaign.changed', 'offer.granted', 'offer.redeemed'],
  )
  const actions: { action: string }[] = await world.database.dataSource.query(
    `SELECT action FROM audit_entry WHERE actor = 'account:test' ORDER BY entry_id`,
  )
  t.deepEqual(
    actions.map(({ action }) => action),
    ['campaign.created', 'campaign.moved', 'offer.redeemed'],
  )
})

offerTest('commands on one campaign at once leave one outcome and one entry each', async (t, world) => {
  const campaign = await world.campaign({}, 'draft')
  const ten = Array.from({ length: 10 }, (_, number) => number)
  const moved = await Promise.all(ten.map(() => world.move(campaign, 'live')))
  t.true(moved.every(({ row }) => row.state === 'live'))
  const draft = await world.campaign({}, 'draft')
  const deleted = await Promise.all(
    ten.map(() =>
      world.database.transaction((manager) =>
        deleteCampaign(manager, world.occasion(), { venueId: world.venueId, campaignId: draft }),
      ),
    ),
  )
  t.is(deleted.filter((refusal) => refusal === undefined).length, 1)
  const follow = () =>
    world.database.transaction((manager) => followSchedules(manager, world.occasion('system')))
  const until = noonMs + 1000
  const ending = await world.campaign({ schedule: { ...termsOf().schedule, untilMs: until } })
  world.nowMs = until
  const ended = await Promise.all(ten.map(follow))
  t.is(ended.flat().filter(({ campaignId }) => campaignId === ending).length, 1)
  const entries: { action: string; count: string }[] = await world.database.dataSource.query(
    `SELECT action, count(*) FROM audit_entry WHERE action LIKE 'campaign.%' GROUP BY action ORDER BY action`,
  )
  t.deepEqual(entries, [
    { action: 'campaign.created', count: '3' },
    { action: 'campaign.deleted', count: '1' },
    { action: 'campaign.moved', count: '3' },
  ])
})
