import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import Koa from 'koa'
import { createLog } from '../platform/log.ts'
import { listen } from './listen.ts'
import { servePages } from './pages.ts'

test('serves pages by their plain names and keeps only what carries a hash', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'atrium-pages-'))
  await mkdir(join(dir, 'assets'))
  await writeFile(join(dir, 'index.html'), 'front')
  await writeFile(join(dir, 'map.html'), 'map')
  await writeFile(join(dir, 'assets', 'map-1a2b.js'), 'code')
  const app = new Koa().use(servePages(dir))
  const listening = await listen({
    handler: app.callback(),
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 5000,
    shutdownGraceMs: 0,
    log: createLog({ level: 'silent' }),
  })
  t.teardown(async () => {
    await listening.stop()
    await rm(dir, { recursive: true })
  })
  const ask = async (path: string) => {
    const response = await fetch(listening.address + path)
    return [response.status, response.headers.get('cache-control'), await response.text()]
  }
  t.deepEqual(await ask('/'), [200, 'no-cache', 'front'])
  t.deepEqual(await ask('/map'), [200, 'no-cache', 'map'])
  t.deepEqual(await ask('/assets/map-1a2b.js'), [200, 'public, max-age=31536000, immutable', 'code'])
  t.is((await ask('/missing'))[0], 404)
  t.is((await ask('/..%2f..%2fetc%2fpasswd'))[0], 403)
})
