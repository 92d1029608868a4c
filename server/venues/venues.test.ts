import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { v7 } from 'uuid'
import type { ExecutionContext } from 'ava'
import { featureTypes } from '../../maps/model/index.ts'
import type {
  Archive,
  FeatureByType,
  FeatureType,
  Problem,
  VenueId,
  VersionId,
} from '../../maps/model/index.ts'
import { realMallDir } from '../../maps/testing/real-mall.ts'
import { tinyArchive, tinyId, tinyPolygon } from '../../maps/testing/tiny-archive.ts'
import type { Database } from '../database/index.ts'
import { databaseTests } from '../testing/databases.ts'
import { schemaDifferences } from '../testing/schema-differences.ts'
import { readVenue } from './archive-files.ts'
import { migrations } from '../schema.ts'
import { featureEntities } from './features.entity.ts'
import { mapVersionEntity } from './map-version.entity.ts'
import { venueEntity } from './venue.entity.ts'
import {
  importVenue,
  listVenues,
  listVersions,
  publishedVersions,
  publishVersion,
  readArchive,
  validateVersion,
  venueTimeZone,
} from './index.ts'
import { PublishedMaps } from './published-maps.ts'
import type { ImportedVersion, ImportVenueInput } from './index.ts'
import { fullArchive, wildArchive } from './testing/wild-archive.ts'

const databaseTest = databaseTests({
  entities: [venueEntity, mapVersionEntity, ...featureEntities],
  migrations,
})

const nowMs = 1_800_000_000_000
const venueId = tinyId('venue')
const otherVenueId = '0a7e1e00-0000-4000-8002-000000000001' as VenueId

/** The tiny mall as it is stored before it is checked. */
function uncheckedInput(): ImportVenueInput {
  return { archive: tinyArchive(), problems: [], source: 'test.zip', nowMs, newId: v7 }
}

function input(archive: Archive, more: Partial<ImportVenueInput> = {}): ImportVenueInput {
  return { archive, problems: [], routes: [], source: 'test.zip', nowMs, newId: v7, ...more }
}

/** Imports what must not be refused. */
async function imported(t: ExecutionContext, database: Database, given: ImportVenueInput) {
  const result = await importVenue(database, given)
  if ('refused' in result) {
    t.log(result)
    throw new Error(result.refused)
  }
  return result
}

/** The archive with the first feature of a type changed. */
function withFirst<Type extends FeatureType>(
  archive: Archive,
  type: Type,
  change: (feature: FeatureByType[Type]) => object,
): Archive {
  const [first, ...rest]: readonly FeatureByType[Type][] = archive.features[type]
  return {
    ...archive,
    features: { ...archive.features, [type]: [{ ...first!, ...change(first!) }, ...rest] },
  }
}

/** The same mall with something that tells it apart. */
function edition(number: number, archive = tinyArchive()): Archive {
  return { ...archive, extensions: { edition: number } }
}

/** The same mall as another venue. */
function otherVenue(archive = tinyArchive()): Archive {
  return withFirst(archive, 'venue', () => ({ id: otherVenueId }))
}

/** All that is stored, to see that nothing changed. */
async function everything(database: Database) {
  const venues = await listVenues(database)
  const versions = await Promise.all(venues.map((venue) => listVersions(database, venue.venueId)))
  const counts = await Promise.all(
    featureTypes.map((type) => database.dataSource.query(`SELECT count(*) FROM imdf_${type}`)),
  )
  return { venues, versions, counts }
}

/** Features whose geometry the column `geom` would not give back; none of an ordinary archive. */
async function keptBeside(database: Database): Promise<number> {
  const counts = featureTypes.map((type) => `SELECT id FROM imdf_${type} WHERE foreign_members IS NOT NULL`)
  const rows: unknown[] = await database.dataSource.query(counts.join(' UNION ALL '))
  return rows.length
}

databaseTest('has the tables that the entities say', async (t, { dataSource }) => {
  t.deepEqual(await schemaDifferences(dataSource), [])
})

databaseTest('undoes its migrations and runs them again', async (t, { dataSource }) => {
  const ran = async () => (await dataSource.query<unknown[]>('SELECT 1 FROM migrations')).length
  while ((await ran()) > 0) await dataSource.undoLastMigration()
  const left: unknown[] = await dataSource.query(
    `SELECT tablename FROM pg_tables
     WHERE schemaname = 'public' AND tablename NOT IN ('spatial_ref_sys', 'migrations')`,
  )
  const ranAgain = await dataSource.runMigrations()
  t.deepEqual(left, [])
  t.is(ranAgain.length, migrations.length)
})

