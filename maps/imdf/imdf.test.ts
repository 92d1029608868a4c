import test from 'ava'
import fc from 'fast-check'
import type { Archive, Json } from '../model/index.ts'
import { jsonAt, parseJson, pathInto, withMember } from '../testing/edit-json.ts'
import { tinyArchive, tinyId } from '../testing/tiny-archive.ts'
import { maxProblems, ProblemList, readImdf, writeImdf } from './index.ts'
import { maxTextLength } from './schema.ts'

/** The archive read from these files; fails the test loudly when it is refused. */
function accepted(files: Readonly<Record<string, string>>): Archive {
  const read = readImdf(files)
  if ('refused' in read) throw new Error(JSON.stringify(read.problems, null, 1))
  return read.archive
}

const tinyFiles = () => writeImdf(tinyArchive())

const unitId = (place: number) => tinyArchive().features.unit[place]!.id

test('gives an archive back as it was written', (t) => {
  t.deepEqual(accepted(tinyFiles()), tinyArchive())
  t.deepEqual(writeImdf(accepted(tinyFiles())), tinyFiles())
})

test('keeps members that the standard does not know, on features, properties and collections', (t) => {
  let files = withMember(tinyFiles(), 'unit.geojson', ['crs'], {
    type: 'name',
    properties: { name: 'CRS84' },
  })
  files = withMember(files, 'unit.geojson', ['features', 1, 'bbox'], [120, 30, 121, 31])
  files = withMember(files, 'unit.geojson', ['features', 1, 'properties', 'acme:rent'], {
    fen: [1, null, 'x'],
  })
  files = withMember(files, 'unit.geojson', ['features', 1, 'geometry', 'note'], 'surveyed')
  const read = accepted(files)
  t.deepEqual(parseJson(writeImdf(read)['unit.geojson']!), parseJson(files['unit.geojson']!))
  t.deepEqual(accepted(writeImdf(read)), read)
})

test('keeps the order of features', (t) => {
  const order = (archive: Archive) => archive.features.unit.map((unit) => unit.id)
  const units = jsonAt(parseJson(tinyFiles()['unit.geojson']!), ['features'])
  const reversed = Array.isArray(units) ? [...(units as readonly Json[])].reverse() : null
  const read = accepted(withMember(tinyFiles(), 'unit.geojson', ['features'], reversed))
  t.deepEqual(order(read), order(tinyArchive()).reverse())
  t.deepEqual(order(accepted(writeImdf(read))), order(tinyArchive()).reverse())
})

test('keeps other JSON files as extensions and names the files it drops', (t) => {
  const beacon = { type: 'FeatureCollection', features: [{ type: 'Feature', id: 'b1', geometry: null }] }
  const read = readImdf({
    ...tinyFiles(),
    'beacon.geojson': JSON.stringify(beacon),
    'constructor.json': '{"a":1}',
    'readme.txt': 'hello',
    'deep/er/unit.geojson': '{}',
  })
  if ('refused' in read) return t.fail()
  t.deepEqual(Object.entries(read.archive.extensions), [
    ['beacon', beacon],
    ['constructor', { a: 1 }],
  ])
  t.deepEqual(
    read.problems.map(({ code, file }) => [code, file]),
    [
      ['file-not-kept', 'readme.txt'],
      ['file-not-kept', 'deep/er/unit.geojson'],
    ],
  )
  t.deepEqual(accepted(writeImdf(read.archive)), read.archive)
})

test('takes an UUID in capitals for the one in lower case, in ids, references and files of its own', (t) => {
  const capitals = (text: string) =>
    text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (uuid) => uuid.toUpperCase())
  const beacon = JSON.stringify({ level_id: tinyId('level F1'), note: 'AB' })
  const files: Readonly<Record<string, string>> = { ...tinyFiles(), 'beacon.json': beacon }
  const shouted = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, capitals(text)]))
  t.notDeepEqual(shouted, files)
  t.deepEqual(accepted(shouted), accepted(files))
  const half = { ...files, 'level.geojson': capitals(files['level.geojson'] ?? '') }
  t.deepEqual(accepted(half), accepted(files))
})

