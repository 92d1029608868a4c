import test from 'ava'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { until } from '../server/testing/until.ts'
import { screens } from '../site/front/screens.ts'

/** What somebody who has just typed `npm start` may open: the front page, all it links to, and what it asks for. */
const paths = [...new Set(['/', ...screens.map(({ href }) => href), '/v1/venues', '/v1/client-config'])]

interface Shopper {
  readonly number: number
  readonly x: number
  readonly y: number
}

/** Where the simulated shoppers are. */
async function shoppersAt(address: string): Promise<readonly Shopper[]> {
  const answer = await fetch(`${address}/v1/demo/shoppers`)
  return ((await answer.json()) as { shoppers: Shopper[] }).shoppers
}

test('npm start on an empty folder shows the demo mall on every screen, and a signal stops it in order', async (t) => {
  t.timeout(180_000)
  const dataDir = await mkdtemp(join(tmpdir(), 'atrium-start-'))
  t.teardown(() => rm(dataDir, { recursive: true }))
  const child = spawn(process.execPath, ['--import=tsx', join(import.meta.dirname, 'start.ts')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', ATRIUM_DATA_DIR: dataDir },
  })
  t.teardown(() => child.kill('SIGKILL'))
  const exit = once(child, 'exit')
  const said: string[] = []
  let address: string | undefined
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line)
    address = /http:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(line)?.[0]
    if (address !== undefined) break
  }
  // What it says from here on has to go somewhere, or it waits.
  child.stderr.resume()
  if (address === undefined) throw new Error(`No address was named:\n${said.join('\n')}`)
  for (const path of paths) {
    const answer = await fetch(address + path)
    const text = await answer.text()
    t.is(answer.status, 200, `${path}: ${text.slice(0, 200)}`)
    if (path === '/v1/venues') t.is((JSON.parse(text) as unknown[]).length, 1)
    if (path === '/v1/client-config') t.true(text.includes('"simulation":true'), text)
  }
  const seen = new Map<number, Shopper>()
  await until('a simulated shopper walks', async () => {
    const shoppers = await shoppersAt(address)
    const walks = shoppers.some(({ number, x, y }) => {
      const before = seen.get(number)
      return before !== undefined && Math.hypot(x - before.x, y - before.y) > 0.5
    })
    for (const shopper of shoppers) if (!seen.has(shopper.number)) seen.set(shopper.number, shopper)
    return walks
  })
  child.kill('SIGINT')
  const [code] = (await exit) as [number | null]
  t.is(code, 0)
})
