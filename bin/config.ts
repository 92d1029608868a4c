/**
 * `npm run --silent config` says what the environment means: the table of `docs/configuration.md`, or the
 * faults (exit code 1). It prints no values, as some are secrets.
 */
import { configurationTable, describeFaults, readConfig } from '../server/platform/config.ts'

const config = readConfig(process.env)
console.log(configurationTable())
if ('refused' in config) {
  console.error(`\n${describeFaults(config.faults)}`)
  process.exitCode = 1
}
