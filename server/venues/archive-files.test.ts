import test from 'ava'
import type { ExecutionContext } from 'ava'
import fc from 'fast-check'
import { Buffer } from 'node:buffer'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { writeImdf } from '../../maps/imdf/index.ts'
import { readFilesBelow } from '../../maps/testing/read-files.ts'
import { realMallDir } from '../../maps/testing/real-mall.ts'
import { tinyArchive, tinyId, tinyPolygon } from '../../maps/testing/tiny-archive.ts'
import { archiveLimits, readArchiveFiles, readVenue, writeArchiveZip } from './archive-files.ts'
import { utf8Text } from './utf8-text.ts'

const tinyFiles = () => writeImdf(tinyArchive())

interface ZipEntry {
  readonly name: string
  readonly content: string | Buffer
  readonly mode?: number
}

async function zipOf(...entries: ZipEntry[]): Promise<Buffer> {
  const zip = new ZipFile()
  for (const { name, content, mode } of entries) {
    zip.addBuffer(Buffer.from(content), name, mode === undefined ? {} : { mode })
  }
  zip.end()
  return buffer(zip.outputStream)
}

const tinyZip = (...more: ZipEntry[]) =>
  zipOf(...Object.entries(tinyFiles()).map(([name, content]) => ({ name, content })), ...more)

/** A folder that goes when the test does. */
async function folder(t: ExecutionContext, files: Readonly<Record<string, string | Buffer>> = {}) {
  const path = await mkdtemp(join(tmpdir(), 'atrium-archive-'))
  t.teardown(() => rm(path, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), content)
  }
  return path
}

/** Code and message of the one reason of a refusal. */
async function refusal(
  source: string | Buffer,
  limits = archiveLimits,
): Promise<readonly [code: string, message: string]> {
  const read = await readArchiveFiles(source, limits)
  if (!('refused' in read)) return ['accepted', '']
  return [read.problems[0]!.code, read.problems[0]!.message]
}

/** The same bytes with every occurrence of one text (or number) replaced by another as long. */
function patched(bytes: Buffer, from: string | Buffer, to: string | Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const [old, next] = [Buffer.from(from), Buffer.from(to)]
  for (let at = copy.indexOf(old); at >= 0; at = copy.indexOf(old, at + 1)) next.copy(copy, at)
  return copy
}

test('reads an archive from its bytes, from a file and from a folder alike', async (t) => {
  const bytes = await tinyZip()
  const path = await folder(t, { 'mall.zip': bytes, ...prefixed('unpacked/', tinyFiles()) })
  const expected = { format: 'imdf', files: tinyFiles(), problems: [] }
  t.deepEqual(await readArchiveFiles(bytes), expected as never)
  t.deepEqual(await readArchiveFiles(join(path, 'mall.zip')), expected as never)
  const fromFolder = await readArchiveFiles(join(path, 'unpacked'))
  t.deepEqual('files' in fromFolder ? { ...fromFolder.files } : {}, tinyFiles())
})

