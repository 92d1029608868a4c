import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { z } from 'zod'
import { UnusableDatabase } from '../unusable-database.ts'
import { processStart } from './process-identity.ts'

/** The holder shows that it lives by touching the file this often. */
const heartbeatMs = 10_000
/** A holder on another machine (or in another container) that was silent this long is taken for dead. */
const silenceMs = 60_000

const holderSchema = z.object({
  pid: z.int(),
  /** See `processStart`: tells a holder from a later process that got the same number. */
  started: z.string(),
  host: z.string(),
  token: z.string(),
})
type Holder = z.infer<typeof holderSchema>

/** A lock that is held. */
export interface FolderLock {
  /** Gives it back; calling twice is harmless. */
  release(): void
}

/**
 * Takes the exclusive lock of a database folder: the file `<folder>.lock` beside it, created with O_EXCL.
 * Two engines on one folder would destroy it, and the engine itself does not look.
 *
 * A lock whose holder is dead (its process gone, or its number given to another process) is taken over.
 * Throws, naming the holder, when it is alive.
 */
export function lockFolder(folder: string): FolderLock {
  const path = `${folder}.lock`
  const holder: Holder = {
    pid: process.pid,
    started: processStart(process.pid) ?? '',
    host: hostname(),
    token: randomUUID(),
  }
  if (!create(path, holder)) {
    takeFromTheDead(path, folder)
    if (!create(path, holder)) throw inUse(folder, readHolder(path))
  }
  const heartbeat = setInterval(() => {
    touch(path)
  }, heartbeatMs)
  heartbeat.unref()
  return {
    release() {
      clearInterval(heartbeat)
      if (readHolder(path)?.token === holder.token) rmSync(path, { force: true })
    },
  }
}

/** False when the file is there already. */
function create(path: string, holder: Holder): boolean {
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function takeFromTheDead(path: string, folder: string): void {
  const found = readHolder(path)
  if (isAlive(path, found)) throw inUse(folder, found)
  // A rename takes exactly one file away: of two processes that saw the same dead holder one gets it, and the
  // other may get the first one's new lock, which it puts back.
  const taken = `${path}.${randomUUID()}`
  try {
    renameSync(path, taken)
  } catch {
    return
  }
  const owner = readHolder(taken)
  if (owner?.token !== found?.token) linkSync(taken, path)
  rmSync(taken, { force: true })
}

function isAlive(path: string, holder: Holder | undefined): boolean {
  // Created but not yet written, or torn by a power cut: young means alive.
  if (holder?.host !== hostname()) return silentMs(path) < silenceMs
  return processStart(holder.pid) === holder.started
}

function silentMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs
  } catch {
    return Infinity
  }
}

function touch(path: string): void {
  try {
    const now = new Date()
    utimesSync(path, now, now)
  } catch {
    // Somebody removed it by hand; the release finds that out too.
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

function inUse(folder: string, holder: Holder | undefined): Error {
  const who = holder ? `${holder.pid}@${holder.host}` : '?'
  return new UnusableDatabase(
    `数据目录 ${folder} 正被另一个进程使用（${who}）。请先停止它，或换用其他目录（ATRIUM_DATA_DIR）。 ` +
      `Folder ${folder} is in use by process ${who}: stop that one, or name another folder with ATRIUM_DATA_DIR.`,
  )
}
