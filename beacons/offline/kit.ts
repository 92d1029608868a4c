import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { z } from 'zod'
import { beaconsContract } from '../../server/contract/index.ts'
import { identityText } from '../frames/identity.ts'
import type { LogFiles } from './append-log.ts'
import { fileFault, KitFault } from './kit-fault.ts'
import { localRegistry } from './local-registry.ts'
import type { LocalBeacon } from './local-registry.ts'
import type { NumberLease, RegistryBeacon, RegistryFinding } from './operations.ts'
import { OperationQueue } from './queue.ts'

/** Where and when the kit was packed. */
const kitInfo = z.object({
  server: z.string(),
  venueId: z.string(),
  venueName: z.record(z.string(), z.string()),
  versionId: z.string(),
  takenAtMs: z.number(),
})
export type KitInfo = z.output<typeof kitInfo>

const registryFile = z.object({
  beacons: z.array(beaconsContract.readBeacon.responses[200]),
  leases: z.array(beaconsContract.leaseBeaconNumbers.responses[201]),
  findings: beaconsContract.listFindings.responses[200],
})

/** What is in a kit of the registry. */
export interface KitRegistry {
  readonly beacons: readonly RegistryBeacon[]
  readonly leases: readonly NumberLease[]
  readonly findings: readonly RegistryFinding[]
}

/**
 * The folder an installer takes along: the published map, the registry, leased numbers, and the queue of what was done. Everything
 * the tool does works from it alone; the network is needed to pack it and to sync.
 */
export interface Kit {
  readonly dir: string
  readonly info: KitInfo
  readonly registry: KitRegistry
  readonly queue: OperationQueue
  /** The IMDF archive as the server has it published. */
  archiveBytes(): Uint8Array
  /** The beacons as known here, by identity. */
  beacons(): ReadonlyMap<string, LocalBeacon>
  /** Replaces what is known of the registry. */
  saveRegistry(registry: KitRegistry): void
  /** Lets others use it. */
  close(): void
}

const files = {
  info: 'kit.json',
  archive: 'venue.zip',
  registry: 'registry.json',
  queue: 'queue.log',
  lock: 'lock',
}

/** Whether there is a kit in a folder. */
export function hasKit(dir: string): boolean {
  return existsSync(join(dir, files.info))
}

/**
 * Opens the kit in a folder for this process alone.
 * @throws KitFault `no-kit`, `kit-in-use`, `kit-damaged`, `disk-full`, `file-unusable`
 */
export function openKit(dir: string, logFiles?: LogFiles): Kit {
  if (!hasKit(dir)) {
    throw new KitFault('no-kit', {
      zh: `${dir} 里没有工具包：联网时先运行 beacons take。`,
      en: `Expected a kit in ${dir}, but there is none: run "beacons take" while there is a network.`,
    })
  }
  const unlock = lockKit(dir)
  try {
    const info = kitInfo.parse(readJson(dir, files.info))
    let registry: KitRegistry = registryFile.parse(readJson(dir, files.registry))
    const queue = new OperationQueue(join(dir, files.queue), logFiles)
    return {
      ...{ dir, info, queue },
      get registry() {
        return registry
      },
      archiveBytes: () => readFileSync(join(dir, files.archive)),
      beacons: () => localRegistry(registry.beacons, queue),
      saveRegistry(next) {
        writeWhole(dir, files.registry, JSON.stringify(next))
        registry = next
      },
      close() {
        queue.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      throw new KitFault(
        'kit-damaged',
        {
          zh: `${dir} 里的工具包读不懂：联网时用 beacons take 重新打包；queue.log 会保留。`,
          en: `Expected a kit of this version in ${dir}, but it cannot be read: pack it anew with "beacons take"; queue.log stays.`,
        },
        { cause: error },
      )
    }
    throw error
  }
}

/** Writes what a kit begins with; a queue that is there stays. */
export function writeKit(
  dir: string,
  kit: { readonly info: KitInfo; readonly archive: Uint8Array; readonly registry: KitRegistry },
): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw fileFault(error, dir)
  }
  writeWhole(dir, files.archive, kit.archive)
  writeWhole(dir, files.registry, JSON.stringify(kit.registry))
  // Last: a kit that was cut short is none.
  writeWhole(dir, files.info, JSON.stringify(kit.info))
}

/** A beacon of the registry by its identity. */
export function keyOfBeacon({ identity }: Pick<RegistryBeacon, 'identity'>): string {
  return identityText(identity)
}

/** A JSON file beside the kit's own, whole or not at all. */
export function writeKitFile(dir: string, name: string, content: unknown): string {
  writeWhole(dir, name, JSON.stringify(content))
  return join(dir, name)
}

/** A JSON file beside the kit's own; undefined when there is none. */
export function readKitFile(dir: string, name: string): unknown {
  return existsSync(join(dir, name)) ? readJson(dir, name) : undefined
}

function readJson(dir: string, name: string): unknown {
  const path = join(dir, name)
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown
  } catch (error) {
    throw fileFault(error, path)
  }
}

/** Beside it first, then in its place: a reader sees the old file or the new one. */
function writeWhole(dir: string, name: string, content: string | Uint8Array): void {
  const path = join(dir, name)
  const beside = `${path}.new`
  try {
    const fd = openSync(beside, 'w', 0o600)
    try {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
      for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes.subarray(done))
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(beside, path)
  } catch (error) {
    rmSync(beside, { force: true })
    throw fileFault(error, path)
  }
}

/** One process at a time; what a killed one left behind is taken over. */
function lockKit(dir: string): () => void {
  const path = join(dir, files.lock)
  for (let tries = 0; tries < 2; tries++) {
    try {
      const fd = openSync(path, 'wx', 0o600)
      writeSync(fd, String(process.pid))
      closeSync(fd)
      return () => {
        rmSync(path, { force: true })
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
        throw fileFault(error, path)
      const owner = Number(readFileSync(path, 'utf8'))
      if (owner !== process.pid && isRunning(owner)) break
      rmSync(path, { force: true })
    }
  }
  throw new KitFault('kit-in-use', {
    zh: `${dir} 正被另一个 beacons 命令使用：等它结束，或关掉它。`,
    en: `Expected to have ${dir} for itself, but another beacons command uses it: wait for it, or end it.`,
  })
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
