import { existsSync } from 'node:fs'
import test from 'ava'
import { chromium } from 'playwright-core'
import { platformContract } from '../contract/index.ts'
import { readConfig } from '../platform/config.ts'
import { createLog } from '../platform/log.ts'
import { createMetricsRegistry } from '../platform/metrics.ts'
import { createHttpApp, listen, platformRoutes } from './index.ts'

const executablePath = process.env.ATRIUM_CHROMIUM ?? '/usr/bin/chromium'

test('the API page shows every endpoint, tries one, and loads nothing from elsewhere', async (t) => {
  if (!existsSync(executablePath)) {
    t.log('left out: no Chromium on this machine')
    return t.pass()
  }
  const config = readConfig({ NODE_ENV: 'test' })
  if ('refused' in config) throw new Error('bad config')
  const log = createLog({ level: 'silent' })
  const registry = createMetricsRegistry()
  const routes = platformRoutes({
    config,
    version: '1.2.3',
    engine: 'embedded',
    registry,
    clock: () => 0,
    readiness: {},
    endpoints: [],
  })
  const app = createHttpApp({
    config,
    log,
    registry,
    newId: () => 'fresh-id',
    routes,
    services: {
      authenticate: () => Promise.resolve(undefined),
      transaction: () => Promise.reject(new Error('no database here')),
      clock: () => 0,
      requestHashKey: new Uint8Array(32),
    },
  })
  const listening = await listen({
    handler: app.callback(),
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 30_000,
    shutdownGraceMs: 0,
    log,
  })
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  t.teardown(async () => {
    await browser.close()
    await listening.stop()
  })
  const page = await browser.newPage()
  const trouble: string[] = []
  const origins = new Set<string>()
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) trouble.push(message.text())
  })
  page.on('pageerror', (error) => trouble.push(error.message))
  page.on('request', (request) => {
    if (request.url().startsWith('http')) origins.add(new URL(request.url()).origin)
  })
  await page.goto(`${listening.address}/docs`)
  await page.waitForSelector('.opblock')
  t.is(await page.title(), 'Atrium 接口 · API')
  t.is(await page.locator('.opblock').count(), Object.keys(platformContract).length)
  const healthz = page.locator('#operations-Platform-healthz')
  await healthz.locator('.opblock-summary-control').click()
  await healthz.getByText('Try it out').click()
  await healthz.getByText('Execute').click()
  await healthz.locator('.live-responses-table').getByText('"alive": true').waitFor()
  t.deepEqual([...origins], [listening.address])
  t.deepEqual(trouble, [])
})
