/**
 * A whole server as a process of its own, configured by the environment as in production. Tells its parent
 * `{ address }` once it is ready, and does what it is told over the channel it was forked with: `append` an
 * event to the outbox in a transaction, `publish` a patch. With `TEST_CLOCK=BASE,SPEED` its clock showed BASE (epoch ms)
 * when that was the time, and runs so many times as fast since; a simulated day passes in an hour, on every node alike.
 */
import { createLog } from '../platform/log.ts'
import { newUuid } from '../platform/ids.ts'
import { readConfig } from '../platform/config.ts'
import { openDatabase } from '../database/index.ts'
import { appendOutbox } from '../outbox/index.ts'
import type { OutboxEvent } from '../outbox/index.ts'
import type { Patch } from '../realtime/index.ts'
import { entities, migrations } from '../schema.ts'
import { startServer } from '../server.ts'

export type NodeOrder = { readonly append: OutboxEvent } | { readonly publish: Patch }

const [base = 0, speed = 1] = (process.env.TEST_CLOCK ?? '').split(',').filter(Boolean).map(Number)
const clock = () => Math.floor(base + (Date.now() - base) * speed)
const config = readConfig(process.env)
if ('refused' in config) throw new Error(JSON.stringify(config.faults))
const log = createLog({ level: config.logLevel })
const database = await openDatabase({ url: config.databaseUrl, dataDir: '', entities, migrations, log })
const server = await startServer({
  config,
  database,
  log,
  clock,
  newId: newUuid,
  version: '0.0.0-test',
})
server.outbox.on('test.floor', ({ venueId, payload }) => [{ stream: `floor:${venueId}`, set: payload }])
process.on('message', (order: NodeOrder) => {
  if ('publish' in order) server.realtime.publish(order.publish)
  else {
    void database.transaction((manager) =>
      appendOutbox(manager, { nowMs: clock(), newId: newUuid }, order.append),
    )
  }
})
process.on('disconnect', () => process.exit(0))
process.send?.({ address: server.address })
