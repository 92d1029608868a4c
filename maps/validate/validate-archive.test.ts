import test from 'ava'
import fc from 'fast-check'
import { join } from 'node:path'
import { readCompetition } from '../competition/index.ts'
import { readImdf, writeImdf } from '../imdf/index.ts'
import type { Archive, Json, Problem } from '../model/index.ts'
import { jsonAt, parseJson, pathInto, withMember } from '../testing/edit-json.ts'
import { readFilesBelow } from '../testing/read-files.ts'
import { realMallDir } from '../testing/real-mall.ts'
import { tinyArchive, tinyBox, tinyId, tinyLonLat, tinyPolygon } from '../testing/tiny-archive.ts'
import type { TinyName } from '../testing/tiny-archive.ts'
import { validateArchive } from './index.ts'

const tinyFiles = () => writeImdf(tinyArchive())

function accepted(files: Readonly<Record<string, string>>): Archive {
  const read = readImdf(files)
  if ('refused' in read) throw new Error(JSON.stringify(read.problems, null, 1))
  return read.archive
}

type Edit = readonly [name: TinyName, path: readonly (string | number)[], value: Json | undefined]

/** Problems of the tiny mall with these members of its features changed. */
function problemsWith(...edits: Edit[]): Problem[] {
  let files = tinyFiles()
  for (const [name, path, value] of edits) {
    const file = `${name.split(' ')[0] ?? ''}.geojson`
    const features = jsonAt(parseJson(files[file]!), ['features']) as readonly Json[]
    const index = features.findIndex((feature) => jsonAt(feature, ['id']) === tinyId(name))
    files = withMember(files, file, ['features', index, ...path], value)
  }
  return validateArchive(accepted(files))
}

/** Code, feature and field of each problem. */
const told = (problems: readonly Problem[]) =>
  problems.map(({ severity, code, feature, field }) => [severity, code, feature, field])

test('finds nothing wrong with a faultless mall', (t) => {
  t.deepEqual(validateArchive(tinyArchive()), [])
})

const unknown = '0a7e1e00-0000-4000-8000-999999999999'

const references: readonly (readonly [Edit, code: string])[] = [
  [['unit F1 books', ['properties', 'level_id'], unknown], 'unknown-level'],
  [['opening F1 books', ['properties', 'level_id'], tinyId('unit F1 books')], 'unknown-level'],
  [['anchor books', ['properties', 'unit_id'], unknown], 'unknown-unit'],
  [['amenity F1 toilet', ['properties', 'unit_ids', 0], unknown], 'unknown-unit'],
  [['occupant books', ['properties', 'anchor_id'], unknown], 'unknown-anchor'],
  [['venue', ['properties', 'address_id'], unknown], 'unknown-address'],
  [['level F1', ['properties', 'building_ids', 0], unknown], 'unknown-building'],
  [['footprint', ['properties', 'building_ids', 0], unknown], 'unknown-building'],
]
for (const [edit, code] of references) {
  const [name, path] = edit
  test(`names a reference to nothing: ${path.slice(1).join('.')} of ${name}`, (t) => {
    const found = problemsWith(edit).filter((problem) => problem.code === code)
    t.deepEqual(told(found), [['error', code, tinyId(name), `properties.${String(path[1])}`]])
    t.regex(found[0]!.message, /^Expected the id of a .* got .* Add the .* or correct the id\.$/)
  })
}

test('names ends of relationships that are not there or of another type', (t) => {
  const gone = problemsWith(['relationship lift', ['properties', 'origin', 'id'], unknown])
  t.deepEqual(told(gone), [['error', 'unknown-unit', tinyId('relationship lift'), 'properties.origin']])
  const other = problemsWith(['relationship lift', ['properties', 'destination', 'feature_type'], 'level'])
  t.deepEqual(told(other), [
    ['error', 'unknown-level', tinyId('relationship lift'), 'properties.destination'],
  ])
  t.regex(other[0]!.message, /which is a unit/)
})

test('names an id that two features of different files have', (t) => {
  const twice = problemsWith(['occupant books', ['id'], tinyId('unit F1 coffee')])
  t.deepEqual(told(twice), [['error', 'duplicate-id', tinyId('unit F1 coffee'), 'id']])
  t.regex(twice[0]!.message, /occupant "纸上书店" has the id of unit/)
})

test('names a bow-tie, its level and the place on it in metres', (t) => {
  const bowTie = tinyPolygon([0, 0], [40, 8], [40, 0], [0, 8])
  const problems = problemsWith(['unit F1 books', ['geometry'], bowTie])
  const [problem] = problems
  t.like(problem, {
    severity: 'error',
    code: 'self-intersection',
    feature: tinyId('unit F1 books'),
    level: tinyId('level F1'),
    at: { x: 20, y: 4 },
  })
  t.regex(problem!.message, /^Unit "纸上书店": Expected .* Move the corners apart\.$/)
})

