import test from 'ava'
import type { ExecutionContext } from 'ava'
import { openDatabase } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import { newUuid } from '../platform/ids.ts'
import { entities, migrations } from '../schema.ts'
import { serverPlace, testServerUrl } from '../testing/database-places.ts'
import { silentLog } from '../testing/silent-log.ts'
import type { placeGuards } from './take-place.ts'
import { termsOf } from './testing/any-campaign.ts'
import { audit, OfferWorld } from './testing/offer-world.ts'
import { statementWithout } from './testing/without-guard.ts'

const onServer = testServerUrl() ? test.serial : test.serial.skip
const limits = termsOf().limits

async function openWorld(t: ExecutionContext): Promise<OfferWorld> {
  const place = await serverPlace()
  const database: Database = await openDatabase({ ...place.options, entities, migrations, log: silentLog })
  t.teardown(async () => {
    await database.close()
    await place.remove()
  })
  return OfferWorld.open(database)
}

/** Claims that wait for a connection at once; the pool gives up after 30 s, which a busy machine may take. */
const waiting = 1_000

/** How often each word was the answer: `granted`, or the rule that stood against it. */
async function claimAtOnce(world: OfferWorld, campaign: string, visitors: readonly string[]) {
  const words: string[] = []
  const queue = visitors.values()
  const claimer = async () => {
    for (const visitor of queue) {
      const claimed = await world.claim(campaign, visitor)
      if ('grant' in claimed) words.push(claimed.made ? 'granted' : 'had it')
      else words.push(typeof claimed.facts?.rule === 'string' ? claimed.facts.rule : claimed.refused)
    }
  }
  await Promise.all(Array.from({ length: waiting }, claimer))
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

const visitors = (count: number) => Array.from({ length: count }, () => newUuid())

onServer('10,000 who claim 100 coupons at once get exactly 100, and each other hears why not', async (t) => {
  const world = await openWorld(t)
  const campaign = await world.campaign({ limits: { ...limits, total: 100 } })
  t.deepEqual(await claimAtOnce(world, campaign, visitors(10_000)), { granted: 100, 'cap-total': 9_900 })
  t.like(await world.tally(campaign), { taken: 100, held: 100, granted: 100 })
  await audit(t, world.database)
})

/** A race that one guard decides, and what the others may say. */
const races: readonly {
  readonly guard: keyof typeof placeGuards
  readonly limits: Partial<typeof limits>
  readonly rule: string
  readonly most: number
}[] = [
  { guard: 'total', limits: { total: 3 }, rule: 'cap-total', most: 3 },
  { guard: 'perDay', limits: { perDay: 3 }, rule: 'cap-per-day', most: 3 },
  { guard: 'budget', limits: { budgetFen: 7999 }, rule: 'budget', most: 3 },
]

for (const { guard, limits: change, rule, most } of races) {
  onServer(`the guard "${guard}" is what holds its cap: without it more are granted`, async (t) => {
    const world = await openWorld(t)
    const campaign = await world.campaign({ limits: { ...limits, ...change } })
    const crowd = 200
    t.deepEqual(await claimAtOnce(world, campaign, visitors(crowd)), {
      granted: most,
      [rule]: crowd - most,
    })
    await audit(t, world.database)
    world.takePlaceSql = statementWithout(guard)
    const unguarded = await world.campaign({ limits: { ...limits, ...change } })
    const counts = await claimAtOnce(world, unguarded, visitors(crowd))
    t.true((counts.granted ?? 0) > most, JSON.stringify(counts))
  })
}

onServer('one visitor who claims from many places at once gets what one visitor may have', async (t) => {
  const world = await openWorld(t)
  const own = { perVisitor: 2, coolDownMs: 0 }
  const redeemAll = async (campaign: string, visitor: string) => {
    for (let round = 0; round < 4; round++) {
      const claims = await Promise.all(Array.from({ length: 10 }, () => world.claim(campaign, visitor)))
      const ids = new Set(claims.flatMap((claim) => ('grant' in claim ? claim.grant.grantId : [])))
      t.true(ids.size <= 1, 'two are held at once')
      const held = claims.find((claim) => 'grant' in claim)
      if (held && 'grant' in held) await world.redeem(world.codeOf(held.grant))
    }
  }
  const campaign = await world.campaign({ limits: { ...limits, ...own } })
  await redeemAll(campaign, newUuid())
  t.like(await world.tally(campaign), { taken: 2, redeemed: 2 })
  await audit(t, world.database)
})
