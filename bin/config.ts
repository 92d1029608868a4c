/**
 * `npm run --silent config` says what the environment means: the table of `docs/configuration.md`, or the
 * faults (exit code 1). It prints no values, as some are secrets.
 */
import { parseArgs } from 'node:util'
import { configurationTable, describeFaults, readConfig } from '../server/platform/config.ts'
import { Refused, runProgram } from './program.ts'

await runProgram('usage: npm run --silent config', () => {
  parseArgs({ options: {} })
  console.log(configurationTable())
  const config = readConfig(process.env)
  if ('refused' in config) throw new Refused(describeFaults(config.faults))
  return Promise.resolve(0)
})
