import type { ExecutionContext } from 'ava'
import { z } from 'zod'
import { demoMall } from '../../../maps/demo/index.ts'
import { destinationsOf } from '../../../maps/directory/index.ts'
import type { VenueId } from '../../../maps/model/index.ts'
import { parkingContract as contract } from '../../contract/parking.contract.ts'
import { visitorsContract } from '../../contract/visitors.contract.ts'
import type { Database } from '../../database/index.ts'
import { newUuid } from '../../platform/ids.ts'
import { connectClient } from '../../realtime/testing/live-harness.ts'
import { entities, migrations } from '../../schema.ts'
import { fixtureTests } from '../../testing/databases.ts'
import { startTestServer } from '../../testing/test-server.ts'
import type { TestServer } from '../../testing/test-server.ts'
import { emptyParking } from '../testing/parking-server.ts'
import { until } from '../../testing/until.ts'
import { importVenue } from '../../venues/index.ts'
import { parkingMapOf } from '../lots/parking-map.ts'
import { createPlateVault } from '../plates/index.ts'
import { forgetOld, parkingHolder } from '../retention.ts'

const archive = demoMall()
const venueId = archive.features.venue[0]!.id
/** The demo mall as parking sees it, to know what to expect. */
const demo = parkingMapOf(archive, { venueId, versionId: 'demo' })
const minuteMs = 60_000

interface DemoServer extends TestServer {
  readonly tokens: Readonly<Record<'system' | 'kiosk' | 'operator' | 'shopper' | 'stranger', string>>
  readonly enter: (plate: string, minutesAgo: number, picture?: string) => Promise<string>
}

async function startDemo(t: Pick<ExecutionContext, 'teardown'>, database: Database): Promise<DemoServer> {
  const server = await startTestServer(t, database, { TOKEN_SECRET: '09'.repeat(32) })
  const { clock, client } = server
  const imported = await importVenue(database, {
    ...{ archive, problems: [], routes: [], source: 'demo', publish: true },
    ...{ nowMs: clock.nowMs, newId: newUuid },
  })
  if ('refused' in imported) throw new Error(imported.refused)
  await server.server.maps.refresh()
  const { token: operator } = await server.account(['operator'])
  const device = async (role: 'system' | 'kiosk') => {
    const made = await fetch(`${server.address}/v1/venues/${venueId}/devices`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: role, role }),
    })
    return ((await made.json()) as { token: string }).token
  }
  const tokens = {
    operator,
    system: await device('system'),
    kiosk: await device('kiosk'),
    shopper: await server.tokenOf('shopper'),
    stranger: await server.tokenOf('shopper'),
  }
  return {
    ...server,
    tokens,
    async enter(plate, minutesAgo, picture) {
      const told = await client(tokens.system).call(contract.tellBarrier, {
        params: { venueId },
        body: {
          ...{
            eventId: newUuid(),
            kind: 'entry',
            atMs: clock.nowMs - minutesAgo * minuteMs,
            gate: 'north',
            plate,
          },
          ...(picture === undefined ? {} : { picture }),
        },
      })
      if (!told.ok || told.body.ticketId === undefined) throw new Error(JSON.stringify(told))
      return told.body.ticketId
    },
  }
}

const onDemo = fixtureTests(
  { entities, migrations },
  {
    start: startDemo,
    async renew({ clock }, { dataSource }) {
      clock.nowMs = Date.now()
      await emptyParking(dataSource)
      await dataSource.query('DELETE FROM parking_tariff')
    },
  },
)

const params: { readonly venueId: VenueId } = { venueId }
const bay = demo.bays[20]!
const upper = archive.features.level.filter(({ properties }) => properties.ordinal > 0).map(({ id }) => id)
const shop = destinationsOf(archive).find(({ kind, levelId }) => kind === 'shop' && upper.includes(levelId))!

