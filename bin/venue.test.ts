import test from 'ava'
import type { ExecutionContext } from 'ava'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { writeImdf } from '../maps/imdf/index.ts'
import { parseJson, withMember } from '../maps/testing/edit-json.ts'
import { tinyArchive, tinyId } from '../maps/testing/tiny-archive.ts'
import { readVenue, writeArchiveZip } from '../server/venues/archive-files.ts'

const program = join(import.meta.dirname, 'venue.ts')

async function venue(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--import=tsx', program, ...args])
  const closed = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  await closed
  return { code: child.exitCode, out, err }
}

/** A folder with the tiny mall as `mall.zip`, and one with a unit on no level as `bad.zip`. */
async function malls(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'atrium-venue-'))
  t.teardown(() => rm(path, { recursive: true }))
  const files = writeImdf(tinyArchive())
  await writeArchiveZip(files, join(path, 'mall.zip'))
  const bad = withMember(files, 'unit.geojson', ['features', 0, 'properties', 'level_id'], 'gone')
  await writeArchiveZip(bad, join(path, 'bad.zip'))
  return path
}

test('says what is in a sound venue and exits with 0', async (t) => {
  const path = await malls(t)
  const { code, out } = await venue('check', join(path, 'mall.zip'), '--json')
  t.is(code, 0)
  const report = parseJson(out)
  t.deepEqual(Object.keys(report ?? {}), ['levels', 'units', 'destinations', 'problems'])
  t.like(report, { levels: 2, units: 10, problems: [] })
})

test('exits with 1 for a venue with errors, and still says what is in it', async (t) => {
  const path = await malls(t)
  const { code, out } = await venue('check', join(path, 'bad.zip'))
  t.is(code, 1)
  t.regex(out, /^error: unit\.geojson .* Expected the id of a level/)
  t.regex(out, /2 levels, 10 units, \d+ destinations; 1 errors, 0 warnings\.\n$/)
})

test('finds what an import would refuse, too', async (t) => {
  const path = await malls(t)
  const files = writeImdf(tinyArchive())
  const name = ['features', 0, 'properties', 'name'] as const
  const nul = withMember(files, 'occupant.geojson', name, { zh: 'a\u0000b' })
  await writeArchiveZip(nul, join(path, 'nul.zip'))
  const { code, out } = await venue('check', join(path, 'nul.zip'), '--json')
  t.is(code, 1)
  t.like(parseJson(out), { levels: 2, problems: [{ severity: 'error', code: 'unstorable-text' }] })
})

test('prints the report of a venue that cannot be read as JSON too', async (t) => {
  const { code, out } = await venue('check', '/nowhere/mall.zip', '--json')
  t.is(code, 1)
  t.like(parseJson(out), { levels: 0, units: 0, destinations: 0, problems: [{ code: 'not-found' }] })
})

test('exports what it read, whole', async (t) => {
  const path = await malls(t)
  const { code } = await venue('export', join(path, 'mall.zip'), join(path, 'again.zip'))
  t.is(code, 0)
  t.deepEqual(await readVenue(join(path, 'again.zip')), { archive: tinyArchive(), problems: [] })
})

test('finds a shop by its initials, and nothing on another level', async (t) => {
  const path = await malls(t)
  const found = await venue('search', join(path, 'mall.zip'), 'sjkf', '--json', '--lang', 'en')
  t.is(found.code, 0)
  t.deepEqual(parseJson(found.out), [
    { id: tinyId('occupant coffee'), name: 'Hillside Coffee', level: 'F1', kind: 'shop' },
  ])
  const elsewhere = await venue('search', join(path, 'mall.zip'), 'sjkf', '--json', '--level', 'F2')
  t.deepEqual(parseJson(elsewhere.out), [])
})

test('refuses wrong calls with 2 and says how to call it', async (t) => {
  const calls = [
    ['chekc', 'x'],
    ['check', 'x', '--jsn'],
    ['check', 'x', '--limit', '3'],
  ]
  for (const { code, err } of await Promise.all(calls.map((args) => venue(...args)))) {
    t.is(code, 2)
    t.regex(err, /usage: venue check/)
  }
})
