import test from 'ava'
import { destinationsOf } from '../../maps/directory/index.ts'
import { buildRoutingTables } from '../../maps/routes/index.ts'
import { tinyArchive, tinyId, tinyLonLat } from '../../maps/testing/tiny-archive.ts'
import { launchBrowser } from '../../ui/testing/browser.ts'
import type { LocalBeacon } from '../offline/local-registry.ts'
import { findPlace } from './find-place.ts'
import { servePlacePage } from './serve-page.ts'
import type { PageRound } from './serve-page.ts'

const archive = tinyArchive()
const destinations = destinationsOf(archive)
const map = { archive, destinations, tables: buildRoutingTables(archive, destinations) }
const levelId = tinyId('level F1')
const tinyWay = { x: 10, y: 10 }

test('finds a place by metres, degrees, name and initials, and says what else it could be', (t) => {
  t.like(findPlace(map, 'F1:12.5, 10'), { level: 'F1', levelId, x: 12.5, y: 10 })
  const [lon, lat] = tinyLonLat(12, 10)
  const found = findPlace(map, `${lat},${lon}@F1`)
  t.true(!('refused' in found) && Math.hypot(found.x - 12, found.y - 10) < 0.01)
  const coffee = findPlace(map, '山间咖啡')
  t.true(!('refused' in coffee) && coffee.level === 'F1' && Math.hypot(coffee.x - 10, coffee.y - 11.5) < 1)
  t.like(findPlace(map, 'sjkf'), { level: 'F1' })
  t.like(findPlace(map, 'restroom@F2'), { level: 'F2' })
  const refusal = (text: string) => {
    const answer = findPlace(map, text)
    return 'refused' in answer ? answer.refused : undefined
  }
  t.is(refusal('F9:1,1'), 'unknown-level')
  t.is(refusal('F1:500,10'), 'outside-level')
  t.is(refusal(`${lon},${lat}@F1`), 'outside-level', 'longitude first')
  t.is(refusal('zzz'), 'unknown-place')
})

function pageParts() {
  const beacons = new Map<string, LocalBeacon>()
  for (const minor of [1, 2]) {
    const identity = { uuid: '30336d96-26e2-4f8d-b2bf-f039fef6495c', major: 1, minor }
    beacons.set(`b${minor}`, {
      ...{ key: `b${minor}`, identity, state: 'planned', mount: 'ceiling', mountHeightM: 3, waiting: 0 },
      hardware: { model: '', serial: '', mac: `C8:FD:19:00:00:0${minor}`, firmware: '' },
      ...{ measuredPowerDbm: -59, txPowerDbm: null, intervalMs: 500 },
    })
  }
  const before: LocalBeacon[] = []
  return {
    ...{ map, language: 'en' as const, port: 0 },
    round: (): Promise<PageRound | undefined> => Promise.resolve(undefined),
    beacons: () => [...beacons.values()],
    place(key: string, at: { levelId: string; x: number; y: number }) {
      const beacon = beacons.get(key)
      if (!beacon) return false
      before.push(beacon)
      beacons.set(key, { ...beacon, state: 'installed', place: { levelId: at.levelId, x: at.x, y: at.y } })
      return true
    },
    undo() {
      const last = before.pop()
      if (last) beacons.set(last.key, last)
      return last !== undefined
    },
  }
}

test('serves nobody without the token, which works once, and no page from elsewhere', async (t) => {
  const page = await servePlacePage(pageParts())
  t.teardown(() => page.close())
  const { origin } = new URL(page.url)
  const ask = (path: string, init: RequestInit = {}) => fetch(origin + path, { redirect: 'manual', ...init })
  t.is((await ask('/beacons.json')).status, 403)
  t.is((await ask('/?token=wrong')).status, 403)
  const opened = await fetch(page.url, { redirect: 'manual' })
  t.is(opened.status, 303)
  t.is((await fetch(page.url, { redirect: 'manual' })).status, 403, 'the second time')
  const cookie = opened.headers.get('set-cookie')!.split(';')[0]!
  t.is((await ask('/beacons.json', { headers: { cookie } })).status, 200)
  const body = JSON.stringify({ key: 'b1', levelId, x: 1, y: 1 })
  const post = (headers: Record<string, string>, text = body) =>
    ask('/place', { method: 'POST', headers: { cookie, ...headers }, body: text })
  t.is((await post({ origin: 'http://elsewhere.example' })).status, 403)
  t.is((await post({ origin })).status, 200)
  for (const wrong of [
    '',
    '{}',
    '[1',
    JSON.stringify({ key: 'b1', levelId, x: '1', y: 1 }),
    ' '.repeat(20_000),
  ]) {
    t.is((await post({ origin }, wrong)).status, 400)
  }
  t.is((await post({ origin }, body.replace('b1', 'b9'))).status, 404)
})

test('places a beacon by two taps, corrects it by dragging, takes it back', async (t) => {
  const browser = await launchBrowser()
  if (!browser) {
    t.log('There is no Chromium: the placing page is not tried')
    t.pass()
    return
  }
  t.teardown(() => browser.close())
  const parts = pageParts()
  const served = await servePlacePage(parts)
  t.teardown(() => served.close())
  const page = await browser.newPage({ viewport: { width: 1100, height: 700 } })
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(served.url)
  await page.locator('#levels button', { hasText: 'F1' }).click()
  const first = () => parts.beacons()[0]!
  await page.locator('#list button').first().click()
  const box = (await page.locator('#plan').boundingBox())!
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.click(x, y)
  await page.locator('.mark').waitFor()
  const placed = first().place!
  t.is(placed.levelId, levelId)
  // The middle of the picture is the middle of the walkable ground, which reaches from 8 to 20 m in y.
  t.true(Math.abs(placed.x - 20) < 1 && Math.abs(placed.y - 14) < 1, JSON.stringify(placed))
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + 60, y, { steps: 4 })
  await Promise.all([page.waitForResponse('**/place'), page.mouse.up()])
  t.true(first().place!.x > placed.x + 1 && Math.abs(first().place!.y - placed.y) < 0.5)
  await Promise.all([page.waitForResponse('**/undo'), page.locator('#undo').click()])
  t.deepEqual(first().place, placed)
  await Promise.all([page.waitForResponse('**/undo'), page.locator('#undo').click()])
  t.is(first().place, undefined)

  // Tomorrow's round: its stop goes first in the list, with its number on the plan and the way to it.
  parts.place('b2', { levelId, x: 14, y: 12 })
  const way = { levelId, points: [tinyWay, { x: 14, y: 12 }] }
  parts.round = () =>
    Promise.resolve({ minutes: 4, stops: [{ key: 'b2', why: 'silent', isUrgent: true, ways: [way] }] })
  await page.reload()
  await page.locator('.mark.urgent .stop', { hasText: '1' }).waitFor()
  t.is(await page.locator('#list h2').first().textContent(), 'Tomorrow’s round · 4 min · 1')
  t.regex((await page.locator('#list button.urgent').first().textContent()) ?? '', /silent · F1/)
  t.is(await page.locator('.way').getAttribute('points'), '10,-10 14,-12')
  t.deepEqual(complaints, [])
})
