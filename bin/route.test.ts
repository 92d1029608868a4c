import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import { writeImdf } from '../maps/imdf/index.ts'
import { tinyArchive, tinyId } from '../maps/testing/tiny-archive.ts'

const folder = mkdtempSync(join(tmpdir(), 'atrium-route-'))
for (const [name, text] of Object.entries(writeImdf(tinyArchive()))) writeFileSync(join(folder, name), text)
test.after.always(() => {
  rmSync(folder, { recursive: true })
})

const program = new URL('route.ts', import.meta.url).pathname
const route = (...args: string[]) =>
  spawnSync(process.execPath, ['--import=tsx', program, ...args], { encoding: 'utf8' })

test('a route is told in words and as JSON, by name, id or point', (t) => {
  const spoken = route(folder, '--from', '山间咖啡', '--to', tinyId('occupant cinema'), '--lang', 'en')
  t.is(spoken.status, 0, spoken.stderr)
  t.regex(spoken.stdout, /Take the lift.* to F2/)
  const { status, stdout, stderr } = route(folder, '--from', 'F1:2,10', '--to', 'Silver Screen', '--json')
  t.is(status, 0, stderr)
  const answer = JSON.parse(stdout) as Record<string, unknown> & {
    path: { level: string; x: number; y: number }[]
  }
  t.deepEqual(Object.keys(answer), ['lengthM', 'seconds', 'levels', 'path', 'steps'])
  t.deepEqual(answer.levels, ['F1', 'F2'])
  t.deepEqual(answer.path[0], { level: 'F1', x: 2, y: 10 })
  t.notRegex(stdout, /\d\.\d{4}/, 'to the millimetre')
})

test('what has no answer says why and exits 1, what is no question exits 2', (t) => {
  const nobody = route(folder, '--from', 'Hillside Cofee', '--to', 'F1:2,10')
  t.is(nobody.status, 1)
  t.regex(nobody.stderr, /no place called "Hillside Cofee".*Did you mean 山间咖啡@F1/)
  const twice = route(folder, '--from', 'F1:2,10', '--to', '洗手间')
  t.is(twice.status, 1)
  t.regex(twice.stderr, /is 2 places/)
  t.is(route(folder, '--from', 'F1:2,10', '--to', '洗手间@F2').status, 0)
  const nowhere = route(folder, '--from', 'F9:2,10', '--to', 'nearest:restroom')
  t.is(nowhere.status, 1)
  t.regex(nowhere.stderr, /no level "F9"; the venue has F1, F2/)
  const beyond = route(folder, '--from', `F1:${'9'.repeat(23)},10`, '--to', 'nearest:restroom')
  t.is(beyond.status, 1)
  t.regex(beyond.stderr, /more than 15 m from where anybody can walk/)
  const cinema = route(folder, '--from', 'F1:2,10', '--to', 'nearest:aquarium')
  t.is(cinema.status, 1)
  t.regex(cinema.stderr, /nothing of the kind "aquarium".* It has .*restroom/)
  t.is(route(folder, '--from', 'F1:2,10').status, 2)
  t.is(route(folder, '--from', 'F1:2,10', '--to', 'F1:3,10', '--profile', 'flying').status, 2)
})

test('where there is no way it says so in the words of the question', (t) => {
  const archive = tinyArchive()
  const unit = archive.features.unit.map((each) =>
    each.properties.category === 'elevator'
      ? { ...each, properties: { ...each.properties, category: 'nonpublic', restriction: 'employeesonly' } }
      : each,
  )
  const bare = mkdtempSync(join(tmpdir(), 'atrium-route-'))
  t.teardown(() => {
    rmSync(bare, { recursive: true })
  })
  const files = writeImdf({
    ...archive,
    features: { ...archive.features, unit, relationship: [], amenity: [] },
  })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(bare, name), text)
  const { status, stdout, stderr } = route(bare, '--from', '山间咖啡', '--to', 'Silver Screen')
  t.is(status, 1, stdout)
  t.regex(stderr, /There is no way from 山间咖啡 to Silver Screen \(fastest\)/)
})

test('help is printed and is no error', (t) => {
  const { status, stdout, stderr } = route('--help')
  t.deepEqual([status, stderr], [0, ''])
  for (const option of ['--from', '--to', '--profile', '--lang', '--json', 'nearest:']) {
    t.true(stdout.includes(option), option)
  }
})