onDemo('a kiosk search shows what its owner knows the car by, and nothing else leaves', async (t, server) => {
  const { client, tokens, enter, ask, clock } = server
  const ticketId = await enter('浙A12345', 61, 'https://pictures.example/blurred/1.jpg')
  await enter('浙A12845', 30)
  await enter('沪B77777', 10)
  const sent = await ask(`/v1/venues/${venueId}/parking/searches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.kiosk}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ending: '12345' }),
  })
  t.is(sent.status, 200)
  const { candidates, hasMore } = sent.json as { candidates: Record<string, unknown>[]; hasMore: boolean }
  // Every field that leaves. A new one has to be written down here, and thought about.
  t.deepEqual(Object.keys(sent.json as object).sort(), ['candidates', 'hasMore'])
  t.deepEqual(
    candidates.map((one) => Object.keys(one).sort()),
    [
      ['candidate', 'enteredAtMs', 'picture', 'plate'],
      ['candidate', 'enteredAtMs', 'plate'],
    ],
  )
  t.false(hasMore)
  t.deepEqual(
    candidates.map(({ plate }) => plate),
    ['浙A•••45', '浙A•••45'],
    'the exact one first, then the one with a sign misread; masked',
  )
  t.is(candidates[0]!.enteredAtMs, Math.floor((clock.nowMs - 61 * minuteMs) / minuteMs) * minuteMs)
  t.notRegex(sent.text, new RegExp(`12345|12845|${ticketId}|沪B`), 'no plate, no ticket, no other car')
  // Nor in what the handle is made of.
  const handle = Buffer.from(String(candidates[0]!.candidate), 'base64url').toString('latin1')
  t.false(handle.includes(ticketId))
  const search = (token: string, ending: string) =>
    client(token).call(contract.searchCars, { params, body: { ending } })
  await enter('浙AD56789', 20)
  await enter('粤Z6543港', 20)
  for (const ending of ['AD56789', 'D56789', '6789', '6543', 'Z6543', '6543港']) {
    const found = await search(tokens.kiosk, ending)
    t.is(found.ok && found.body.candidates.length, 1, `${ending} is found`)
  }
  for (const url of ['浙a-12345', encodeURIComponent(encodeURIComponent('A·12345'))]) {
    await enter('浙A12345', 0, `https://pictures.example/${url}/2.jpg`)
    const found = await search(tokens.kiosk, 'A12345')
    t.is(found.ok && found.body.candidates[0]?.picture, undefined, 'a picture that tells the plate stays')
  }
  for (const ending of ['345', '5', '%', '1?345', '99999']) {
    const found = await search(tokens.kiosk, ending)
    t.deepEqual(found.ok && found.body.candidates, [], `${ending} finds nothing`)
  }
  const byShopper = await search(tokens.shopper, '12345')
  t.is(byShopper.status, 403, 'a shopper searches their own plates, not everybody’s')
})

