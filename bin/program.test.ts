import test from 'ava'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeImdf } from '../maps/imdf/index.ts'
import { tinyArchive } from '../maps/testing/tiny-archive.ts'
import { lockFolder } from '../server/database/embedded/folder-lock.ts'
import { writeArchiveZip } from '../server/venues/archive-files.ts'
import { sentenceOf } from './program.ts'

/** Beyond this a program that has said no is taken to hang. */
const hangMs = 60_000

async function run(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import=tsx', join(import.meta.dirname, program), ...args], {
    env: { PATH: process.env.PATH, ...env },
    timeout: hangMs,
  })
  let out = ''
  const collect = (chunk: Buffer) => (out += chunk.toString())
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  child.stdin.end('correct horse battery\n')
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out }
}

/** A folder with `mall.zip`, a data folder another process holds, and one with something else in it. */
async function places() {
  const path = await mkdtemp(join(tmpdir(), 'atrium-program-'))
  await writeArchiveZip(writeImdf(tinyArchive()), join(path, 'mall.zip'))
  await mkdir(join(path, 'held'))
  await mkdir(join(path, 'other', 'database'), { recursive: true })
  await writeFile(join(path, 'other', 'database', 'letters.txt'), '')
  return path
}

const ofPlaces = places()
test.after.always(async () => {
  await rm(await ofPlaces, { recursive: true })
})

const secret = 'ab'.repeat(32)

test('every program answers a wrong call with what was wrong, its usage and exit code 2', async (t) => {
  const calls: [string, string[]][] = [
    ['import.ts', ['--nope']],
    ['import.ts', []],
    ['operator.ts', ['--nope']],
    ['config.ts', ['--nope']],
    ['start.ts', ['--nope']],
    ['build.ts', ['--nope']],
    ['venue.ts', ['export', 'a.zip']],
  ]
  for (const [program, args] of calls) {
    const { code, out } = await run(program, args)
    t.is(code, 2, `${program} ${args.join(' ')}\n${out}`)
    t.regex(out, /npm (run|start)|usage: venue/)
    t.notRegex(out, /\n\s+at /, program)
  }
})

test('what the person can help is said in one sentence, and the program ends with 1', async (t) => {
  const path = await ofPlaces
  const lock = lockFolder(join(path, 'held', 'database'))
  t.teardown(() => {
    lock.release()
  })
  const mall = join(path, 'mall.zip')
  const server = (url: string) => ({ DATABASE_URL: url, TOKEN_SECRET: secret })
  const calls: [string, string[], Record<string, string>, RegExp][] = [
    ['import.ts', [mall], { ATRIUM_DATA_DIR: join(path, 'held') }, /is in use by process/],
    ['operator.ts', ['create', 'lin'], { ATRIUM_DATA_DIR: join(path, 'held') }, /is in use by process/],
    ['start.ts', [], { ATRIUM_DATA_DIR: join(path, 'held'), LOG_LEVEL: 'silent' }, /is in use by process/],
    ['import.ts', [mall], { ATRIUM_DATA_DIR: join(path, 'other') }, /is not empty and no database/],
    ['import.ts', [mall], { ATRIUM_DATA_DIR: mall }, /a part of the path is no folder/],
    ['import.ts', [mall], { ATRIUM_DATA_DIR: '/proc/nowhere' }, /Expected to read or write \/proc\/nowhere/],
    ['import.ts', [join(path, 'none.zip')], {}, /found nothing to read at .*none\.zip\. Check the path/],
    [
      'import.ts',
      [mall],
      server('postgres://lin:hush@127.0.0.1:1/x'),
      /at 127\.0\.0\.1:1, but it does not answer/,
    ],
    ['import.ts', [mall], server('postgres://lin:hush@['), /DATABASE_URL, but this is no address/],
    ['config.ts', [], { PORT: 'x' }, /PORT: expected a whole number/],
    [
      'venue.ts',
      ['export', mall, join(path, 'none', 'out.zip')],
      {},
      /none\/out\.zip.*it or its folder is not there/,
    ],
  ]
  for (const [program, args, env, said] of calls) {
    const { code, out } = await run(program, args, env)
    t.is(code, 1, `${program} ${args.join(' ')}\n${out}`)
    t.regex(out, said)
    t.notRegex(out, /\n\s+at |hush/, program)
  }
})

test('a port that is taken is named', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  t.teardown(() => holder.close())
  const { port } = holder.address() as AddressInfo
  const second = createServer().listen(port, '127.0.0.1')
  const [error] = (await once(second, 'error')) as [Error]
  t.regex(sentenceOf(error) ?? '', new RegExp(`Port ${String(port)} is taken`))
})

test('an error that nobody at the terminal can help keeps its stack', (t) => {
  t.is(sentenceOf(new TypeError('x is not a function')), undefined)
})
