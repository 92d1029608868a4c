import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { destinationsOf } from '../maps/directory/index.ts'
import { demoMall } from '../maps/demo/index.ts'
import { buildRoutingTables } from '../maps/routes/index.ts'
import { RandomStream } from '../positioning/index.ts'
import { mallRadio, middlingPerson, radioField, simulateWalk } from '../positioning/simulate/index.ts'
import type { BeaconSketch, VenueSketch } from '../positioning/simulate/index.ts'
import { heldAndroid } from '../positioning/testing/simulated-mall.ts'
import type { Browser } from 'playwright-core'
import { launchBrowser } from '../ui/testing/browser.ts'
import { writeKit } from './offline/kit.ts'
import type { KitRegistry } from './offline/kit.ts'
import { buildingOf, planVenue } from './plan/index.ts'
import type { PlannedBeacon, VenuePlan } from './plan/index.ts'
import { openDesk } from './testing/desk.ts'
import type { Desk } from './testing/desk.ts'
import { addressOf, factorySettings } from './testing/fleet.ts'
import { kkmBeacon } from './testing/kkm-beacon.ts'
import { startRig } from './testing/rig.ts'
import { Screen } from './testing/screen.ts'

const uuid = '30336d96-26e2-4f8d-b2bf-f039fef6495c'
const venueId = '0193a1b2-0000-7000-8000-00000000beef'
const day = 86_400_000
type Shot = readonly [picture: string, ...call: string[]]

/**
 * `npm run bench -- beacon-pictures [FOLDER]`: draws the pictures of docs/installer.md, by the tool as it is, on the demo mall.
 * @throws Error without Chromium
 */
export async function run([folder = 'docs/pictures']: readonly string[]): Promise<object> {
  const browser = await launchBrowser()
  if (!browser) throw new Error('set ATRIUM_CHROMIUM to a Chromium: the pictures are taken with it')
  const endings: (() => unknown)[] = []
  try {
    mkdirSync(folder, { recursive: true })
    const rig = await startRig({ teardown: (end) => void endings.push(end) })
    const archive = demoMall()
    const tables = buildRoutingTables(archive, destinationsOf(archive))
    const building = buildingOf(archive, tables)
    const plan = planVenue(building, [], ['F1', 'F2'])
    const levelIds = archive.features.level.map(({ id }) => id)
    const desk = await openDesk(rig, { archive })
    endings.push(() => desk.close())
    const registry = registryOf(plan, levelIds, rig.clock.nowMs)
    const info = {
      server: 'https://mall.example',
      venueId,
      venueName: { zh: '样板商场' },
      versionId: venueId,
      takenAtMs: 1,
    }
    writeKit(desk.dir, { info, archive: new Uint8Array(), registry })
    desk.files.set('walk.ndjson', walkOf(plan, building.sketch, levelIds))
    const box = Array.from({ length: 6 }, (_, n) =>
      kkmBeacon(addressOf(0x21 + n), { ...factorySettings('0'.repeat(16)), rssiDbm: -46 - 4 * n }),
    )
    for (const { beacon } of box) rig.bluez.put(beacon)
    const shots: Shot[] = [
      ['plan', 'plan', '--level', 'F3'],
      ['scan', 'scan', '--seconds', '10'],
      ['provision', 'provision', '--all', '--level', 'F2', '--near-dbm', '-75'],
      ['audit', 'audit', '--level', 'F1', '--from', 'walk.ndjson'],
      ['health', 'health'],
    ]
    for (const shot of shots) await shoot(browser, desk, folder, shot)
    // One of them hangs at its place, behind metal.
    const [hung] = box
    const { major, minor } = hung!.settings.identity
    const name = `${major}/${minor}`
    await desk.run('place', name, '--at', 'F2:100,100')
    hung!.beacon.rssiDbm = -88
    await shoot(browser, desk, folder, ['verify', 'verify', name])
    await shootPage(browser, desk, folder)
    return { folder, pictures: [...shots.map(([picture]) => picture), 'verify', 'page'] }
  } finally {
    await browser.close()
    for (const end of endings.reverse()) await end()
  }
}

/** What hangs by the plan, as the registry tells it: a few are found faulty, some batteries end. */
function registryOf({ beacons }: VenuePlan, levelIds: readonly string[], nowMs: number): KitRegistry {
  const registered = beacons.map((beacon, n) => registeredOf(beacon, n, { levelIds, nowMs }))
  const findings = (['silent', 'moved', 'weak', 'cloned'] as const).map((kind, n) => ({
    ...{ id: idOf(9000 + n), beaconId: idOf(7 + 13 * n), kind, openedAtMs: nowMs, confirmedAtMs: nowMs },
    ...{ confidence: 0.97, evidence: {}, note: '' },
  }))
  const leases = levelIds.map((levelId, n) => ({
    ...{ id: idOf(9100 + n), levelId, uuid, major: n + 1, fromMinor: 300, toMinor: 400, leasedTo: 'me' },
    expiresAtMs: nowMs + 3 * day,
  }))
  return { beacons: registered, findings, leases } as unknown as KitRegistry
}