function prefixed(prefix: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${prefix}${name}`, text]))
}

test('writes the same bytes for the same archive, in any time zone', async (t) => {
  const path = await folder(t)
  const zone = process.env.TZ
  t.teardown(() => {
    process.env.TZ = zone
  })
  const written: Buffer[] = []
  for (const [index, name] of ['UTC', 'Asia/Shanghai', 'America/New_York'].entries()) {
    process.env.TZ = name
    const out = join(path, `${index}.zip`)
    await writeArchiveZip(tinyFiles(), out)
    written.push(await readFile(out))
  }
  t.deepEqual(written[1], written[0])
  t.deepEqual(written[2], written[0])
  t.deepEqual(await readdir(path), ['0.zip', '1.zip', '2.zip'])
  const read = await readArchiveFiles(written[0]!)
  t.deepEqual('files' in read ? read.files : {}, tinyFiles())
})

test('leaves nothing behind when an archive cannot be written', async (t) => {
  const path = await folder(t, { 'taken.zip/in-the-way': '' })
  await t.throwsAsync(writeArchiveZip(tinyFiles(), join(path, 'taken.zip')))
  t.deepEqual(await readdir(path), ['taken.zip'])
})

test('passes over what is no JSON, names it, and keeps quiet about desktop rubbish', async (t) => {
  const rubbish = { content: 'x' }
  const read = await readArchiveFiles(
    await tinyZip(
      { name: '__MACOSX/._unit.geojson', ...rubbish },
      { name: '.DS_Store', ...rubbish },
      { name: 'plan.dwg', content: Buffer.from([0xff, 0xfe]) },
    ),
  )
  t.deepEqual('files' in read ? read.files : {}, tinyFiles())
  t.deepEqual(
    read.problems.map(({ severity, code, file }) => [severity, code, file]),
    [['warning', 'file-not-kept', 'plan.dwg']],
  )
})

test('says that nothing is there, or that it is no archive', async (t) => {
  const path = await folder(t, { 'notes.txt': 'hello', 'empty.zip': '' })
  t.like(await refusal(join(path, 'nowhere.zip')), ['not-found'])
  t.like(await refusal(join(path, 'notes.txt')), ['not-a-zip'])
  t.like(await refusal(join(path, 'empty.zip')), ['not-a-zip'])
})

test('says of a zip cut off anywhere that it is cut off', async (t) => {
  const bytes = await tinyZip()
  for (const length of [5, 100, bytes.length >> 1, bytes.length - 30, bytes.length - 1]) {
    const [code, message] = await refusal(bytes.subarray(0, length))
    t.is(code, 'truncated-zip', `${length} of ${bytes.length} bytes`)
    t.regex(message, /Transfer or export it again/)
  }
})

test('never takes a damaged zip for another venue, and never throws', async (t) => {
  const bytes = await zipOf({ name: 'manifest.json', content: tinyFiles()['manifest.json']! })
  const whole = await readArchiveFiles(bytes)
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const damaged = Buffer.from(bytes)
      damaged[at] = damaged[at]! ^ change
      const read = await readArchiveFiles(damaged)
      if ('refused' in read) return read.problems[0]!.message !== ''
      // Names are outside every checksum; what stands under them is not.
      return Object.values(read.files).every(
        (text) => 'files' in whole && text === whole.files['manifest.json'],
      )
    }),
    { seed: 1980, numRuns: 250 },
  )
  t.pass()
})

test('stops inflating a zip bomb where no map would go on', async (t) => {
  const bomb = await tinyZip({ name: 'section.geojson', content: Buffer.alloc(40 << 20) })
  t.true(bomb.length < 1 << 20)
  const [code, message] = await refusal(bomb)
  t.is(code, 'zip-bomb')
  t.regex(message, /section\.geojson inflates to more than 100 times its size/)
})

test('does not believe the sizes in headers', async (t) => {
  const size = 3 << 20
  const bytes = await zipOf({ name: 'a.json', content: Buffer.alloc(size, 'ab') })
  const [real, claimed] = [Buffer.alloc(4), Buffer.alloc(4)]
  real.writeUInt32LE(size)
  claimed.writeUInt32LE(10)
  t.like(await refusal(patched(bytes, real, claimed)), ['damaged-zip'])
})

test('keeps to its limits on one file, on all files and on their number', async (t) => {
  const random = (length: number) => Buffer.from(Array.from({ length }, (_, at) => (at * at * 31) % 127))
  const files = ['a', 'b', 'c'].map((name) => ({ name: `${name}.json`, content: random(600) }))
  const bytes = await zipOf(...files)
  t.like(await refusal(bytes), ['accepted'])
  t.like(await refusal(bytes, { ...archiveLimits, fileBytes: 599 }), ['too-large'])
  t.like(await refusal(bytes, { ...archiveLimits, totalBytes: 1799 }), ['too-large'])
  t.like(await refusal(bytes, { ...archiveLimits, entries: 2 }), ['too-many-files'])
  t.like(await refusal(bytes, { ...archiveLimits, compressedBytes: bytes.length - 1 }), ['too-large'])
  const path = await folder(t, Object.fromEntries(files.map(({ name, content }) => [name, content])))
  t.like(await refusal(path), ['accepted'])
  t.like(await refusal(path, { ...archiveLimits, fileBytes: 599 }), ['too-large'])
  t.like(await refusal(path, { ...archiveLimits, totalBytes: 1799 }), ['too-large'])
  t.like(await refusal(path, { ...archiveLimits, entries: 2 }), ['too-many-files'])
})

test('refuses 200 MB before reading them', async (t) => {
  const path = await folder(t, { 'mall.zip': await tinyZip(), 'mall/unit.geojson': '{}' })
  const before = process.memoryUsage().arrayBuffers
  for (const name of ['mall.zip', 'mall/unit.geojson']) {
    await truncate(join(path, name), 200 << 20)
    const [code, message] = await refusal(join(path, dirname(name) === '.' ? name : dirname(name)))
    t.is(code, 'too-large')
    t.regex(message, /at most 64 MB.*got 200 MB/)
  }
  t.true(process.memoryUsage().arrayBuffers - before < 32 << 20)
})

test('refuses names that lead outside, links and passwords', async (t) => {
  const inside = await tinyZip({ name: 'aa/evil.json', content: '{}' })
  t.like(await refusal(patched(inside, 'aa/evil.json', '../evil.json')), ['unsafe-path'])
  t.like(await refusal(patched(inside, 'aa/evil.json', '/aa/evi.json')), ['unsafe-path'])
  t.like(await refusal(patched(inside, 'aa/evil.json', 'aa\\evi\\.json')), ['unsafe-path'])
  t.like(await refusal(await tinyZip({ name: 'link.json', content: '/etc/passwd', mode: 0o120777 })), [
    'unsafe-path',
  ])
  const locked = Buffer.from(inside)
  for (const [signature, flags] of [
    ['PK\x03\x04', 6],
    ['PK\x01\x02', 8],
  ] as const) {
    for (let at = locked.indexOf(signature); at >= 0; at = locked.indexOf(signature, at + 1)) {
      locked[at + flags] = locked[at + flags]! | 1
    }
  }
  const [code, message] = await refusal(locked)
  t.is(code, 'encrypted')
  t.regex(message, /got manifest\.json encrypted/)
  const twice = await tinyZip({ name: 'unit.geojsom', content: '{}' })
  t.like(await refusal(patched(twice, 'unit.geojsom', 'unit.geojson')), ['file-twice'])
})

test('does not follow links out of a folder', async (t) => {
  const path = await folder(t, { 'secret.json': '{"a":1}', ...prefixed('mall/', tinyFiles()) })
  await symlink(join(path, 'secret.json'), join(path, 'mall', 'extra.json'))
  const read = await readArchiveFiles(join(path, 'mall'))
  t.deepEqual('files' in read ? Object.keys(read.files).includes('extra.json') : true, false)
})

test('names the file and the byte where text is not UTF-8', async (t) => {
  const gbk = Buffer.from([0x7b, 0x22, 0xd0, 0xc7, 0x22, 0x7d])
  const [code, message] = await refusal(await tinyZip({ name: 'kiosk.geojson', content: gbk }))
  t.is(code, 'wrong-encoding')
  t.regex(message, /UTF-8 in kiosk\.geojson, got byte 0xd0 at offset 2\./)
  const utf16 = Buffer.from('\ufeff{}', 'utf16le')
  t.regex(
    (await refusal(await tinyZip({ name: 'kiosk.geojson', content: utf16 })))[1],
    /byte 0xff at offset 0/,
  )
  const marked = await readArchiveFiles(await zipOf({ name: 'manifest.json', content: '\ufeff{}' }))
  t.deepEqual('files' in marked ? marked.files : {}, { 'manifest.json': '{}' })
})

test('finds the first byte that is not UTF-8 as brute force does', (t) => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc.string({ unit: 'binary', maxLength: 4 }).map((text) => new Uint8Array(Buffer.from(text, 'utf8'))),
    fc
      .constantFrom(
        [0xed, 0xa0, 0x80],
        [0xf4, 0x90, 0x80, 0x80],
        [0xe0, 0x9f, 0x80],
        [0xc1, 0x80],
        [0xf0, 0x9f],
      )
      .map((bytes) => new Uint8Array(bytes)),
  )
  const isValid = (bytes: Uint8Array) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      return true
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
      const bytes = new Uint8Array(Buffer.concat(pieces))
      const read = utf8Text(bytes)
      if (isValid(bytes)) return 'text' in read && read.text === new TextDecoder().decode(bytes)
      let longest = bytes.length
      while (!isValid(bytes.subarray(0, longest))) longest--
      return 'badByteAt' in read && read.badByteAt === longest && read.badByte === bytes[longest]
    }),
    { seed: 3629, numRuns: 3000 },
  )
  t.pass()
})

test('gives a venue with what is wrong with it, or why it cannot be read', async (t) => {
  const sound = await readVenue(await tinyZip())
  t.deepEqual(sound, { archive: tinyArchive(), problems: [] })
  const files = Object.entries(tinyFiles())
  const changed = (from: string, to: string) =>
    zipOf(...files.map(([name, text]) => ({ name, content: text.replace(from, to) })))
  const codesOf = async (bytes: Buffer) => (await readVenue(bytes)).problems.map(({ code }) => code)
  const books = JSON.stringify(
    tinyArchive().features.unit.find(({ id }) => id === tinyId('unit F1 books'))!.geometry,
  )
  const bowTie = JSON.stringify(tinyPolygon([0, 0], [40, 8], [40, 0], [0, 8]))
  t.true((await codesOf(await changed(books, bowTie))).includes('self-intersection'))
  t.true(
    (await codesOf(await changed(`"level_id":"${tinyId('level F1')}"`, '"level_id":"gone"'))).includes(
      'unknown-level',
    ),
  )
  t.true(
    (
      await codesOf(await changed(`"id":"${tinyId('unit F1 lift')}"`, `"id":"${tinyId('unit F1 toilet')}"`))
    ).includes('duplicate-id'),
  )
  const bare = await readVenue(await zipOf(...files.slice(1).map(([name, content]) => ({ name, content }))))
  t.like(bare, { refused: 'bad-archive', problems: [{ code: 'missing-manifest' }] })
})

test('reads the real mall from its folder, from the folder above and from a zip of it', async (t) => {
  const dir = realMallDir()
  if (dir === undefined) {
    t.log('ATRIUM_REAL_MALL is not set: the real mall was not read')
    return t.pass()
  }
  const venue = await readVenue(join(dir, 'venue'), { name: 'Mall' })
  if ('refused' in venue) return t.fail()
  t.is(venue.archive.features.level.length, 5)
  const above = await readVenue(dir, { name: 'Mall' })
  const files = Object.entries(readFilesBelow(join(dir, 'venue')))
  const zipped = await readVenue(await zipOf(...files.map(([name, content]) => ({ name, content }))), {
    name: 'Mall',
  })
  t.deepEqual(above, venue)
  t.deepEqual(zipped, venue)
  const path = await folder(t)
  await writeArchiveZip(writeImdf(venue.archive), join(path, 'mall.zip'))
  t.deepEqual(await readVenue(join(path, 'mall.zip')), venue)
})
