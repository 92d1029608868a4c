import { join } from 'node:path'
import { openDatabase, openingStageText } from '../server/database/index.ts'
import type { Database } from '../server/database/index.ts'
import { describeFaults, readConfig } from '../server/platform/config.ts'
import type { Config } from '../server/platform/config.ts'
import { createLog } from '../server/platform/log.ts'
import { entities, migrations } from '../server/schema.ts'
import { Refused } from './program.ts'

/** @throws Refused that names every fault of the environment */
export function configOrRefuse(): Config {
  const config = readConfig(process.env)
  if ('refused' in config) throw new Refused(describeFaults(config.faults))
  return config
}

/** Opens the configured database and says on standard error what takes time. */
export function openConfigured(config: Config): Promise<Database> {
  return openDatabase({
    url: config.databaseUrl,
    dataDir: join(config.dataDir, 'database'),
    entities,
    migrations,
    log: createLog({ level: 'warn' }),
    onProgress: (stage) => {
      console.error(`${openingStageText[stage].zh} · ${openingStageText[stage].en}`)
    },
  })
}