databaseTest('gives an archive back as it was', async (t, database) => {
  for (const archive of [tinyArchive(), fullArchive()]) {
    const { venueId, versionId } = await imported(t, database, input(archive))
    t.deepEqual(await readArchive(database, venueId, versionId), archive)
  }
  t.is(await keptBeside(database), 0)
})

databaseTest('is lossless to the last bit, whatever an archive holds', async (t, database) => {
  await fc.assert(
    fc.asyncProperty(wildArchive, async (archive) => {
      const { venueId, versionId } = await imported(t, database, input(archive))
      return isDeepStrictEqual(await readArchive(database, venueId, versionId), archive)
    }),
    { numRuns: 25, seed: 20 },
  )
  t.pass()
})

databaseTest('keeps shapes that can be asked', async (t, database) => {
  const { versionId } = await imported(t, database, input(tinyArchive()))
  const rows: { id: string }[] = await database.dataSource.query(
    `SELECT unit.id FROM imdf_anchor anchor JOIN imdf_unit unit
       ON (unit.venue_id, unit.version_id) = (anchor.venue_id, anchor.version_id)
       AND unit.level_id = $3 AND ST_Contains(unit.geom, anchor.geom)
     WHERE anchor.venue_id = $1 AND anchor.version_id = $2 AND anchor.id = $4`,
    [venueId, versionId, tinyId('level F1'), tinyId('anchor coffee')],
  )
  t.deepEqual(rows, [{ id: tinyId('unit F1 coffee') }])
})

databaseTest('makes no version of what it has already, and publishes it when asked', async (t, database) => {
  const first = await imported(t, database, input(tinyArchive()))
  const { manifest, ...archive } = tinyArchive()
  const written = { ...archive, manifest: { ...manifest, created: '2030-01-01T00:00:00Z' } }
  t.deepEqual(await imported(t, database, input(written)), { ...first, unchanged: true })
  t.deepEqual(await publishedVersions(database), [])
  await imported(t, database, input(written, { publish: true }))
  t.deepEqual(
    (await publishedVersions(database)).map(({ versionId }) => versionId),
    [first.versionId],
  )
  t.is((await listVersions(database, venueId)).length, 1)
})

databaseTest('keeps the zone of its clocks until an import names another', async (t, database) => {
  const { manager } = database.dataSource
  await imported(t, database, input(tinyArchive()))
  t.is(await venueTimeZone(manager, venueId), 'Asia/Shanghai')
  await imported(t, database, input(tinyArchive(), { timeZone: 'Asia/Kathmandu' }))
  await imported(t, database, input(tinyArchive()))
  t.is(await venueTimeZone(manager, venueId), 'Asia/Kathmandu')
  t.is(await venueTimeZone(manager, otherVenueId), undefined)
})

databaseTest('counts versions, publishes one at a time and finds the way back', async (t, database) => {
  const first = await imported(t, database, input(edition(1), { publish: true, by: 'ling' }))
  const second = await imported(t, database, input(edition(2), { nowMs: nowMs + 1 }))
  t.deepEqual([first.number, second.number], [1, 2])
  const states = async () =>
    Object.fromEntries((await listVersions(database, venueId)).map(({ number, state }) => [number, state]))
  t.deepEqual(await states(), { 1: 'published', 2: 'validated' })
  const published = await publishVersion(database, { ...second, by: 'wen', nowMs: nowMs + 2, newId: v7 })
  t.like(published, { state: 'published', publishedAtMs: nowMs + 2, publishedBy: 'wen' })
  t.deepEqual(await states(), { 1: 'retired', 2: 'published' })
  t.deepEqual(await publishVersion(database, { ...second, nowMs: nowMs + 9, newId: v7 }), published)
  await publishVersion(database, { ...first, nowMs: nowMs + 3, newId: v7 })
  t.deepEqual(await states(), { 1: 'published', 2: 'retired' })
  const [newest, oldest] = await listVersions(database, venueId)
  t.like(newest, { number: 2, retiredAtMs: nowMs + 3, createdAtMs: nowMs + 1 })
  t.like(oldest, { number: 1, createdBy: 'ling', publishedAtMs: nowMs + 3 })
  t.false('retiredAtMs' in oldest!)
  const record: { actor: string; action: string }[] = await database.dataSource.query(
    'SELECT actor, action FROM audit_entry WHERE venue_id = $1 ORDER BY at, entry_id',
    [venueId],
  )
  t.deepEqual(
    record.map(({ actor, action }) => `${actor} ${action}`),
    [
      'account:ling version.imported',
      'account:ling version.validated',
      'account:ling version.published',
      'system version.imported',
      'system version.validated',
      'account:wen version.published',
      'system version.published',
    ],
  )
})

