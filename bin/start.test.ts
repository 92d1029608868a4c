import test from 'ava'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** What somebody who has just typed `npm start` may open. */
const screens = ['/', '/map', '/kiosk/', '/miniprogram/', '/docs', '/readyz', '/v1/venues']

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
  for (const path of screens) {
    const answer = await fetch(address + path)
    const text = await answer.text()
    t.is(answer.status, 200, `${path}: ${text.slice(0, 200)}`)
    if (path === '/v1/venues') t.is((JSON.parse(text) as unknown[]).length, 1)
  }
  child.kill('SIGINT')
  const [code] = (await exit) as [number | null]
  t.is(code, 0)
})