onDemo('a car a kiosk found is walked to by that kiosk alone, and not for long', async (t, server) => {
  const { client, tokens, enter, clock } = server
  await enter('浙A12345', 61)
  const seen = await client(tokens.system).call(contract.tellSighting, {
    params,
    body: { plate: '浙A12345', bay: bay.code, atMs: clock.nowMs - 58 * minuteMs },
  })
  t.true(seen.ok, JSON.stringify(seen))
  const found = await client(tokens.kiosk).call(contract.searchCars, { params, body: { ending: '2345' } })
  t.true(found.ok && found.body.candidates.length === 1)
  if (!found.ok) return
  const { candidate } = found.body.candidates[0]!
  const go = (token: string, asked = candidate) =>
    client(token).call(contract.routeToCar, {
      params,
      body: { from: { place: shop.id }, to: { candidate: asked }, profile: 'step-free', lang: 'en' },
    })
  const way = await go(tokens.kiosk)
  t.true(way.ok, JSON.stringify(way))
  if (!way.ok) return
  t.like(way.body.place, { level: bay.level, source: 'camera' })
  t.is(way.body.place?.text.en, `${bay.level}, bay ${bay.code}`)
  t.is(way.body.place?.bay?.id, bay.id)
  t.true(way.body.steps.length > 2 && way.body.lengthM > 10)
  t.deepEqual(
    [...new Set(way.body.legs.flatMap((leg) => (leg.kind === 'ride' ? [leg.by] : [])))],
    ['lift'],
    'step-free rides lifts alone',
  )
  t.truthy(way.body.driveOut?.name.zh)
  // Every field that leaves to a screen. A new one has to be written down here, and thought about.
  t.deepEqual(Object.keys(way.body).sort(), [
    ...['driveOut', 'legs', 'lengthM', 'place', 'seconds', 'steps', 'summary'],
  ])
  t.deepEqual(Object.keys(way.body.place ?? {}).sort(), [
    ...['bay', 'level', 'levelId', 'radiusM', 'source', 'text', 'x', 'y'],
  ])
  t.notRegex(JSON.stringify(way.body), /浙A|12345/)
  // What an operator names is the exit of its level, in place of the map's.
  const operator = client(tokens.operator)
  const setExits = (exits: readonly { name: { zh: string; en: string }; at: { bay: string } }[]) =>
    operator.call(contract.setExits, { params, body: { exits: [...exits] } })
  const name = { zh: '西坡道', en: 'West ramp' }
  const drawn = demo.exits.length
  const named = await setExits([{ name, at: { bay: bay.id } }])
  t.true(named.ok && named.body.filter(({ by }) => by === 'operator').length === 1)
  const west = await go(tokens.kiosk)
  const out = west.ok ? west.body.driveOut : undefined
  t.deepEqual(out?.name, name)
  t.true(out !== undefined && out.distanceM <= 5, 'it is beside the car')
  t.is((await setExits([{ name, at: { bay: 'ZZ999' } }])).status, 404)
  t.true((await setExits([])).ok)
  const back = await operator.call(contract.readExits, { params })
  t.true(back.ok && back.body.length === drawn && back.body.every(({ by }) => by === 'map'))
  const otherKiosk = await client(tokens.operator).call(contract.routeToCar, {
    params,
    body: { from: { place: shop.id }, to: { candidate }, profile: 'fastest', lang: 'zh' },
  })
  t.is(otherKiosk.status, 404, 'whoever did not search cannot use it')
  t.is((await go(tokens.kiosk, `${candidate.slice(0, -2)}AA`)).status, 404)
  clock.nowMs += 11 * minuteMs
  t.is((await go(tokens.kiosk)).status, 404)
})

onDemo('a shopper finds their car by any source, and all of them together are surer', async (t, server) => {
  const { client, tokens, enter, clock } = server
  const me = client(tokens.shopper)
  const cars = async (token = tokens.shopper) => {
    const read = await client(token).call(contract.readMyCars, { params })
    if (!read.ok) throw new Error(JSON.stringify(read))
    return read.body
  }
  t.deepEqual(await cars(), [])
  const trail = {
    ...{ levelId: bay.levelId, x: bay.x + 6, y: bay.y, radiusM: 12, confidence: 0.85 },
    atMs: clock.nowMs - 5 * minuteMs,
  }
  const withoutConsent = await me.call(contract.sayMyTrail, { params, body: trail })
  t.is(withoutConsent.status, 409, 'a phone’s trail needs the consent to location')
  await enter('浙A12345', 10)
  t.is((await me.call(contract.addMyPlate, { params, body: { plate: '浙a·12345' } })).status, 200)
  const [car] = await cars()
  t.like(car, { plate: '浙A•••45' })
  t.is(car?.place, undefined, 'inside, but nobody knows where')
  const refused = await me.call(contract.routeToCar, {
    params,
    body: { from: { place: shop.id }, to: { mine: true }, profile: 'fastest', lang: 'zh' },
  })
  t.is(refused.status, 404)
  t.is((await me.call(contract.sayMyBay, { params, body: { bay: 'ZZ999', isScanned: false } })).status, 404)
  t.is((await me.call(contract.sayMyBay, { params, body: { bay: bay.id, isScanned: true } })).status, 200)
  const [named] = await cars()
  t.like(named?.place, { source: 'shopper', radiusM: 3 })
  t.is(named?.place?.text.zh, `${bay.level}，${bay.code} 车位`)
  await client(tokens.system).call(contract.tellSighting, {
    params,
    body: { plate: '浙A12345', bay: bay.id, atMs: clock.nowMs - 7 * minuteMs },
  })
  const [both] = await cars()
  t.is(both?.said.length, 2, 'the sources are kept apart')
  t.is(both?.place?.agreeing.length, 1)
  t.true((both?.place?.confidence ?? 0) > 0.99, 'and agree')
  t.deepEqual(await cars(tokens.stranger), [], 'nobody else’s')
  const way = await me.call(contract.routeToCar, {
    params,
    body: { from: { place: shop.id }, to: { mine: true }, profile: 'fastest', lang: 'zh' },
  })
  t.true(way.ok && way.body.place?.bay?.id === bay.id)
  // Moved meanwhile: what is said much later of another bay is believed.
  clock.nowMs += 40 * minuteMs
  const far = demo.bays.at(-1)!
  await client(tokens.system).call(contract.tellSighting, {
    params,
    body: { plate: '浙A12345', bay: far.id, atMs: clock.nowMs },
  })
  const [moved] = await cars()
  t.is(moved?.place?.bay?.id, far.id)
  t.is((await me.call(contract.forgetMyCar, { params })).status, 204)
  const [left] = await cars()
  t.deepEqual(
    left?.said.map(({ source }) => source),
    ['camera'],
  )
})