databaseTest('a draft is validated before it is published, with its problems kept', async (t, database) => {
  const unchecked = { ...uncheckedInput(), problems: [warning('overlap')] }
  const { versionId } = await imported(t, database, unchecked)
  const version = { venueId, versionId, nowMs, newId: v7 }
  t.like((await listVersions(database, venueId))[0], { state: 'draft', problems: [{ code: 'overlap' }] })
  t.deepEqual(await publishVersion(database, version), { refused: 'not-validated' })
  await t.throwsAsync(importVenue(database, { ...unchecked, publish: true }), { message: /check it first/ })

  const checked: Archive[] = []
  const check = (archive: Archive) => {
    checked.push(archive)
    return Promise.resolve([warning('unreachable')])
  }
  const both = await Promise.all([1, 2].map(() => validateVersion(database, check, version)))
  for (const each of both) {
    t.like(each, { state: 'validated', problems: [{ code: 'overlap' }, { code: 'unreachable' }] })
  }
  t.deepEqual(checked[0], tinyArchive())
  const published = await publishVersion(database, version)
  t.like(published, { state: 'published' })
  checked.length = 0
  t.deepEqual(await validateVersion(database, check, version), published)
  t.deepEqual(checked, [])
  const unknown = { ...version, versionId: v7() as VersionId }
  t.deepEqual(await validateVersion(database, check, unknown), { refused: 'unknown-version' })
})

databaseTest('a draft in which an error is found stays one', async (t, database) => {
  const unchecked = uncheckedInput()
  const { versionId } = await imported(t, database, unchecked)
  const version = { venueId, versionId, nowMs, newId: v7 }
  const error = { ...warning('no-way-in'), severity: 'error' } as const
  const found = await validateVersion(database, () => Promise.resolve([error]), version)
  t.like(found, { state: 'draft', problems: [error] })
  t.deepEqual(await publishVersion(database, version), { refused: 'has-errors', problems: [error] })
})

databaseTest(
  'importing a draft again with its check done validates and publishes it',
  async (t, database) => {
    const unchecked = uncheckedInput()
    const first = await imported(t, database, unchecked)
    const again = await imported(t, database, input(tinyArchive(), { publish: true }))
    t.is(again.versionId, first.versionId)
    t.true(again.unchanged)
    t.like((await listVersions(database, venueId))[0], { state: 'published' })
  },
)

function warning(code: string): Problem {
  return { severity: 'warning', code, feature: '', message: 'Look at it.' }
}

databaseTest('shows the name that was published, not one that waits to be', async (t, database) => {
  await imported(t, database, input(tinyArchive(), { publish: true }))
  const { features, ...archive } = edition(2)
  const [venue] = features.venue
  const renamed = { ...venue!, properties: { ...venue!.properties, name: { zh: '改名了' } } }
  await imported(t, database, input({ ...archive, features: { ...features, venue: [renamed] } }))
  const maps = new PublishedMaps({
    clock: () => nowMs,
    publishedVersions: () => publishedVersions(database),
    readArchive: async (version) => (await readArchive(database, version.venueId, version.versionId))!,
    onBroken: (_, error) => t.fail(String(error)),
  })
  await maps.refresh()
  t.is(maps.get(venueId)?.entry.name.zh, '小商场')
})

databaseTest('does not publish what nobody made, nor what has errors', async (t, database) => {
  const unknown = { venueId, versionId: v7() as VersionId, nowMs, newId: v7 }
  t.deepEqual(await publishVersion(database, unknown), { refused: 'unknown-version' })
  const { versionId } = await imported(t, database, input(tinyArchive()))
  await database.dataSource.query(`UPDATE map_version SET state = 'draft'`)
  t.deepEqual(await publishVersion(database, { venueId, versionId, nowMs, newId: v7 }), {
    refused: 'not-validated',
  })
  t.deepEqual(await publishedVersions(database), [])
})

