/**
 * `crash-runs [--runs N] [--seed S] [--kills K] [--speed X] [--shoppers N] [--json]`: lets a mall live on a server and
 * a PostgreSQL of its own, kills both with `kill -9` at random moments, and audits what is there afterwards. Exit code 1 when
 * a run has a finding.
 */
import { parseArgs } from 'node:util'
import { crashRun } from '../bench/crash/crash-run.ts'
import { openMallStand } from '../bench/stand/mall-stand.ts'
import { runProgram } from './program.ts'
import { wholeNumber } from './recordings.ts'

const usage =
  'usage: npm run --silent crash-runs -- [--runs 30] [--seed 1] [--kills 3] [--speed 20] [--shoppers 60] [--json]'

await runProgram(usage, async () => {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '3' },
      speed: { type: 'string', default: '20' },
      shoppers: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
    },
  })
  const runs = wholeNumber('--runs', values.runs)
  const firstSeed = wholeNumber('--seed', values.seed)
  const options = {
    kills: wholeNumber('--kills', values.kills),
    speed: wholeNumber('--speed', values.speed),
    shoppersPerHour: wholeNumber('--shoppers', values.shoppers),
  }
  const stand = await openMallStand(Date.now())
  let bad = 0
  try {
    for (let at = 0; at < runs; at++) {
      const run = await crashRun(stand, { seed: firstSeed + at, ...options })
      if (run.findings.length > 0 || run.faults.length > 0) bad++
      if (values.json) console.log(JSON.stringify({ ...run, ledger: undefined, url: undefined }))
      else describe(run)
    }
  } finally {
    await stand.stop()
  }
  console.error(`${runs} crash runs, ${bad} with findings`)
  return bad === 0 ? 0 : 1
})

function describe(run: Awaited<ReturnType<typeof crashRun>>): void {
  const killed = run.kills.map(({ victim }) => victim).join(', ')
  const looked = Object.entries(run.extent).map(([what, count]) => `${count} ${what}`)
  console.log(`seed ${run.seed}: killed ${killed}; ${looked.join(', ')}; ${run.findings.length} findings`)
  for (const { check, sentence } of run.findings) console.log(`  ${check}: ${sentence}`)
  for (const fault of run.faults) console.log(`  fault of the run: ${fault}`)
}