function registeredOf(
  { levelId, level, lonLat, x, y, mount, mountHeightM }: PlannedBeacon,
  n: number,
  at: { readonly levelIds: readonly string[]; readonly nowMs: number },
) {
  return {
    ...{
      id: idOf(n),
      revision: 3,
      identity: { uuid, major: at.levelIds.indexOf(levelId) + 1, minor: n + 1 },
    },
    ...{
      state: n % 9 === 0 ? 'installed' : 'verified',
      place: { levelId, level, lonLat, x, y },
      mount,
      mountHeightM,
    },
    hardware: {
      model: n % 4 === 0 ? 'K4 CR2450' : 'KBPro-K8',
      serial: '',
      mac: addressOf(0x100 + n),
      firmware: 'V6.12',
    },
    ...{ measuredPowerDbm: -67, txPowerDbm: -8, intervalMs: 500, groups: [], notes: '' },
    battery: { percent: n % 17 === 5 ? 6 : 71, atMs: at.nowMs },
    ...{ createdAtMs: at.nowMs, updatedAtMs: at.nowMs },
  }
}

function idOf(n: number): string {
  return `0193a1b2-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

/** A walk past every beacon of F1, of which two are gone and one hangs elsewhere. */
function walkOf(plan: VenuePlan, sketch: VenueSketch, levelIds: readonly string[]): string {
  const keyed = plan.sketch.map((beacon, n) => ({
    ...beacon,
    id: `${uuid}/${levelIds.indexOf(plan.beacons[n]!.levelId) + 1}/${n + 1}`,
  }))
  const onLevel = keyed.filter(({ level }) => level === 'F1')
  const [first, ...rest] = tour(onLevel)
  const [goneA, goneB, moved] = [onLevel[10]!, onLevel[31]!, onLevel[20]!]
  const beacons = keyed.flatMap((beacon) => {
    if (beacon.id === goneA.id || beacon.id === goneB.id) return []
    return beacon.id === moved.id ? [{ ...beacon, x: onLevel[45]!.x, y: onLevel[45]!.y + 2 }] : [beacon]
  })
  const venue = { sketch, beacons, field: radioField(sketch, mallRadio, 3) }
  const departure = { x: first!.x, y: first!.y, level: 'F1', tMs: 0 }
  const legs = rest.map(({ x, y }) => ({ kind: 'walk' as const, to: { x, y } }))
  const person = { venue, person: middlingPerson, phone: heldAndroid, departure, legs }
  return simulateWalk(person, new RandomStream(3))
    .events.flatMap((event) =>
      event.kind === 'beacon'
        ? [JSON.stringify({ atMs: event.tMs, key: event.id, address: event.id, rssiDbm: event.rssiDbm })]
        : [],
    )
    .join('\n')
}

/** Always on to the nearest. */
function tour(beacons: readonly BeaconSketch[]): BeaconSketch[] {
  const left = [...beacons]
  const order = left.splice(0, 1)
  while (left.length > 0) {
    const here = order[order.length - 1]!
    const away = ({ x, y }: BeaconSketch) => Math.hypot(x - here.x, y - here.y)
    const next = left.reduce((best, one) => (away(one) < away(best) ? one : best))
    order.push(...left.splice(left.indexOf(next), 1))
  }
  return order
}

async function shoot(browser: Browser, desk: Desk, folder: string, [picture, ...call]: Shot): Promise<void> {
  const screen = new Screen({ columns: 92 })
  await desk.watch(screen, ...call)
  const page = await browser.newPage({ deviceScaleFactor: 1.5, viewport: { width: 1200, height: 800 } })
  await page.setContent(
    `<style>${style}</style><main><p>$ npm run beacons -- ${call.join(' ')}</p>${markup(screen)}</main>`,
  )
  await page.locator('main').screenshot({ path: join(folder, `beacons-${picture}.png`) })
  await page.close()
}

function markup(screen: Screen): string {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  // Each character in a box of its own width: what is aligned on a terminal is aligned in the picture.
  const lines = screen.cells().map((line) =>
    line
      .map(({ text, sgr }, at) => {
        const width = line[at + 1]?.text === '' ? 2 : 1
        return text === '' ? '' : `<i class="s${sgr} w${width}">${escaped(text)}</i>`
      })
      .join(''),
  )
  return lines
    .map((line) => `<pre>${line}</pre>`)
    .join('')
    .replace(/(<pre><\/pre>)+$/, '')
}

const style = `
body { margin: 0 }
main { display: inline-block; padding: 22px 26px; background: #14181f; color: #eef1f6; font: 15px/1.55 'Noto Sans Mono CJK SC', 'DejaVu Sans Mono', monospace }
p { margin: 0 0 8px; color: #97a1b3 }
pre { margin: 0; height: 23px; font: inherit }
i { display: inline-block; font-style: normal; white-space: pre; vertical-align: top } .w1 { width: 9px } .w2 { width: 18px }
.s1 { font-weight: 700 } .s2 { color: #97a1b3 } .s31 { color: #ff7f8c } .s32 { color: #3dbe8f } .s33 { color: #e9a955 } .s36 { color: #5b97ff }
`

/** The local page with the round on it. */
async function shootPage(browser: Browser, desk: Desk, folder: string): Promise<void> {
  const shown = new Promise<string>((resolve) => {
    desk.onPage = resolve
  })
  const served = desk.run('health', '--page')
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(await shown)
  await page.locator('.mark').first().waitFor()
  await page.screenshot({ path: join(folder, 'beacons-page.png') })
  await page.close()
  desk.stop.abort()
  await served
}
