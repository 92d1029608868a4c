import { createHash } from 'node:crypto'
import { CellGrid, decodeRadioMap, encodeRadioMap, mapOfRegistry } from '../../positioning/index.ts'
import { beaconsContract as contract, problemIdOf } from '../contract/index.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import { levelIds } from './testing/tiny-levels.ts'

const onDatabases = databaseTests({ entities, migrations })
const uuid = '30336d96-26e2-4f8d-b2bf-f039fef6495c'

/** A small radio map over a level, as bytes. */
function surveyed(level: string, minor: number): Uint8Array {
  const extents = [{ id: level, widthM: 20, heightM: 10, originXM: 0, originYM: 0 }]
  const grid = new CellGrid(extents, [new Uint8Array(50).fill(1)])
  return encodeRadioMap(
    mapOfRegistry(grid, [{ id: `${uuid}/1/${String(minor)}`, level, x: 5, y: 5, powerDbm: -59 }]),
  )
}

onDatabases(
  'the radio map comes from the registry until somebody surveys, and back again',
  async (t, database) => {
    const { client, tokenOf, venueId, server, ask } = await startTestServer(t, database)
    const operator = client(await tokenOf('operator'))
    const shopperToken = await tokenOf('shopper')
    const params = { venueId }
    const [levelId] = levelIds
    const inForce = async () => {
      await server.beacons.look()
      const answer = await client(shopperToken).call(contract.readRadioMap, { params })
      return answer.ok ? answer.body : problemIdOf(answer.problem)
    }
    const authorization = `Bearer ${await tokenOf('installer')}`
    const upload = (bytes: Uint8Array) =>
      ask(`/v1/venues/${venueId}/radio-maps?notes=spring`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/octet-stream' },
        body: new Blob([Buffer.from(bytes)]),
      })
    t.is(await inForce(), 'unknown-radio-map')
    const body = {
      identity: { uuid, major: 1, minor: 1 },
      state: 'installed' as const,
      place: { levelId, x: 3, y: 5 },
    }
    await operator.call(contract.createBeacon, { params, body })
    const made = await inForce()
    if (typeof made !== 'object') return t.fail(made)
    t.is(made.source, 'registry')
    const fetched = await fetch(`${server.address}${made.url}`, {
      headers: { authorization: `Bearer ${shopperToken}` },
    })
    const bytes = new Uint8Array(await fetched.arrayBuffer())
    t.true(createHash('sha256').update(bytes).digest('hex').startsWith(made.hash))
    t.regex(fetched.headers.get('cache-control') ?? '', /^private.*immutable/)
    const [placement] = decodeRadioMap(bytes).placements
    t.like(placement, { id: `${uuid}/1/1`, level: levelId, powerDbm: -59 })
    t.deepEqual(server.beacons.radioMap(venueId), bytes)
    t.is((await ask(made.url)).status, 401, 'the identities of the beacons are not published')

    const first = await upload(surveyed(levelId, 1))
    t.is(first.status, 201)
    t.like(first.json, { number: 1, active: true, notes: 'spring', beacons: 1 })
    t.is((await upload(surveyed(levelId, 1))).status, 200, 'the same again is the same version')
    t.is((await upload(surveyed(levelId, 2))).status, 201)
    t.like(await inForce(), { source: 'survey' })
    t.is((await ask(made.url, { headers: { authorization } })).status, 404)
    const choose = (number: number | null) =>
      operator.call(contract.chooseRadioMap, { params, body: { number } })
    t.is((await choose(1)).status, 204)
    const listed = await operator.call(contract.listRadioMaps, { params })
    t.deepEqual(listed.ok && listed.body.map(({ number, active }) => [number, active]), [
      [2, false],
      [1, true],
    ])
    t.is((await choose(9)).status, 404)
    t.is((await choose(null)).status, 204)
    t.like(await inForce(), { source: 'registry', hash: made.hash })
  },
)

onDatabases(
  'bytes that are no radio map of this venue are refused and change nothing',
  async (t, database) => {
    const { tokenOf, venueId, ask } = await startTestServer(t, database)
    const authorization = `Bearer ${await tokenOf('operator')}`
    const good = surveyed(levelIds[0], 1)
    for (const bytes of [
      Uint8Array.of(1, 2, 3),
      good.subarray(0, good.length - 4),
      surveyed('another level', 1),
      new Uint8Array(0),
    ]) {
      const answer = await ask(`/v1/venues/${venueId}/radio-maps`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/octet-stream' },
        body: new Blob([Buffer.from(bytes)]),
      })
      t.is(answer.status, 422)
      t.is(answer.problem && problemIdOf(answer.problem), 'bad-radio-map')
    }
    const rows: readonly unknown[] = await database.dataSource.query('SELECT 1 FROM radio_map')
    t.is(rows.length, 0)
  },
)
