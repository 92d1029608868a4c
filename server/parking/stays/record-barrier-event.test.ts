import fc from 'fast-check'
import type { VenueId } from '../../../maps/model/index.ts'
import { tinyArchive } from '../../../maps/testing/tiny-archive.ts'
import type { Database } from '../../database/index.ts'
import { newUuid } from '../../platform/ids.ts'
import { entities, migrations } from '../../schema.ts'
import { databaseTests } from '../../testing/databases.ts'
import { importVenue } from '../../venues/index.ts'
import { createPlateVault, readPlate } from '../plates/index.ts'
import type { Plate } from '../plates/index.ts'
import { pairStays } from './pair-stays.ts'
import { correctPlate, recordBarrierEvent } from './record-barrier-event.command.ts'
import type { SeenAtBarrier } from './record-barrier-event.command.ts'

const onDatabases = databaseTests({ entities, migrations })
const vault = createPlateVault([new Uint8Array(32).fill(7)])
const tools = { vault, newId: newUuid }
const nowMs = Date.parse('2026-11-22T10:00:00Z')
const occasion = { actor: 'device:test', nowMs, newId: newUuid }
const minutes = (count: number) => nowMs + count * 60_000

async function venueOf(database: Database): Promise<VenueId> {
  const input = {
    archive: tinyArchive(),
    problems: [],
    source: 'tiny',
    publish: false,
    nowMs,
    newId: newUuid,
  }
  const imported = await importVenue(database, input)
  if ('refused' in imported) throw new Error(imported.refused)
  return imported.venueId
}

function tell(database: Database, venueId: VenueId, seen: SeenAtBarrier) {
  return database.transaction((manager) => recordBarrierEvent(manager, occasion, { venueId, seen }, tools))
}

function correct(database: Database, venueId: VenueId, eventId: string, plate: string) {
  return database.transaction((manager) =>
    correctPlate(manager, occasion, { venueId, eventId, plate: readPlate(plate) as Plate }, tools),
  )
}

const entry = (eventId: string, at: number, plate?: string): SeenAtBarrier => ({
  ...{ eventId, kind: 'entry', atMs: minutes(at), gate: 'north' },
  ...(plate === undefined ? {} : { plate }),
})
const exit = (eventId: string, at: number, plate?: string): SeenAtBarrier => ({
  ...entry(eventId, at, plate),
  ...{ kind: 'exit', gate: 'south' },
})

/** Tickets as one reads them: plate, minutes in and out, by what. */
async function ticketsOf({ dataSource }: Database): Promise<string[]> {
  const rows: readonly {
    ticket_id: string
    venue_id: VenueId
    plate_sealed: string | null
    entered_at: Date
    ended_at: Date | null
    ended_by: string | null
  }[] = await dataSource.query('SELECT * FROM parking_ticket ORDER BY entered_at, ended_at')
  const minute = (at: Date | null) => (at ? String((at.getTime() - nowMs) / 60_000) : '')
  return rows
    .filter(({ ended_by: by }) => by !== 'void')
    .map((row) => {
      const plate =
        row.plate_sealed === null
          ? '?'
          : (vault.open(row.plate_sealed, `ticket ${row.venue_id} ${row.ticket_id}`)?.text ??
            'sealed wrongly')
      const by = row.ended_by === null ? 'inside' : `${minute(row.ended_at)} ${row.ended_by}`
      return `${plate} ${minute(row.entered_at)}-${by}`
    })
}

onDatabases('an event is taken in once however often it is told, also all at once', async (t, database) => {
  const venueId = await venueOf(database)
  const told = await Promise.all(
    Array.from({ length: 8 }, () => tell(database, venueId, entry('e1', 0, '浙A12345'))),
  )
  t.is(told.filter(({ isNew }) => isNew).length, 1)
  t.is(new Set(told.map(({ ticketId }) => ticketId)).size, 1)
  t.deepEqual(await ticketsOf(database), ['浙A12345 0-inside'])
})

onDatabases('a plate is inside once, whoever says so at the same moment', async (t, database) => {
  const venueId = await venueOf(database)
  await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      tell(database, venueId, entry(`e${index}`, index * 10, '浙A12345')),
    ),
  )
  const open = (await ticketsOf(database)).filter((ticket) => ticket.endsWith('inside'))
  t.deepEqual(open, ['浙A12345 50-inside'])
  const insert = database.dataSource.query(
    `INSERT INTO parking_ticket (venue_id, ticket_id, plate_hash, plate_sealed, entered_at, entry_gate)
     SELECT venue_id, gen_random_uuid(), plate_hash, plate_sealed, entered_at, entry_gate
     FROM parking_ticket WHERE ended_at IS NULL`,
  )
  await t.throwsAsync(insert, { message: /parking_ticket_open/ }, 'the database itself refuses a second one')
})

onDatabases('an exit that is told before its entry finds it', async (t, database) => {
  const venueId = await venueOf(database)
  const lost = await tell(database, venueId, exit('x', 60, '浙A12345'))
  t.is(lost.ticketId, undefined)
  t.deepEqual(await ticketsOf(database), [])
  const found = await tell(database, venueId, entry('e', 0, '浙A12345'))
  t.deepEqual(await ticketsOf(database), ['浙A12345 0-60 exit'])
  t.is((await tell(database, venueId, exit('x', 60, '浙A12345'))).ticketId, found.ticketId)
})