test('a number beyond its limit is no text that is too long', (t) => {
  const files = withMember(tinyFiles(), 'level.geojson', ['features', 0, 'properties', 'ordinal'], 1e300)
  const [problem] = readImdf(files).problems
  t.regex(problem?.message ?? '', /^Expected at most \d+ in properties\.ordinal, got 1e\+300\./)
})

test('reads an archive inside one folder and behind byte order marks', (t) => {
  const files = Object.entries(tinyFiles()).map(([name, text]) => [`Mall v2/${name}`, `\ufeff${text}`])
  const inFolder = Object.fromEntries(files) as Record<string, string>
  t.deepEqual(accepted(inFolder), tinyArchive())
  t.like(readImdf({ ...inFolder, 'unit.geojson': '{}' }).problems, [
    { severity: 'warning', code: 'file-not-kept', file: 'unit.geojson' },
  ])
})

test('refuses an archive without a manifest and says so', (t) => {
  const files = new Map(Object.entries(tinyFiles()))
  files.delete('manifest.json')
  const read = readImdf(Object.fromEntries(files))
  t.like(read, { refused: 'bad-archive', problems: [{ code: 'missing-manifest', file: 'manifest.json' }] })
  t.regex(read.problems[0]!.message, /Expected manifest\.json .* got 11 files/)
})

test('names file, feature, field, what was expected and what came, for every fault at once', (t) => {
  const damage: [path: (string | number)[], value: Json | undefined][] = [
    [[0, 'properties', 'level_id'], 7],
    [[1, 'geometry', 'type'], 'Blob'],
    [
      [2, 'geometry', 'coordinates', 0, 1],
      [120.5, '30'],
    ],
    [[3, 'properties', 'category'], undefined],
    [[4, 'id'], undefined],
    [[5], null],
    [[6, 'feature_type'], 'level'],
  ]
  let files = tinyFiles()
  for (const [path, value] of damage) files = withMember(files, 'unit.geojson', ['features', ...path], value)
  const read = readImdf({ ...files, 'level.geojson': '[1]', 'opening.geojson': '{"type":"Feat' })
  t.true('refused' in read)
  const faults = read.problems.map((each) => `${each.file} ${each.feature} ${each.field}: ${each.message}`)
  const expected: [place: string, message: RegExp][] = [
    [`unit.geojson ${unitId(0)} properties.level_id:`, /Expected text .* got 7\. Correct/],
    [`unit.geojson ${unitId(1)} geometry.type:`, /"Polygon" or "MultiPolygon" .* got "Blob"/],
    [`unit.geojson ${unitId(2)} geometry.coordinates.0.1.1:`, /Expected a number .* got "30"/],
    [`unit.geojson ${unitId(3)} properties.category:`, /Expected text .* got nothing\. Add it/],
    ['unit.geojson feature 5 id:', /Expected text in id, got nothing/],
    ['unit.geojson feature 6 :', /Expected an object here, got null/],
    [`unit.geojson ${unitId(6)} feature_type:`, /Expected "unit" .* got "level"/],
    ['level.geojson', /FeatureCollection .* got a list of 1/],
    ['opening.geojson', /Expected JSON/],
  ]
  for (const [place, message] of expected) {
    t.regex(faults.find((each) => each.startsWith(place)) ?? `no fault at ${place}`, message)
  }
  t.is(faults.length, expected.length)
})

test('refuses a manifest without its members and warns of another version', (t) => {
  const without = readImdf(withMember(tinyFiles(), 'manifest.json', ['language'], undefined))
  t.like(without, { refused: 'bad-archive', problems: [{ code: 'bad-manifest', field: 'language' }] })
  const other = readImdf(withMember(tinyFiles(), 'manifest.json', ['version'], '2.0.0'))
  t.like(other, { problems: [{ severity: 'warning', code: 'unknown-version' }] })
  t.true('archive' in other)
})

