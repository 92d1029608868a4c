import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { lockFolder } from './folder-lock.ts'
import { processStart } from './process-identity.ts'

function folderFor(t: ExecutionContext): string {
  const parent = mkdtempSync(join(tmpdir(), 'atrium-lock-'))
  t.teardown(() => {
    rmSync(parent, { recursive: true })
  })
  return join(parent, 'database')
}

/** Leaves the lock that some other holder would have left. */
function leaveLock(folder: string, holder: object): void {
  const self = { pid: process.pid, started: processStart(process.pid), host: hostname(), token: 'other' }
  writeFileSync(`${folder}.lock`, JSON.stringify({ ...self, ...holder }))
}

test('is held by one at a time and given back', (t) => {
  const folder = folderFor(t)
  const lock = lockFolder(folder)
  const error = t.throws(() => lockFolder(folder))
  t.regex(error.message, new RegExp(`正被另一个进程使用.*in use by process ${process.pid}@`, 's'))
  lock.release()
  t.false(existsSync(`${folder}.lock`))
  lockFolder(folder).release()
})

test('is not taken from a process that lives', (t) => {
  const folder = folderFor(t)
  leaveLock(folder, {})
  t.throws(() => lockFolder(folder), { message: /in use/ })
  t.regex(readFileSync(`${folder}.lock`, 'utf8'), /"token":"other"/)
})

test('is taken from a process that is gone', (t) => {
  const folder = folderFor(t)
  // Above the largest number Linux gives to a process.
  leaveLock(folder, { pid: 2 ** 22 + 1 })
  lockFolder(folder).release()
  t.pass()
})

test('does not take a later process of the same number for the holder', (t) => {
  const folder = folderFor(t)
  leaveLock(folder, { started: 'another boot 1' })
  lockFolder(folder).release()
  t.pass()
})

test('believes a holder on another machine while it shows signs of life', (t) => {
  const folder = folderFor(t)
  leaveLock(folder, { host: 'elsewhere' })
  t.throws(() => lockFolder(folder), { message: /@elsewhere/ })
  const longAgo = new Date(Date.now() - 120_000)
  utimesSync(`${folder}.lock`, longAgo, longAgo)
  lockFolder(folder).release()
})

test('takes a lock that a power cut tore, but not one that is just being written', (t) => {
  const folder = folderFor(t)
  writeFileSync(`${folder}.lock`, '')
  t.throws(() => lockFolder(folder), { message: /in use/ })
  const longAgo = new Date(Date.now() - 120_000)
  utimesSync(`${folder}.lock`, longAgo, longAgo)
  lockFolder(folder).release()
})

test('does not remove the lock of one who took over', (t) => {
  const folder = folderFor(t)
  const lock = lockFolder(folder)
  leaveLock(folder, {})
  lock.release()
  t.true(existsSync(`${folder}.lock`))
})