onDemo('a guidance system’s word makes the counts, whichever comes last', async (t, server) => {
  const { address, client, tokens, clock, database: open } = server
  const kiosk = await connectClient(t, address, { namespace: 'kiosk', token: tokens.kiosk })
  const floor = kiosk.follow(`floor:${venueId}`)
  await until('the kiosk knows the floor', () => floor.known())
  const tell = (states: readonly { bay: string; state: 'free' | 'taken' | 'reserved'; agoS: number }[]) =>
    client(tokens.system).call(contract.tellBays, {
      params,
      body: {
        states: states.map(({ bay: name, state, agoS }) => ({
          bay: name,
          state,
          atMs: clock.nowMs - agoS * 1000,
        })),
      },
    })
  const level = demo.bays.filter(({ levelId }) => levelId === bay.levelId)
  const told = await tell([
    ...level.map(({ id }) => ({ bay: id, state: 'free', agoS: 60 }) as const),
    { bay: 'ZZ999', state: 'free', agoS: 1 },
  ])
  t.deepEqual(told.ok && told.body, { changed: level.length, unknown: ['ZZ999'] })
  const later = await tell([
    { bay: bay.code, state: 'taken', agoS: 10 },
    { bay: bay.code, state: 'free', agoS: 30 },
  ])
  t.deepEqual(
    later.ok && later.body,
    { changed: 1, unknown: [] },
    'an older word of the same batch does not count',
  )
  const old = await tell([{ bay: bay.code, state: 'free', agoS: 20 }])
  t.deepEqual(old.ok && old.body, { changed: 0, unknown: [] })
  const counts = await client().call(contract.readParking, { params })
  t.true(counts.ok)
  if (!counts.ok) return
  t.like(
    counts.body.find(({ levelId }) => levelId === bay.levelId),
    {
      ...{ bays: level.length, known: level.length, free: level.length - 1 },
    },
  )
  const events: readonly { topic: string }[] = await open.dataSource.query(
    `SELECT topic FROM outbox_event WHERE topic = 'parking.counts'`,
  )
  t.is(events.length, 2, 'each change is told to the world, and only changes')
  const isLast = z.object({ levelId: z.literal(bay.levelId), free: z.literal(level.length - 1) })
  await until(
    'the kiosk has the counts',
    () => isLast.safeParse(floor.state().get(`parking:${bay.levelId}`)).success,
  )
})

