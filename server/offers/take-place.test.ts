import { databaseErrorFacts } from '../database/index.ts'
import { newUuid } from '../platform/ids.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { changeCampaign } from './campaign.commands.ts'
import type { LiveCampaign } from './live-campaign.ts'
import { takePlace } from './take-place.ts'
import type { placeGuards } from './take-place.ts'
import { noonMs, termsOf } from './testing/any-campaign.ts'
import { audit, OfferWorld } from './testing/offer-world.ts'
import { statementWithout } from './testing/without-guard.ts'

const onDatabases = databaseTests({ entities, migrations })
const limits = termsOf().limits

interface Situation {
  readonly campaign: LiveCampaign
  readonly visitorId: string
}

async function campaignIn(world: OfferWorld, change: Partial<typeof limits>, schedule = termsOf().schedule) {
  const campaignId = await world.campaign({ limits: { ...limits, ...change }, schedule })
  const index = await world.live.load(world.database.dataSource.manager, world.venueId)
  return index.get(campaignId)!
}

/** Somebody got an offer and used it: nothing is held, everything is counted. */
async function usedOnce(world: OfferWorld, change: Partial<typeof limits>): Promise<Situation> {
  const campaign = await campaignIn(world, change)
  const visitorId = newUuid()
  const { grant } = await world.grant(campaign.campaignId, visitorId)
  await world.redeem(world.codeOf(grant))
  return { campaign, visitorId }
}

/** For each guard a situation in which it alone says no. */
const situations: Readonly<Record<keyof typeof placeGuards, (world: OfferWorld) => Promise<Situation>>> = {
  perVisitor: (world) => usedOnce(world, { perVisitor: 1 }),
  coolDown: (world) => usedOnce(world, { perVisitor: 9, coolDownMs: 60_000 }),
  async oneHeld(world) {
    const campaign = await campaignIn(world, { perVisitor: 9 })
    const visitorId = newUuid()
    await world.grant(campaign.campaignId, visitorId)
    return { campaign, visitorId }
  },
  async version(world) {
    const campaign = await campaignIn(world, {})
    const { venueId, campaignId } = campaign
    await world.database.transaction((manager) =>
      changeCampaign(manager, world.occasion(), {
        key: { venueId, campaignId },
        version: 1,
        terms: termsOf({ coupon: { kind: 'cash', offFen: 1 } }),
      }),
    )
    return { campaign, visitorId: newUuid() }
  },
  async live(world) {
    const campaign = await campaignIn(world, {})
    await world.move(campaign.campaignId, 'paused')
    return { campaign, visitorId: newUuid() }
  },
  async total(world) {
    const { campaign } = await usedOnce(world, { total: 1 })
    return { campaign, visitorId: newUuid() }
  },
  async perDay(world) {
    const { campaign } = await usedOnce(world, { perDay: 1 })
    return { campaign, visitorId: newUuid() }
  },
  async budget(world) {
    const { campaign } = await usedOnce(world, { budgetFen: 3999 })
    return { campaign, visitorId: newUuid() }
  },
}

onDatabases(
  'each guard by itself keeps a place from being taken, and nothing is changed then',
  async (t, database) => {
    const world = await OfferWorld.open(database)
    for (const [guard, situation] of Object.entries(situations)) {
      const { campaign, visitorId } = await situation(world)
      const before = await world.tally(campaign.campaignId)
      const take = (sql?: string) =>
        database.transaction((manager) =>
          takePlace(manager, { campaign, visitorId, grantId: newUuid(), nowMs: world.nowMs }, sql),
        )
      t.is(await take(), undefined, guard)
      t.deepEqual(await world.tally(campaign.campaignId), before, guard)
      await audit(t, database)
      const without = take(statementWithout(guard as keyof typeof placeGuards))
      if (guard === 'oneHeld') {
        // Here the table has a second lock on the door.
        const error: unknown = await t.throwsAsync(without)
        t.is(databaseErrorFacts(error)?.constraint, 'offer_grant_one_held')
      } else {
        t.truthy(await without, `${guard} is not what kept the place`)
        await database.dataSource.query('DELETE FROM campaign WHERE campaign_id = $1', [campaign.campaignId])
      }
    }
  },
)

onDatabases(
  'a place is taken only between beginning and end, whatever the state says',
  async (t, database) => {
    const world = await OfferWorld.open(database)
    const campaign = await campaignIn(
      world,
      { perVisitor: 9 },
      {
        ...termsOf().schedule,
        untilMs: noonMs + 1000,
      },
    )
    const takeAt = (nowMs: number) =>
      database.transaction((manager) =>
        takePlace(manager, { campaign, visitorId: newUuid(), grantId: newUuid(), nowMs }),
      )
    t.is((await takeAt(noonMs + 999))?.heldUntilMs, noonMs + 1000)
    t.is(await takeAt(noonMs + 1000), undefined)
    await audit(t, database)
  },
)
