import test from 'ava'
import type { Tracker } from '../../positioning/index.ts'
import type { VenueId } from '../../maps/model/index.ts'
import { isWholeMall } from '../../maps/testing/real-mall.ts'
import type { ReportReceipt } from '../contract/presence.contract.ts'
import { newUuid } from '../platform/ids.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import type { TestServer } from '../testing/test-server.ts'
import { importVenue } from '../venues/index.ts'
import type { PresenceEvent } from './presence-event.ts'
import { coveredIn, realCase, truthOf } from './testing/real-walks.ts'
import type { RealCase } from './testing/real-walks.ts'
import { reportsOf } from './testing/replay.ts'
import { WalkScore } from './testing/score-walks.ts'
import type { Said } from './testing/score-walks.ts'

const databaseTest = databaseTests({ entities, migrations })
const mall = isWholeMall() ? realCase() : undefined

const json = { 'content-type': 'application/json' }

/** A server with the real mall, its beacons and its surveyed radio map, all of it through the API but the import. */
async function openMall(server: TestServer, { archive, placements, radioMap }: RealCase): Promise<VenueId> {
  const { database, clock, ask } = server
  const imported = await importVenue(database, {
    archive,
    problems: [],
    routes: [],
    source: 'real mall',
    publish: true,
    nowMs: clock.nowMs,
    newId: newUuid,
  })
  if ('refused' in imported) throw new Error(imported.refused)
  await server.server.maps.refresh()
  const { venueId } = imported
  const authorization = `Bearer ${await server.tokenOf('operator')}`
  const rows = placements.map(({ id, level, x, y, powerDbm }) => {
    const [uuid, major, minor] = id.split('/')
    return [
      uuid,
      major,
      minor,
      'verified',
      level,
      x.toFixed(2),
      y.toFixed(2),
      Math.round(Math.min(-20, powerDbm)),
    ].join(',')
  })
  const table = ['uuid,major,minor,state,level,x_m,y_m,measured_power_dbm', ...rows].join('\n')
  const put = async (path: string, type: string, body: string | Uint8Array<ArrayBuffer>) => {
    const answer = await ask(`/v1/venues/${venueId}/${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': type },
      body,
    })
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text.slice(0, 500)}`)
    return answer.json
  }
  const { applied } = (await put('beacons/imports?apply=true', 'text/csv', table)) as { applied: boolean }
  if (!applied) throw new Error('the beacons were not registered')
  await put('radio-maps', 'application/octet-stream', new Uint8Array(radioMap))
  await server.server.beacons.look()
  return venueId
}

async function newVisitor({ ask }: TestServer): Promise<{ visitorId: string; authorization: string }> {
  const { visitorId, token } = (await ask('/v1/visitors', { method: 'POST' })).json as {
    visitorId: string
    token: string
  }
  const authorization = `Bearer ${token}`
  const texts = (await ask('/v1/consent-texts')).json as { purpose: string; version: string }[]
  const textVersion = texts.find(({ purpose }) => purpose === 'location')?.version
  const agreed = await ask('/v1/me/consents/location', {
    method: 'PUT',
    headers: { ...json, authorization },
    body: JSON.stringify({ granted: true, textVersion, way: 'mini-program' }),
  })
  if (agreed.status !== 200) throw new Error(agreed.text)
  return { visitorId, authorization }
}

/** Replays all test walks, each as a new visitor, and judges what presence says. */
async function replay(
  server: TestServer,
  {
    mall: { walks, zones },
    venueId,
    newTracker,
  }: { mall: RealCase; venueId: VenueId; newTracker: () => Tracker | undefined },
) {
  const score = new WalkScore()
  const heard: PresenceEvent[] = []
  server.server.presence.on((event) => {
    heard.push(event)
  })
  const sources: Record<string, number> = {}
  let visit = 0
  for (const walk of walks) {
    const truth = truthOf(walk)
    if (!truth) continue
    const { visitorId, authorization } = await newVisitor(server)
    heard.length = 0
    const startMs = server.clock.nowMs
    const from = { visit: ++visit, startMs, endMs: truth.endMs, tracker: newTracker() }
    for (const { tMs, report } of reportsOf(walk.events, from)) {
      server.clock.nowMs = startMs + tMs
      const {
        status,
        json: body,
        text,
      } = await server.ask(`/v1/venues/${venueId}/sightings`, {
        method: 'POST',
        headers: { ...json, authorization },
        body: JSON.stringify(report),
      })
      if (status !== 200) throw new Error(text)
      const { position } = body as ReportReceipt
      sources[position] = (sources[position] ?? 0) + 1
    }
    const said = heard.flatMap((event): Said[] =>
      event.visitorId === visitorId && event.kind !== 'dwelled'
        ? [
            {
              kind: event.kind,
              zoneId: event.zone.id,
              tMs: event.atMs - startMs,
              appeared: event.cause.why === 'appeared',
            },
          ]
        : [],
    )
    score.add(truth, said, { zones, isCovered: coveredIn(walk.events) })
  }
  return { ...score.score, sources }
}

if (mall) {
  databaseTest(
    'replayed real walks: changes are known to the truth, and entries are noticed soon',
    async (t, database) => {
      t.timeout(1_800_000)
      if (database.engine !== 'embedded') {
        t.log('judged on the embedded engine alone: the path of a report has no statement')
        t.pass()
        return
      }
      const server = await startTestServer(t, database)
      const venueId = await openMall(server, mall)
      const phone = await replay(server, { mall, venueId, newTracker: () => mall.newTracker() })
      t.log('phone and beacons', JSON.stringify(phone))
      t.true(phone.unknownPerMinute <= 0.5, String(phone.unknownPerMinute))
      t.true(phone.delayS.p90 <= 8, String(phone.delayS.p90))
      t.is(phone.outOfTurn, 0)
      const beacons = await replay(server, { mall, venueId, newTracker: () => undefined })
      t.log('beacons alone', JSON.stringify(beacons))
    },
  )
} else {
  test('replayed real walks: changes are known to the truth, and entries are noticed soon', (t) => {
    t.log('left out: all walks of a real mall (ATRIUM_REAL_MALL=its folder ATRIUM_WHOLE_MALL=1)')
    t.pass()
  })
}