onDemo('what has served its time is forgotten, and what was paid stays', async (t, server) => {
  const { client, tokens, enter, clock, database } = server
  await enter('浙A12345', 200)
  await client(tokens.system).call(contract.tellBarrier, {
    params,
    body: { eventId: 'out', kind: 'exit', atMs: clock.nowMs, gate: 'south', plate: '浙A12345' },
  })
  await enter('浙A99999', 100)
  const left = async () => {
    const rows: readonly { sealed: string | null; ended_at: Date | null }[] = await database.dataSource.query(
      'SELECT plate_sealed AS sealed, ended_at FROM parking_ticket ORDER BY entered_at',
    )
    const events: readonly unknown[] = await database.dataSource.query('SELECT FROM parking_barrier_event')
    return { plates: rows.map(({ sealed }) => sealed !== null), events: events.length }
  }
  await forgetOld(database, clock.nowMs + 29 * 24 * 60 * minuteMs)
  t.deepEqual(await left(), { plates: [true, true], events: 3 })
  await forgetOld(database, clock.nowMs + 31 * 24 * 60 * minuteMs)
  t.deepEqual(await left(), { plates: [false, true], events: 1 }, 'who is inside stays, and the event of it')
  const search = async () => {
    const found = await client(tokens.kiosk).call(contract.searchCars, { params, body: { ending: '99999' } })
    return found.ok ? found.body.candidates.length : -1
  }
  t.is(await search(), 1)
  await forgetOld(database, clock.nowMs + 61 * 24 * 60 * minuteMs)
  t.is(await search(), 0, 'nobody saw it leave; it is given up')
  t.deepEqual(await database.dataSource.query('SELECT FROM parking_ticket_token'), [])
  t.deepEqual(await left(), { plates: [false, true], events: 1 })
  await forgetOld(database, clock.nowMs + 91 * 24 * 60 * minuteMs)
  t.deepEqual(await left(), { plates: [false, false], events: 0 })
})

onDemo('an operator sets an unread entry right, and ends a stay nobody saw the end of', async (t, server) => {
  const { client, tokens, enter, clock } = server
  const operator = client(tokens.operator)
  const tickets = async (state: 'inside' | 'left' | 'unpaid' | 'unread') => {
    const listed = await operator.call(contract.listTickets, { params, query: { state, limit: 10 } })
    if (!listed.ok) throw new Error(JSON.stringify(listed))
    return listed.body
  }
  const tell = async (eventId: string, kind: 'entry' | 'exit', plate?: string) => {
    const body = {
      eventId,
      kind,
      atMs: clock.nowMs,
      gate: 'north',
      ...(plate === undefined ? {} : { plate }),
    }
    const picture = 'https://pictures.example/blurred/7.jpg'
    const told = await client(tokens.system).call(contract.tellBarrier, {
      params,
      body: { ...body, picture },
    })
    if (!told.ok) throw new Error(JSON.stringify(told))
    return told.body
  }
  t.like(await tell('a', 'entry', 'smudge'), { isNew: true, isPlateRead: false })
  t.like(await tell('b', 'entry'), { isNew: true, isPlateRead: false })
  const unread = await tickets('unread')
  t.deepEqual(unread.map(({ eventId }) => eventId).sort(), ['a', 'b'])
  t.is(unread[0]?.picture, 'https://pictures.example/blurred/7.jpg')
  const right = { params: { venueId, eventId: 'a' }, body: { plate: '浙A11111' } }
  t.is((await operator.call(contract.correctPlate, right)).status, 204)
  t.like(await tell('b', 'entry', '浙A22222'), { isNew: false, isPlateRead: true })
  t.like(await tell('b', 'entry'), { isNew: false, isPlateRead: true })
  t.deepEqual(await tickets('unread'), [])
  t.deepEqual((await tickets('inside')).map(({ plate }) => plate).sort(), ['浙A•••11', '浙A•••22'])
  const ticketId = await enter('浙A33333', 60)
  const end = () => operator.call(contract.endStay, { params: { venueId, ticketId } })
  t.is((await end()).status, 204)
  t.is((await end()).status, 404, 'it has ended')
  t.like((await tickets('left'))[0], { id: ticketId, endedBy: 'given-up' })
  await enter('浙A33333', 59)
  t.like((await tickets('left'))[0], { id: ticketId, endedBy: 'given-up' }, 'the same entry seen again')
  await tell('c', 'exit', '浙A33333')
  t.like((await tickets('left'))[0], { id: ticketId, endedBy: 'exit' }, 'it was seen leaving after all')
  const bays = await operator.call(contract.listBays, { params })
  t.is(bays.ok && bays.body.length, demo.bays.length)
})