databaseTest('lists venues by their short names, which it makes and keeps apart', async (t, database) => {
  await imported(t, database, input(tinyArchive(), { publish: true }))
  await imported(t, database, input(otherVenue()))
  const names = async () => (await listVenues(database)).map(({ slug }) => slug)
  t.deepEqual(await names(), ['tiny-mall', 'tiny-mall-0a7e1e00'])
  const [first, second] = await listVenues(database)
  t.like(first, { venueId, name: { zh: '小商场', en: 'Tiny Mall' }, createdAtMs: nowMs })
  t.like(first?.published, { number: 1, publishedAtMs: nowMs })
  t.false('published' in second!)

  const before = await everything(database)
  const renamed = (slug: string) => importVenue(database, input(edition(2, otherVenue()), { slug }))
  t.deepEqual(await renamed('tiny-mall'), { refused: 'slug-taken', facts: { slug: 'tiny-mall' } })
  t.deepEqual(await renamed('Tiny Mall'), { refused: 'bad-slug', facts: { slug: 'Tiny Mall' } })
  t.deepEqual(await everything(database), before)
  t.false('refused' in (await renamed('second-mall')))
  t.deepEqual(await names(), ['second-mall', 'tiny-mall'])
})

databaseTest('refuses what is wrong and leaves everything as it was', async (t, database) => {
  await imported(t, database, input(tinyArchive(), { publish: true }))
  const before = await everything(database)
  const archive = edition(2)
  const bowTie = tinyPolygon([0, 0], [4, 4], [4, 0], [0, 4])
  const open = { type: 'Polygon', coordinates: [bowTie.coordinates[0].slice(0, 4)] }
  const property = (change: object) => (feature: { readonly properties: object }) => ({
    properties: { ...feature.properties, ...change },
  })
  const twice = { ...archive.features, unit: [...archive.features.unit, archive.features.unit[0]!] }
  const cases: readonly (readonly [code: string, wrong: Archive, feature?: string])[] = [
    ['database-check', withFirst(archive, 'unit', () => ({ geometry: bowTie })), tinyId('unit F1 corridor')],
    [
      'database-foreign-key',
      withFirst(archive, 'unit', property({ level_id: 'nowhere' })),
      tinyId('unit F1 corridor'),
    ],
    [
      'database-not-null',
      withFirst(archive, 'unit', property({ level_id: null })),
      tinyId('unit F1 corridor'),
    ],
    ['database-unique', { ...archive, features: twice }, tinyId('unit F1 corridor')],
    [
      'unstorable-text',
      withFirst(archive, 'occupant', property({ phone: 'a\u0000b' })),
      tinyId('occupant coffee'),
    ],
    [
      'unstorable-text',
      withFirst(archive, 'occupant', property({ note: ['\ud83d'] })),
      tinyId('occupant coffee'),
    ],
    ['one-venue', { ...archive, features: { ...archive.features, venue: [] } }],
    ['venue-id', withFirst(archive, 'venue', () => ({ id: 'mall' })), 'mall'],
    ['unit-id', withFirst(archive, 'unit', () => ({ id: 'U1' })), 'U1'],
  ]
  for (const [code, wrong, feature = ''] of cases) {
    const result = await importVenue(database, input(wrong, { publish: true }))
    const problems = 'refused' in result && result.refused === 'has-errors' ? result.problems : []
    t.deepEqual(
      problems.map((problem) => [problem.severity, problem.code, problem.feature]),
      [['error', code, feature]],
    )
    t.regex(problems[0]?.message ?? '', /^Expected .*, got .*\. .*\.$/)
  }
  // One PostGIS does not read an open ring, another reads it and finds it invalid.
  const opened = await importVenue(database, input(withFirst(archive, 'unit', () => ({ geometry: open }))))
  t.like(opened, { refused: 'has-errors' })
  const found = { severity: 'error', code: 'gap', feature: '', message: 'A gap.' } as const
  t.deepEqual(await importVenue(database, input(archive, { problems: [found] })), {
    refused: 'has-errors',
    problems: [found],
  })
  t.deepEqual(await everything(database), before)
})

