/**
 * Claims one campaign for one new visitor after the other, many at once, and redeems every other offer it gets,
 * until it is killed or all visitors are through. Says what it was told is done (`claimed ID`,
 * `redeemed ID GRANT`, `refused RULE`), a line each, and `done` at the end.
 * Arguments: url of a PostgreSQL server, id of the campaign, number of visitors.
 */
import { writeSync } from 'node:fs'
import { openDatabase } from '../../database/index.ts'
import { newUuid } from '../../platform/ids.ts'
import { entities, migrations } from '../../schema.ts'
import { silentLog } from '../../testing/silent-log.ts'
import { OfferWorld } from './offer-world.ts'

const [url = '', campaign = '', count = '0'] = process.argv.slice(2)
const stdout = 1
// At once, not when the event loop comes round: the killer listens.
const say = (line: string) => writeSync(stdout, `${line}\n`)
const database = await openDatabase({ url, dataDir: '', entities, migrations, log: silentLog })
const world = await OfferWorld.open(database)
say('begun')

const visitors = Array.from({ length: Number(count) }, (_, at) => at).values()
const claimer = async () => {
  for (const at of visitors) {
    const claimed = await world.claim(campaign)
    if ('refused' in claimed) {
      say(`refused ${String(claimed.facts?.rule)}`)
      continue
    }
    say(`claimed ${claimed.grant.grantId}`)
    if (at % 2 === 0) continue
    const redeemed = await world.redeem(world.codeOf(claimed.grant), { redemptionId: newUuid() })
    if ('redemption' in redeemed) say(`redeemed ${redeemed.redemption.id}`)
  }
}
// The pool gives up after 30 s, which a busy machine may take for more.
await Promise.all(Array.from({ length: 1_000 }, claimer))
say('done')
await database.close()
