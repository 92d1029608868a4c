import { setTimeout as delay } from 'node:timers/promises'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { isWholeMall } from '../../maps/testing/real-mall.ts'
import { openDatabase } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import { entities, migrations } from '../schema.ts'
import { startProgram } from '../testing/child-program.ts'
import type { ChildProgram } from '../testing/child-program.ts'
import { serverPlace, testServerUrl } from '../testing/database-places.ts'
import { findPostgres, startPostgresCluster } from '../testing/postgres-cluster.ts'
import { silentLog } from '../testing/silent-log.ts'
import { termsOf } from './testing/any-campaign.ts'
import { audit, OfferWorld } from './testing/offer-world.ts'

const onServer = testServerUrl() ? test.serial : test.serial.skip
const crowd = 10_000
/** What is killed makes no difference to how many stand in the queue: half a minute of processor for whoever asks. */
const crowdAtPostgres = isWholeMall() ? crowd : 2_000
const places = 100
/** Claims that were granted before the kill, and the pause after the last of them. */
const moments = [
  { grants: 15, pauseMs: 0 },
  { grants: 20, pauseMs: 7 },
]

/** What the claimers were told, over all of their lives. */
interface Told {
  readonly claimed: Set<string>
  readonly redeemed: Set<string>
  readonly refused: Map<string, number>
  done: boolean
}

async function claimUntil(
  { url, campaign, visitors }: { readonly url: string; readonly campaign: string; readonly visitors: number },
  told: Told,
  kill?: { readonly grants: number; readonly pauseMs: number; readonly by: (child: ChildProgram) => unknown },
): Promise<void> {
  const child = startProgram(new URL('./testing/claim-until-killed.ts', import.meta.url), [
    url,
    campaign,
    String(visitors),
  ])
  let grants = 0
  for await (const line of child.lines) {
    const [word, subject = ''] = line.split(' ')
    if (word === 'claimed') {
      told.claimed.add(subject)
      if (++grants === kill?.grants) void delay(kill.pauseMs).then(() => kill.by(child))
    }
    if (word === 'redeemed') told.redeemed.add(subject)
    if (word === 'refused') told.refused.set(subject, (told.refused.get(subject) ?? 0) + 1)
    if (word === 'done') told.done = true
  }
  const { errors } = await child.ended
  if (!kill && !told.done) throw new Error(errors)
}

async function inDatabase<Result>(
  url: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase({ url, dataDir: '', entities, migrations, log: silentLog })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

/** Kills at each moment, lets a last claimer finish, and looks: 100 places, none twice, none lost. */
async function killAndCheck(
  t: ExecutionContext,
  url: string,
  {
    visitors,
    kill,
    revive,
  }: { visitors: number; kill: (child: ChildProgram) => unknown; revive: () => Promise<void> },
): Promise<void> {
  const told: Told = { claimed: new Set(), redeemed: new Set(), refused: new Map(), done: false }
  const campaign = await inDatabase(url, async (database) => {
    const world = await OfferWorld.open(database)
    return world.campaign({ limits: { ...termsOf().limits, total: places } })
  })
  for (const moment of moments) {
    await claimUntil({ url, campaign, visitors }, told, { ...moment, by: kill })
    t.false(told.done, 'it was through before it was killed')
    await revive()
    await inDatabase(url, (database) => audit(t, database))
  }
  await claimUntil({ url, campaign, visitors }, told)
  await inDatabase(url, async (database) => {
    await audit(t, database)
    const world = await OfferWorld.open(database)
    t.is((await world.tally(campaign)).taken, places)
    const granted: { grant_id: string }[] = await database.dataSource.query(
      'SELECT grant_id FROM offer_grant',
    )
    const ids = new Set(granted.map(({ grant_id: id }) => id))
    t.is(ids.size, places)
    t.true(
      [...told.claimed].every((id) => ids.has(id)),
      'somebody was told of an offer that is not there',
    )
    const done: { redemption_id: string }[] = await database.dataSource.query(
      'SELECT redemption_id FROM redemption',
    )
    const redemptions = new Set(done.map(({ redemption_id: id }) => id))
    t.true(
      [...told.redeemed].every((id) => redemptions.has(id)),
      'a redemption was told and is lost',
    )
    // What was granted was told to the outbox, and nothing else was.
    const news: { count: string }[] = await database.dataSource.query(
      `SELECT count(*) FROM outbox_event WHERE topic = 'offer.granted'`,
    )
    t.is(Number(news[0]?.count), places)
  })
  t.deepEqual([...told.refused.keys()], ['cap-total'])
}

onServer('100 coupons are 100 after kill -9 of the process in the middle, and again', async (t) => {
  const place = await serverPlace()
  t.teardown(() => place.remove())
  await killAndCheck(t, place.options.url!, {
    visitors: crowd,
    kill: ({ process }) => process.kill('SIGKILL'),
    revive: () => Promise.resolve(),
  })
})

onServer('100 coupons are 100 after kill -9 of PostgreSQL in the middle, and again', async (t) => {
  // A server of its own: the others at work on the common one are to live on.
  const cluster = await startPostgresCluster(findPostgres()!)
  t.teardown(() => cluster.stop())
  const place = await serverPlace(cluster.url)
  await killAndCheck(t, place.options.url!, {
    visitors: crowdAtPostgres,
    kill: () => cluster.kill(),
    revive: () => cluster.restart(),
  })
})