test('takes ids that are no UUIDs, with one warning a file', (t) => {
  const files = withMember(tinyFiles(), 'unit.geojson', ['features', 0, 'id'], 'shop-1')
  const read = readImdf(withMember(files, 'unit.geojson', ['features', 1, 'id'], 'shop-2'))
  t.true('archive' in read)
  t.is(read.problems.length, 1)
  t.like(read.problems[0], { severity: 'warning', code: 'id-not-uuid', feature: 'shop-1' })
})

test('refuses a name too long for any screen, and nesting too deep to walk', (t) => {
  const long = withMember(
    tinyFiles(),
    'occupant.geojson',
    ['features', 0, 'properties', 'name', 'zh'],
    '长'.repeat(maxTextLength + 1),
  )
  const named = readImdf(long)
  t.true('refused' in named)
  t.is(named.problems[0]?.field, 'properties.name.zh')
  const deep = '['.repeat(20_000) + ']'.repeat(20_000)
  const nested = readImdf({ ...tinyFiles(), 'acme.json': `{"note":"[[[","deep":${deep}}` })
  t.true('refused' in nested)
  t.regex(nested.problems[0]?.message ?? '', /deeper than 64/)
})

test('refuses a file that comes as .json and as .geojson', (t) => {
  const files = tinyFiles()
  const read = readImdf({ ...files, 'unit.json': files['unit.geojson']! })
  t.like(read, { refused: 'bad-archive', problems: [{ code: 'file-twice', file: 'unit.json' }] })
})

test('lists a bounded number of problems, errors first, and counts the others', (t) => {
  const empty = Array.from({ length: maxProblems + 50 }, () => ({}))
  const read = readImdf(withMember(tinyFiles(), 'unit.geojson', ['features'], empty))
  t.is(read.problems.length, maxProblems + 1)
  t.like(read.problems[maxProblems], { severity: 'error', code: 'more-problems' })
  const list = new ProblemList(2)
  const problem = { code: 'x', feature: '', message: '' }
  list.addAll([
    { ...problem, severity: 'warning' },
    { ...problem, severity: 'error' },
    { ...problem, severity: 'warning' },
  ])
  t.deepEqual(
    list.list().map(({ severity, code }) => `${severity} ${code}`),
    ['error x', 'warning x', 'warning more-problems'],
  )
})

test('never throws on a damaged archive, and reads again whatever it accepts', (t) => {
  const files = tinyFiles()
  const junk: fc.Arbitrary<Json | undefined> = fc.oneof(
    fc.constant(undefined),
    fc.json({ maxDepth: 2 }).map(parseJson),
    fc.constantFrom<Json>(null, '', [], {}, [[]], [[[]]], [[[[]]]], -1),
  )
  let refused = 0
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(files)),
      fc.noBias(fc.array(fc.nat(), { minLength: 3, maxLength: 8 })),
      junk,
      (name, choices, value) => {
        const features = jsonAt(parseJson(files[name]!), ['features']) ?? null
        const path = name === 'manifest.json' ? [] : ['features', ...pathInto(features, choices)]
        const read = readImdf(withMember(files, name, path, value))
        if ('refused' in read) {
          refused++
          return read.problems.length > 0
        }
        return JSON.stringify(accepted(writeImdf(read.archive))) === JSON.stringify(read.archive)
      },
    ),
    { seed: 20094, numRuns: 1000 },
  )
  t.log(`${refused} of 1000 damaged archives were refused`)
  t.true(refused > 500 && refused < 980)
})

test('keeps any further property through export and import', (t) => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }).map(parseJson), (extra) => {
      const path = ['features', 0, 'properties', 'extra']
      const read = accepted(withMember(tinyFiles(), 'occupant.geojson', path, extra))
      const occupants = accepted(writeImdf(read)).features.occupant
      const kept = occupants.find((each) => each.id === tinyId('occupant coffee'))!.properties
      return JSON.stringify(Reflect.get(kept, 'extra')) === JSON.stringify(extra)
    }),
    { seed: 20094, numRuns: 200 },
  )
  t.pass()
})