test('names what is wrong with the venue and its levels as a whole', (t) => {
  const without = (...names: string[]) => {
    const files = Object.entries(tinyFiles()).filter(([name]) => !names.includes(name))
    return validateArchive(accepted(Object.fromEntries(files)))
  }
  t.true(without('venue.geojson').some(({ code }) => code === 'no-venue'))
  t.true(without('level.geojson', 'unit.geojson').some(({ code }) => code === 'no-levels'))
  t.deepEqual(
    without('unit.geojson', 'opening.geojson', 'amenity.geojson', 'anchor.geojson', 'relationship.geojson')
      .filter(({ code }) => code === 'level-without-units')
      .map(({ severity, feature }) => [severity, feature]),
    [
      ['warning', tinyId('level F1')],
      ['warning', tinyId('level F2')],
    ],
  )
  t.deepEqual(told(problemsWith(['level F2', ['properties', 'ordinal'], 0])), [
    ['error', 'duplicate-ordinal', tinyId('level F2'), 'properties.ordinal'],
  ])
})

test('names levels of nonsense size and frames that do not measure metres', (t) => {
  const large = problemsWith(['level F2', ['geometry'], tinyBox(0, 0, 5200, 20)])
  t.deepEqual(told(large), [['error', 'level-too-large', tinyId('level F2'), 'geometry']])
  const feet = problemsWith(['level F2', ['properties', 'frame', 'metresPerDegree'], [316293, 365219]])
  t.deepEqual(told(feet), [['error', 'frame-implausible', tinyId('level F2'), 'properties.frame']])
  t.deepEqual(problemsWith(['level F2', ['properties', 'frame'], undefined]), [])
})

test('tells a unit that sticks out of its level from one that is elsewhere', (t) => {
  const within = problemsWith(['unit F1 books', ['geometry'], tinyBox(0, -0.1, 40, 8)])
  t.deepEqual(within, [])
  const out = problemsWith(['unit F1 books', ['geometry'], tinyBox(0, -1, 40, 8)])
  t.deepEqual(told(out), [['warning', 'unit-outside-level', tinyId('unit F1 books'), 'geometry']])
  t.deepEqual(out[0]!.at, { x: 20, y: -0.5 })
  t.regex(out[0]!.message, /40\.0 m² \(11 %\) lie outside/)
  const away = problemsWith(['unit F2 vacant', ['geometry'], tinyBox(100, 0, 120, 20)])
  t.deepEqual(told(away), [['error', 'unit-elsewhere', tinyId('unit F2 vacant'), 'geometry']])
})

test('warns of units that cover one another, not of walls that meet', (t) => {
  const coffee = (right: number) => problemsWith(['unit F1 coffee', ['geometry'], tinyBox(0, 12, right, 20)])
  t.deepEqual(coffee(20.1), [])
  const problems = coffee(22)
  t.deepEqual(told(problems), [['warning', 'units-overlap', tinyId('unit F1 coffee'), 'geometry']])
  t.deepEqual(problems[0]!.at, { x: 21, y: 16 })
  t.regex(problems[0]!.message, /unit "山间咖啡" and unit \(restroom\) .* 16\.0 m² in common, 20 %/)
})

test('warns of shops, names and doors that are out of place', (t) => {
  t.deepEqual(told(problemsWith(['occupant books', ['properties', 'anchor_id'], null])), [
    ['warning', 'occupant-without-place', tinyId('occupant books'), 'properties.anchor_id'],
  ])
  t.deepEqual(told(problemsWith(['anchor books', ['geometry', 'coordinates'], tinyLonLat(20, 10)])), [
    ['warning', 'anchor-outside-unit', tinyId('anchor books'), 'geometry'],
  ])
  const line = [tinyLonLat(20, 10), tinyLonLat(22, 10)]
  const problems = problemsWith(['opening F1 books', ['geometry', 'coordinates'], line])
  t.deepEqual(told(problems), [['warning', 'opening-off-wall', tinyId('opening F1 books'), 'geometry']])
  t.deepEqual(problems[0]!.at, { x: 21, y: 10 })
})