onDemo('what an owner said is known while the car is inside, and no longer', async (t, server) => {
  const { client, tokens, enter, clock, database } = server
  const me = client(tokens.shopper)
  const places = async () => {
    const read = await me.call(contract.readMyCars, { params })
    return read.ok ? read.body.map(({ place }) => place?.bay?.id) : read.status
  }
  const say = (id: string) => me.call(contract.sayMyBay, { params, body: { bay: id, isScanned: true } })
  const tell = (kind: 'entry' | 'exit', plate: string) =>
    client(tokens.system).call(contract.tellBarrier, {
      params,
      body: { eventId: newUuid(), kind, atMs: clock.nowMs, gate: 'south', plate },
    })
  await enter('浙A12345', 38 * 60)
  await me.call(contract.addMyPlate, { params, body: { plate: '浙A12345' } })
  await say(bay.id)
  await database.dataSource.query(`UPDATE parking_car_place SET at = at - interval '37 hours'`)
  await forgetOld(database, clock.nowMs)
  t.deepEqual(await places(), [bay.id], 'inside for longer than a word without a stay is kept')
  // A camera whose clock is a day ahead does not have the last word.
  const sees = (id: string, atMs: number) =>
    client(tokens.system).call(contract.tellSighting, { params, body: { plate: '浙A12345', bay: id, atMs } })
  await sees(demo.bays.at(-1)!.id, clock.nowMs + 24 * 60 * minuteMs)
  clock.nowMs += 25 * minuteMs
  await sees(bay.id, clock.nowMs)
  await say(bay.id)
  t.deepEqual(await places(), [bay.id])
  await tell('exit', '浙A12345')
  t.deepEqual(await places(), [], 'it has left, and stands nowhere')
  // Of two cars, the word on the one that came later stays when the other leaves.
  await tell('entry', '浙A12345')
  clock.nowMs += 10 * minuteMs
  await tell('entry', '浙A67890')
  await me.call(contract.addMyPlate, { params, body: { plate: '浙A67890' } })
  await say(bay.id)
  clock.nowMs += minuteMs
  await tell('exit', '浙A12345')
  t.deepEqual(await places(), [bay.id])
  // Looking up plates one after the other ends with the day's fifth.
  const named: number[] = []
  for (let n = 0; n < 5; n++) {
    const added = await me.call(contract.addMyPlate, { params, body: { plate: `浙A5000${String(n)}` } })
    named.push(added.status)
    if (added.ok) await me.call(contract.removeMyPlate, { params: { venueId, plateId: added.body.id } })
  }
  t.deepEqual(named, [200, 200, 200, 409, 409])
  await database.dataSource.query(`UPDATE parking_plate_naming SET at = at - interval '24 hours'`)
  const next = await me.call(contract.addMyPlate, { params, body: { plate: '浙A50004' } })
  t.is(next.status, 200)
  const listed = await me.call(contract.listMyPlates, { params })
  t.deepEqual(listed.ok && listed.body.map(({ plate }) => plate).sort(), ['浙A•••04', '浙A•••45', '浙A•••90'])
})

