/**
 * Takes a job and never gets done with it, until it is killed. Says `working` when it has one.
 * Arguments: url of a PostgreSQL server; url of a Redis, or empty.
 */
import { writeSync } from 'node:fs'
import { openDatabase } from '../../database/index.ts'
import { createLog } from '../../platform/log.ts'
import { createMetricsRegistry } from '../../platform/metrics.ts'
import { entities, migrations } from '../../schema.ts'
import { silentLog } from '../../testing/silent-log.ts'
import { createJobs } from '../index.ts'

const [url = '', redisUrl = ''] = process.argv.slice(2)
const database = await openDatabase({ dataDir: '', url, entities, migrations, log: silentLog })
const jobs = createJobs({
  database,
  config: { redisUrl: redisUrl === '' ? undefined : redisUrl },
  log: createLog({ level: 'silent' }),
  registry: createMetricsRegistry(),
  timing: { lockMs: 1_000, stalledCheckMs: 500 },
})
jobs.define('test.long', () => {
  writeSync(1, 'working\n')
  return new Promise(() => undefined)
})
await jobs.start()