test('warns of labels in no language, of hours nobody reads and of categories nobody knows', (t) => {
  t.deepEqual(told(problemsWith(['occupant books', ['properties', 'name'], { zh: ' ' }])), [
    ['warning', 'label-empty', tinyId('occupant books'), 'properties.name'],
  ])
  t.deepEqual(told(problemsWith(['level F1', ['properties', 'short_name'], {}])), [
    ['error', 'label-empty', tinyId('level F1'), 'properties.short_name'],
  ])
  t.deepEqual(told(problemsWith(['building', ['properties', 'name'], { 'not a tag': 'x' }])), [
    ['warning', 'label-language', tinyId('building'), 'properties.name'],
  ])
  t.deepEqual(told(problemsWith(['occupant books', ['properties', 'hours'], 'always'])), [
    ['warning', 'hours-not-read', tinyId('occupant books'), 'properties.hours'],
  ])
  t.deepEqual(told(problemsWith(['unit F1 lift', ['properties', 'category'], 'elevators'])), [
    ['warning', 'unknown-category', tinyId('unit F1 lift'), 'properties.category'],
  ])
})

test('names positions of points and lines that are not on the earth', (t) => {
  const problems = problemsWith(['anchor books', ['geometry', 'coordinates'], [30, 120]])
  t.deepEqual(
    problems.filter(({ severity }) => severity === 'error').map(({ code, feature }) => [code, feature]),
    [['position-out-of-range', tinyId('anchor books')]],
  )
})

test('gives no place for what is too far away to be one', (t) => {
  const [problem] = problemsWith(['unit F1 books', ['geometry', 'coordinates', 0, 1, 0], 1.8e301])
  t.like(problem, { code: 'position-out-of-range', level: tinyId('level F1') })
  t.is(problem!.at, undefined)
})

/** Something else of the same kind, so that a reader takes it. */
function otherThan(old: Json | undefined, number: number, text: string): Json {
  if (typeof old === 'number') return number
  if (typeof old === 'string') return text
  if (typeof old === 'boolean') return !old
  return Array.isArray(old)
    ? [...(old as readonly Json[]), ...(old as readonly Json[])].reverse()
    : (old ?? null)
}

test('never throws on an archive that a reader accepts, and says every place in numbers', (t) => {
  const files = tinyFiles()
  const names = Object.keys(files).filter((name) => name !== 'manifest.json')
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, 120, 30, 120.0002, 30.0001, 181, 1e300),
  )
  const text = fc.constantFrom(unknown, tinyId('unit F1 books'), tinyId('level F2'), 'x', 'walkway')
  const damage = fc.tuple(
    fc.constantFrom(...names),
    fc.noBias(fc.array(fc.nat(), { minLength: 3, maxLength: 9 })),
    number,
    text,
  )
  let taken = 0
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
      let damaged = files
      for (const [name, choices, newNumber, newText] of damages) {
        const content = parseJson(damaged[name]!)
        const path = ['features', ...pathInto(jsonAt(content, ['features']) ?? null, choices)]
        damaged = withMember(damaged, name, path, otherThan(jsonAt(content, path), newNumber, newText))
      }
      const read = readImdf(damaged)
      if ('refused' in read) return true
      taken++
      const problems = validateArchive(read.archive)
      return problems.every(({ at, message }) => message !== '' && (!at || Number.isFinite(at.x + at.y)))
    }),
    { seed: 20094, numRuns: 800 },
  )
  t.log(`${taken} of 800 damaged archives were accepted by the reader`)
  t.true(taken > 200)
})

test('looks at many units in one place without comparing each with each', (t) => {
  const { features, manifest, extensions } = tinyArchive()
  const [unit] = features.unit
  const piled = Array.from({ length: 800 }, (_, index) => ({ ...unit!, id: `pile-${index}` as never }))
  const problems = validateArchive({ manifest, extensions, features: { ...features, unit: piled } })
  t.true(problems.some(({ code }) => code === 'units-overlap'))
  t.is(problems.length, 201)
})

test('finds no error in the real mall, and what its drawing has overlapping, in less than 1.5 s', (t) => {
  const dir = realMallDir()
  if (dir === undefined) {
    t.log('ATRIUM_REAL_MALL is not set: the real mall was not validated')
    return t.pass()
  }
  const read = readCompetition(readFilesBelow(join(dir, 'venue')), { name: 'Real mall' })
  if ('refused' in read) return t.fail()
  validateArchive(read.archive)
  const start = performance.now()
  const problems = validateArchive(read.archive)
  const tookMs = performance.now() - start
  t.log(`${read.archive.features.unit.length} units in ${Math.round(tookMs)} ms`)
  t.deepEqual(
    [...new Set(problems.map(({ severity, code }) => `${severity} ${code}`))],
    ['warning units-overlap'],
  )
  t.true(tookMs < 1500)
})
