/**
 * `simulate [--hours H] [--seeds N] [--seed S] [--shoppers N] [--trouble X] [--json]`: lets a mall live for some hours
 * for each seed, in virtual time on a server and a PostgreSQL of its own, and audits what is there afterwards. Exit code 1
 * when a run has a finding. With `--server URL --operator TOKEN` it lives once, in real time, on a server that is there,
 * and `--ledger FILE` keeps what its clients believed.
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { realTime, simulate, virtualTime } from '../bench/simulate/index.ts'
import { auditRun } from '../bench/stand/audit-run.ts'
import { openMallStand } from '../bench/stand/mall-stand.ts'
import type { MallStand } from '../bench/stand/mall-stand.ts'
import { runProgram, WrongCall } from './program.ts'
import { wholeNumber } from './recordings.ts'
import { startSimulatedServer } from './simulated-server.ts'

const usage = `usage: npm run --silent simulate -- [--hours 4] [--seeds 50] [--seed 1] [--shoppers 20] [--trouble 1] [--json]
       npm run --silent simulate -- --server URL --operator TOKEN [--hours H] [--seed S] [--ledger FILE]

  --hours     of each mall
  --seeds     how many, from --seed on
  --shoppers  who arrive in an hour
  --trouble   how much goes wrong: 0 nothing, 1 what a bad day brings
  --server    live in real time on this server
  --operator  token of an operator of it
  --ledger    write what the clients believed to FILE, for npm run audit`

interface Day {
  readonly mallHours: number
  readonly shoppersPerHour: number
  readonly trouble: number
}

await runProgram(usage, async () => {
  const { values } = parseArgs({
    options: {
      hours: { type: 'string', default: '4' },
      seeds: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      shoppers: { type: 'string', default: '20' },
      trouble: { type: 'string', default: '1' },
      server: { type: 'string' },
      operator: { type: 'string' },
      ledger: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const seed = wholeNumber('--seed', values.seed)
  const day: Day = {
    mallHours: someNumber('--hours', values.hours),
    shoppersPerHour: wholeNumber('--shoppers', values.shoppers),
    trouble: someNumber('--trouble', values.trouble),
  }
  if (values.server !== undefined) {
    if (values.operator === undefined) throw new WrongCall('Expected --operator with --server.')
    const credentials = { operator: values.operator }
    const ledger = await simulate({
      ...{ ...day, seed, credentials, serverUrl: values.server, time: realTime() },
    })
    const text = JSON.stringify(ledger)
    if (values.ledger !== undefined) await writeFile(values.ledger, text)
    else console.log(text)
    return 0
  }
  const beginsMs = Date.now()
  const stand = await openMallStand(beginsMs)
  let bad = 0
  try {
    for (let at = 0; at < wholeNumber('--seeds', values.seeds); at++) {
      const run = await runSeed(stand, { ...day, seed: seed + at }, beginsMs)
      if (run.findings.length > 0) bad++
      console.log(values.json ? JSON.stringify(run) : describe(run))
    }
  } finally {
    await stand.stop()
  }
  return bad === 0 ? 0 : 1
})

async function runSeed(stand: MallStand, day: Day & { readonly seed: number }, beginsMs: number) {
  const clock = { nowMs: beginsMs }
  const url = await stand.copyMall()
  const server = await startSimulatedServer(clock, url)
  try {
    const beganMs = performance.now()
    const ledger = await simulate({
      ...{ ...day, serverUrl: server.address, time: virtualTime(clock, 1000) },
      credentials: { operator: stand.operatorToken },
    })
    const seconds = (performance.now() - beganMs) / 1000
    const audited = await auditRun(url, ledger, () => ledger.screens)
    return { seed: day.seed, mallHours: day.mallHours, seconds: Math.round(seconds), ...audited }
  } finally {
    await server.stop()
  }
}

function describe(run: Awaited<ReturnType<typeof runSeed>>): string {
  const looked = Object.entries(run.extent).map(([what, count]) => `${count} ${what}`)
  const head = `seed ${run.seed}: ${run.mallHours} h in ${run.seconds} s; ${looked.join(', ')}`
  const found = run.findings.map(({ check, sentence }) => `\n  ${check}: ${sentence}`)
  return `${head}; ${run.findings.length} findings${found.join('')}`
}

function someNumber(option: string, text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value >= 0) return value
  throw new WrongCall(`Expected a number for ${option}, got "${text}".`)
}
