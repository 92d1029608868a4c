/**
 * `npm test`: runs every test of the project, on whatever machine. Finds what the tests need of the system or
 * installs it (Debian, root), starts a throwaway PostgreSQL server, runs AVA, and ends with the counts. Arguments
 * go to AVA: `npm test -- 'server/**' --match='*lossless*'`.
 *
 * A suite that could not run is named; with CI=true that is a failure.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { findPostgres, startPostgresCluster, testServerVariable } from '../server/testing/postgres-cluster.ts'
import type { PostgresCluster } from '../server/testing/postgres-cluster.ts'
import { bundleTests } from './bundle-tests.ts'
import { buildClients } from './clients.ts'
import { ensureRequirements, requirements } from './system-packages.ts'
import { countsLine, TapReport } from './tap-report.ts'

const progressEveryMs = 5_000

const say = (line: string) => {
  console.log(line)
}

const missing = await ensureRequirements(requirements, say)
const environment: Record<string, string> = {}
for (const { variable, find } of requirements) {
  const found = find()
  if (variable !== undefined && found !== undefined) environment[variable] = found
}

const chosen = process.argv.slice(2)
const isWhole = chosen.length === 0
if (isWhole) {
  // Once, before several tests of screens want them at the same time; a few chosen tests build what they need.
  await buildClients({
    log: (_, en) => {
      say(en)
    },
  })
  await bundleTests()
}

let cluster: PostgresCluster | undefined
const programs = findPostgres()
if (programs !== undefined && !process.env[testServerVariable]) {
  say('Starting a PostgreSQL server for the tests …')
  cluster = await startPostgresCluster(programs)
  environment[testServerVariable] = cluster.url
}
// We stay until AVA has ended, so that the server is stopped and removed. Ctrl-C reaches AVA by itself.
process.on('SIGINT', () => undefined)

const report = new TapReport()
let exitCode: number
try {
  exitCode = await runAva(isWhole ? ['--config', 'ava.bundled.mjs'] : chosen)
} finally {
  await cluster?.stop()
}

if (report.leftOut.length > 0) {
  say(`Left out, because ATRIUM_REAL_MALL names no folder with a real mall (${report.leftOut.length} tests):`)
  for (const title of report.leftOut) say(`  ${title}`)
}
for (const { name, suites } of missing) say(`Could not run ${suites}: ${name} is not on this machine.`)
const inCi = process.env.CI === 'true'
if (inCi && missing.length > 0) say('With CI=true that is a failure.')
const { counts } = report
// AVA also fails without a failed test: no test found, a bad argument.
const failed = Math.max(counts.failed, exitCode === 0 ? 0 : 1)
say(countsLine({ ...counts, failed }))
process.exitCode = failed > 0 || (inCi && missing.length > 0) ? 1 : 0

async function runAva(args: readonly string[]): Promise<number> {
  const ava = fileURLToPath(new URL('./cli.mjs', import.meta.resolve('ava')))
  const run = spawn(process.execPath, [ava, '--tap', ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('SIGTERM', () => run.kill())
  const startedAt = performance.now()
  const progress = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    say(`… ${countsLine(report.counts)} after ${seconds} s`)
  }, progressEveryMs)
  const exit: Promise<unknown[]> = once(run, 'exit')
  for await (const line of createInterface({ input: run.stdout })) {
    const shown = report.take(line)
    if (shown !== undefined) say(shown)
  }
  clearInterval(progress)
  const [code] = await exit
  return typeof code === 'number' ? code : 1
}