onDemo(
  'a shopper gets out what parking keeps of them, takes it along, and can have it erased',
  async (t, server) => {
    const { client, tokens, clock, database } = server
    const secret = new Uint8Array(32).fill(9)
    const holder = parkingHolder(createPlateVault([secret]))
    const me = client(tokens.shopper)
    const added = await me.call(contract.addMyPlate, { params, body: { plate: '浙A12345' } })
    await me.call(contract.addMyPlate, { params, body: { plate: '浙A12346' } })
    await me.call(contract.addMyPlate, { params, body: { plate: '浙A12347' } })
    t.is(
      (await me.call(contract.addMyPlate, { params, body: { plate: '浙A12345' } })).status,
      200,
      'the same again',
    )
    t.is((await me.call(contract.addMyPlate, { params, body: { plate: '浙A12348' } })).status, 409)
    t.is((await me.call(contract.addMyPlate, { params, body: { plate: 'nothing' } })).status, 422)
    await me.call(contract.sayMyBay, { params, body: { bay: bay.id, isScanned: true } })
    const rows: readonly { visitor_id: string }[] = await database.dataSource.query(
      'SELECT DISTINCT visitor_id FROM parking_own_plate',
    )
    const visitorId = rows[0]!.visitor_id
    const kept = await database.transaction((manager) => holder.exportOf(manager, visitorId))
    t.like(kept, { plates: { length: 3 }, places: { length: 1 } })
    if (added.ok) {
      const removed = await me.call(contract.removeMyPlate, { params: { venueId, plateId: added.body.id } })
      t.is(removed.status, 204)
      const stranger = await client(tokens.stranger).call(contract.removeMyPlate, {
        params: { venueId, plateId: added.body.id },
      })
      t.is(stranger.status, 404)
    }
    // Joined with one who named three as well, the three named last stay, and are listed.
    const account = client(tokens.stranger)
    for (const plate of ['沪B00001', '沪B00002', '沪B00003']) {
      clock.nowMs += 1000
      await account.call(contract.addMyPlate, { params, body: { plate } })
    }
    const [other]: readonly { visitor_id: string }[] = await database.dataSource.query(
      'SELECT visitor_id FROM parking_own_plate WHERE visitor_id <> $1',
      [visitorId],
    )
    const ids = { fromId: visitorId, toId: other!.visitor_id }
    await database.transaction(async (manager) => holder.join?.(manager, ids))
    const joined = await account.call(contract.listMyPlates, { params })
    t.deepEqual(joined.ok && joined.body.map(({ plate }) => plate).sort(), [
      '沪B•••01',
      '沪B•••02',
      '沪B•••03',
    ])
    const gone = await database.transaction((manager) => holder.exportOf(manager, visitorId))
    t.is(gone, null, 'nothing is left behind')
    t.like(await database.transaction((manager) => holder.exportOf(manager, other!.visitor_id)), {
      places: { length: 1 },
    })
    await database.transaction((manager) => holder.erase(manager, other!.visitor_id))
    t.is(await database.transaction((manager) => holder.exportOf(manager, other!.visitor_id)), null)
    await database.transaction((manager) => holder.erase(manager, visitorId))
    t.is(await database.transaction((manager) => holder.exportOf(manager, visitorId)), null)
  },
)

onDemo('a phone’s trail is taken with consent, and forgotten when it is withdrawn', async (t, server) => {
  const { client, tokens, clock, database } = server
  const me = client(tokens.shopper)
  const texts = await me.call(visitorsContract.listConsentTexts, {})
  const text = texts.ok ? texts.body.find(({ purpose }) => purpose === 'location') : undefined
  const consent = (granted: boolean) =>
    me.call(visitorsContract.changeConsent, {
      params: { purpose: 'location' },
      body: { granted, textVersion: text!.version, lang: 'zh', way: 'mini-program' },
    })
  t.true((await consent(true)).ok)
  const trail = {
    ...{ levelId: bay.levelId, x: bay.x + 4, y: bay.y, radiusM: 12, confidence: 0.85 },
    // A phone whose clock runs ahead.
    atMs: clock.nowMs + 60 * minuteMs,
  }
  const said = await me.call(contract.sayMyTrail, { params, body: trail })
  t.true(said.ok && said.body.atMs === clock.nowMs, 'nobody has parked in the future')
  const upstairs = await me.call(contract.sayMyTrail, {
    params,
    body: { ...trail, levelId: shop.levelId, atMs: clock.nowMs },
  })
  t.is(upstairs.status, 404, 'no car can stand there')
  const cars = async () => {
    const read = await me.call(contract.readMyCars, { params })
    return read.ok ? read.body : []
  }
  const [car] = await cars()
  t.like(car?.place, { source: 'trail', level: bay.level })
  t.is(car?.place?.text.en, `${bay.level}, near ${car?.place?.bay?.code ?? ''}, within 15 m (likely)`)
  const way = await me.call(contract.routeToCar, {
    params,
    body: { from: { place: shop.id }, to: { mine: true }, profile: 'step-free', lang: 'en' },
  })
  t.true(way.ok && way.body.steps.at(-1)?.kind === 'arrive')
  const far = demo.bays.at(-1)!
  t.is((await me.call(contract.sayMyBay, { params, body: { bay: far.id, isScanned: true } })).status, 200)
  const sourceAfter = async (hours: number) => {
    // Tokens do not last as long as a stay does: it is said earlier, in place of asking later.
    await database.dataSource.query(`UPDATE parking_car_place SET at = $1 WHERE source = 'shopper'`, [
      new Date(clock.nowMs - 60 * hours * minuteMs),
    ])
    const again = await me.call(contract.sayMyTrail, { params, body: { ...trail, atMs: clock.nowMs } })
    t.true(again.ok)
    return (await cars())[0]?.place?.source
  }
  t.is(await sourceAfter(2), 'shopper', 'a phone that was carried about knows no better')
  t.is(await sourceAfter(13), 'trail', 'nobody stays that long')
  t.true((await consent(false)).ok)
  // The forgetting begins with the answer and needs a moment of the database.
  const sources = async () => (await cars()).flatMap(({ said: each }) => each.map(({ source }) => source))
  for (let tries = 0; tries < 200 && (await sources()).includes('trail'); tries++) {
    await new Promise(setImmediate)
  }
  t.deepEqual(await sources(), ['shopper'], 'what they said themselves is theirs to forget')
})