onDatabases('a misread plate that is corrected later leaves what would have been', async (t, database) => {
  const venueId = await venueOf(database)
  await tell(database, venueId, entry('e', 0, '浙A12845'))
  await tell(database, venueId, exit('x', 60, '浙A12345'))
  t.deepEqual(await ticketsOf(database), ['浙A12845 0-inside'])
  const changes = await correct(database, venueId, 'e', '浙A12345')
  t.deepEqual(
    changes?.map(({ change }) => change),
    ['left'],
  )
  t.deepEqual(await ticketsOf(database), ['浙A12345 0-60 exit'])
  t.deepEqual(await correct(database, venueId, 'e', '浙A12345'), [], 'the same correction changes nothing')
  t.is(await correct(database, venueId, 'nothing', '浙A12345'), undefined)
})

onDatabases('an entry nobody could read gets its plate, and then its exit', async (t, database) => {
  const venueId = await venueOf(database)
  const { isPlateRead } = await tell(database, venueId, entry('e', 0, '浙A1?'))
  t.false(isPlateRead)
  await tell(database, venueId, entry('e2', 5))
  t.deepEqual(await ticketsOf(database), ['? 0-inside', '? 5-inside'])
  await tell(database, venueId, exit('x', 60, '浙A12345'))
  await correct(database, venueId, 'e', '浙A12345')
  t.deepEqual(await ticketsOf(database), ['浙A12345 0-60 exit', '? 5-inside'])
})

onDatabases(
  'a correction onto a car that is inside already makes one stay of the two',
  async (t, database) => {
    const venueId = await venueOf(database)
    const first = await tell(database, venueId, entry('a', 0, '浙A12345'))
    const second = await tell(database, venueId, entry('b', 1, '浙A12845'))
    await correct(database, venueId, 'b', '浙A12345')
    t.deepEqual(await ticketsOf(database), ['浙A12345 0-inside'])
    t.is((await tell(database, venueId, entry('b', 1, '浙A12345'))).ticketId, first.ticketId)
    t.not(first.ticketId, second.ticketId)
    await correct(database, venueId, 'b', '沪B99999')
    t.deepEqual((await ticketsOf(database)).sort(), ['沪B99999 1-inside', '浙A12345 0-inside'].sort())
  },
)

onDatabases('no plate stands in the database as it was read', async (t, database) => {
  const venueId = await venueOf(database)
  await tell(database, venueId, entry('e', 0, '浙A12345'))
  for (const table of ['parking_ticket', 'parking_barrier_event', 'parking_ticket_token', 'audit_entry']) {
    const rows: unknown = await database.dataSource.query(`SELECT * FROM ${table}`)
    t.notRegex(JSON.stringify(rows), /12345|浙A/, table)
  }
})

onDatabases('only a car that is inside can be searched for', async (t, database) => {
  const venueId = await venueOf(database)
  const tokens = async () => {
    const rows: readonly unknown[] = await database.dataSource.query('SELECT FROM parking_ticket_token')
    return rows.length
  }
  await tell(database, venueId, entry('e', 0, '浙A12345'))
  t.is(await tokens(), vault.searchTokens(readPlate('浙A12345') as Plate, venueId).length)
  await tell(database, venueId, exit('x', 60, '浙A12345'))
  t.is(await tokens(), 0)
})

onDatabases(
  'tickets are what the events add up to, in whatever order and with whatever corrections',
  async (t, database) => {
    const venueId = await venueOf(database)
    const plates = ['浙A12345', '浙A12845', '沪B99999']
    const events = fc.uniqueArray(
      fc.record({
        eventId: fc.integer({ min: 0, max: 40 }).map((number) => `e${number}`),
        isEntry: fc.boolean(),
        at: fc.integer({ min: 0, max: 20 }),
        plate: fc.constantFrom(...plates),
        // What the camera read at first; the same, another plate, or nothing.
        read: fc.option(fc.constantFrom(...plates), { nil: undefined }),
      }),
      { selector: ({ eventId }) => eventId, maxLength: 6 },
    )
    const samples = fc.sample(
      events.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      { numRuns: 20, seed: 6 },
    )
    for (const [all, order] of samples) {
      await database.dataSource.query('TRUNCATE parking_ticket, parking_barrier_event CASCADE')
      const seenAs = ({ eventId, isEntry, at }: (typeof all)[number], plate: string | undefined) =>
        isEntry ? entry(eventId, at, plate) : exit(eventId, at, plate)
      for (const one of order) await tell(database, venueId, seenAs(one, one.read))
      for (const one of all) {
        await correct(database, venueId, one.eventId, one.plate)
        await tell(database, venueId, seenAs(one, one.read))
      }
      const expected = plates.flatMap((plate) =>
        pairedText(
          plate,
          all.filter((one) => one.plate === plate),
        ),
      )
      t.deepEqual((await ticketsOf(database)).sort(), expected.sort(), JSON.stringify({ all, order }))
    }
  },
)

function pairedText(
  plate: string,
  events: readonly { eventId: string; isEntry: boolean; at: number }[],
): string[] {
  const { stays } = pairStays(
    events.map(({ eventId, isEntry, at }) => ({
      eventId,
      kind: isEntry ? 'entry' : 'exit',
      atMs: minutes(at),
    })),
  )
  const minute = (atMs: number) => String((atMs - nowMs) / 60_000)
  return stays.map(({ enteredAtMs, end }) =>
    end
      ? `${plate} ${minute(enteredAtMs)}-${minute(end.atMs)} ${end.kind}`
      : `${plate} ${minute(enteredAtMs)}-inside`,
  )
}