databaseTest('keeps text that only looks like what it cannot keep', async (t, database) => {
  const text = String.raw`\u0000 \\u0000 \ud83d` + '\u0001\u2028😀'
  const archive = withFirst(tinyArchive(), 'occupant', () => ({ properties: { name: {}, note: text } }))
  const { versionId } = await imported(t, database, input(archive))
  t.deepEqual(await readArchive(database, venueId, versionId), archive)
})

databaseTest('gives versions imported at once numbers of their own', async (t, database) => {
  const numbers = [1, 2, 3, 4, 5, 6]
  const results = await Promise.all(
    numbers.map((number) => imported(t, database, input(edition(number), { publish: true }))),
  )
  t.deepEqual(results.map(({ number }) => number).sort(), numbers)
  const versions = await listVersions(database, venueId)
  t.is(versions.filter(({ state }) => state === 'published').length, 1)
  for (const [at, { versionId }] of results.entries()) {
    t.deepEqual(await readArchive(database, venueId, versionId), edition(numbers[at]!))
  }
})

databaseTest('makes one version of the same content imported at once', async (t, database) => {
  const results = await Promise.all(
    Array.from({ length: 4 }, () => imported(t, database, input(tinyArchive()))),
  )
  t.is(new Set(results.map(({ versionId }) => versionId)).size, 1)
  t.is(results.filter((result) => result.unchanged).length, 3)
})

databaseTest('gives venues imported at once names of their own', async (t, database) => {
  const ids = [1, 2, 3, 4].map((number) => `0a7e1e0${number}-0000-4000-8002-000000000001` as VenueId)
  await Promise.all(
    ids.map((id) => imported(t, database, input(withFirst(tinyArchive(), 'venue', () => ({ id }))))),
  )
  const slugs = (await listVenues(database)).map(({ slug }) => slug)
  t.is(new Set(slugs).size, ids.length)
  t.true(slugs.every((slug) => /^tiny-mall(-0a7e1e0\d)?$/.test(slug)))
})

databaseTest('has one published version when several are published at once', async (t, database) => {
  const versions: ImportedVersion[] = []
  for (const number of [1, 2, 3, 4]) versions.push(await imported(t, database, input(edition(number))))
  const results = await Promise.all(
    versions.map((version) =>
      publishVersion(database, { ...version, nowMs: nowMs + version.number, newId: v7 }),
    ),
  )
  t.true(results.every((result) => !('refused' in result) && result.state === 'published'))
  const states = (await listVersions(database, venueId)).map(({ state }) => state)
  t.deepEqual(states.sort(), ['published', 'retired', 'retired', 'retired'])
})

databaseTest('knows no version of another venue', async (t, database) => {
  const { versionId } = await imported(t, database, input(tinyArchive()))
  await imported(t, database, input(otherVenue()))
  t.is(await readArchive(database, otherVenueId, versionId), undefined)
  t.deepEqual(await publishVersion(database, { venueId: otherVenueId, versionId, nowMs, newId: v7 }), {
    refused: 'unknown-version',
  })
})

databaseTest('takes everything of a venue away with it, and nothing else', async (t, database) => {
  const kept = await imported(t, database, input(tinyArchive()))
  const before = await everything(database)
  await imported(t, database, input(otherVenue(fullArchive()), { publish: true }))
  await database.dataSource.query('DELETE FROM venue WHERE venue_id = $1', [otherVenueId])
  t.deepEqual(await everything(database), before)
  t.deepEqual(await readArchive(database, venueId, kept.versionId), tinyArchive())
})

databaseTest('keeps the real mall as it is', async (t, database) => {
  const dir = realMallDir()
  if (dir === undefined) {
    t.log('ATRIUM_REAL_MALL is not set: the real mall was not stored')
    t.pass()
    return
  }
  const venue = await readVenue(`${dir}/venue`, { name: 'Real mall' })
  if ('refused' in venue) {
    t.fail(venue.refused)
    return
  }
  const { archive, problems } = venue
  const { venueId, versionId } = await imported(t, database, input(archive, { problems, publish: true }))
  t.deepEqual(await readArchive(database, venueId, versionId), archive)
  t.is(await keptBeside(database), 0)
  t.true(archive.features.unit.length > 1000)
  t.true((await imported(t, database, input(archive, { problems }))).unchanged)
})