onDemo(
  'the demo method pays without money, says so, and is not there beside a provider',
  async (t, server) => {
    const { client, tokens, enter, clock } = server
    const prices = { bands: [{ name: 'all', fromMinute: 0, fenPerUnit: 300 }] }
    const set = (validFromMs: number) =>
      client(tokens.operator).call(contract.setTariff, {
        params,
        body: {
          validFromMs,
          definition: {
            ...{ timeZone: 'Asia/Shanghai', unitMinutes: 60, freeMinutes: 0, freeMinutesFor: 'every-stay' },
            days: { workday: prices, restday: prices, holiday: prices },
            ...{ calendar: {}, capOver: 'date', quoteMinutes: 15, exitMinutes: 15 },
          },
        },
      })
    t.is((await set(clock.nowMs - 10 * minuteMs)).status, 422, 'who is inside is not priced anew')
    t.is((await set(clock.nowMs)).status, 201)
    clock.nowMs += 90 * minuteMs
    await enter('浙A12345', 90)
    const kiosk = client(tokens.kiosk)
    const found = await kiosk.call(contract.searchCars, { params, body: { ending: '12345' } })
    if (!found.ok) return t.fail()
    const { candidate } = found.body.candidates[0]!
    const quoted = await kiosk.call(contract.quote, { params, body: { car: { candidate } } })
    if (!quoted.ok || quoted.body.quoteId === undefined) return t.fail(JSON.stringify(quoted))
    t.is(quoted.body.dueFen, 600)
    const { quoteId } = quoted.body
    const pay = (method: 'demo' | 'wechat') =>
      kiosk.call(contract.payQuote, { params: { venueId, quoteId }, body: { method } })
    t.is((await pay('wechat')).status, 409, 'WeChat Pay is not set up here')
    const begun = await pay('demo')
    if (!begun.ok) return t.fail(JSON.stringify(begun))
    t.deepEqual(begun.body.pay, { method: 'demo' })
    const at = { venueId, paymentId: begun.body.paymentId }
    const foreign = await client(await server.tokenOf('shopper')).call(contract.payDemo, { params: at })
    t.is(foreign.status, 404, 'a payment is seen by who began it')
    const paid = await kiosk.call(contract.payDemo, { params: at })
    t.true(paid.ok && paid.body.state === 'paid' && paid.body.receivedFen === 600)
    const checked = await client(tokens.system).call(contract.checkExit, {
      params,
      body: { plate: '浙A12345' },
    })
    t.true(checked.ok && checked.body.decision === 'open')
    return undefined
  },
)
