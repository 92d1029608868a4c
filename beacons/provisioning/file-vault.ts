import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { AppendLog, damageOf } from '../offline/append-log.ts'
import type { Words } from '../frames/words.ts'
import { BeaconFault } from '../radio/beacon-fault.ts'
import { inOrderOfUse } from './vault.ts'
import type { SecretVault, SecretVersion } from './vault.ts'

const opening = z.object({ entry: z.literal('vault'), salt: z.string(), check: z.string() })
const entry = z.discriminatedUnion('entry', [
  z.object({
    entry: z.literal('keep'),
    address: z.string(),
    versionId: z.string(),
    driverId: z.string(),
    sealed: z.string(),
    atMs: z.number(),
  }),
  z.object({ entry: z.literal('prove'), address: z.string(), versionId: z.string() }),
  /** What the server's vault had of a beacon. */
  z.object({
    entry: z.literal('learned'),
    address: z.string(),
    versionId: z.string(),
    driverId: z.string(),
    state: z.enum(['new', 'proven', 'old']),
    sealed: z.string(),
    atMs: z.number(),
  }),
  /** The first `count` of those that were kept and proven here are in the server's vault. */
  z.object({ entry: z.literal('synced'), count: z.int().min(0) }),
])
type Entry = z.infer<typeof entry>
type Learned = Extract<Entry, { readonly entry: 'learned' }>
type Kept = Extract<Entry, { readonly entry: 'keep' }>
/** What was done here, for the server to be told. */
type Deed = Exclude<Entry, Learned | { readonly entry: 'synced' }>

/** What the check of the opening holds once it is opened. */
const check = 'atrium-beacon-vault'

/** A vault in a file, for where there is no network; `sync` brings it to the server's. */
export interface FileVault extends SecretVault {
  /** Deeds the server does not know yet. */
  readonly unsynced: number
  /** What to say of lines that are damaged; absent when the file is whole. */
  readonly damage?: Words
  /** Takes in what the server's vault has of a beacon, so that it opens without a network, too. Only what is news is written. */
  learn(address: string, versions: readonly SecretVersion[]): Promise<void>
  /** Tells the server's vault what happened here, in order; what was told stays told when it breaks in between. */
  sync(server: SecretVault): Promise<void>
  close(): void
}

/**
 * Opens the vault in a file, sealed with AES-256-GCM under a key from the passphrase (scrypt, N = 2^15).
 * @throws BeaconFault `vault-refused` when the passphrase is another one, its first line is damaged, or the disk takes nothing
 * Source: NIST SP 800-38D; RFC 7914.
 */
export function openFileVault(
  path: string,
  { passphrase, clock }: { readonly passphrase: string; readonly clock: () => number },
): FileVault {
  const log = orRefused(() => new AppendLog(path))
  const first = opening.safeParse(log.entries[0])
  if (!first.success && log.entries.length + log.damaged.length > 0) {
    log.close()
    // Another salt would be another key: all that is sealed would be lost, and what is added as well.
    throw refused({
      zh: `${path} 的第一行已损坏，里面的密码打不开；请从备份恢复该文件，不要新建。没有写入任何信标。`,
      en: `The first line of ${path} is damaged, and nothing in it opens without it; restore the file from a backup. No beacon was written to.`,
    })
  }
  const salt = first.success ? Buffer.from(first.data.salt, 'base64') : randomBytes(16)
  const key = scryptSync(passphrase, salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 })
  const box = new Box(key)
  if (!first.success) {
    orRefused(() => {
      log.append({ entry: 'vault', salt: salt.toString('base64'), check: box.seal(check, 'check') })
    })
  } else if (box.open(first.data.check, 'check') !== check) {
    log.close()
    throw refused({
      zh: `${path} 是用另一个口令加密的；请输入当时的口令。`,
      en: `${path} was sealed with another passphrase; give the one it was made with.`,
    })
  }
  return new LogVault(log, { box, clock, damage: damageOf(log, path)?.words })
}

/**
 * How much a vault's file has that the server does not know, without its passphrase. Its caller holds the folder's lock.
 * @returns 0 for a file that is not there
 */
export function unsyncedIn(path: string): number {
  if (!existsSync(path)) return 0
  const log = orRefused(() => new AppendLog(path))
  log.close()
  const entries = log.entries.flatMap((line) => entry.safeParse(line).data ?? [])
  const deeds = entries.filter((one) => one.entry === 'keep' || one.entry === 'prove').length
  const told = entries.reduce((last, one) => (one.entry === 'synced' ? one.count : last), 0)
  return log.damaged.length > 0 ? deeds : deeds - told
}

class LogVault implements FileVault {
  readonly #log: AppendLog
  readonly #box: Box
  readonly #clock: () => number
  /** What is known of secrets, in its order. */
  readonly #known: (Deed | Learned)[] = []
  readonly damage?: Words
  #synced = 0

  constructor(
    log: AppendLog,
    {
      box,
      clock,
      damage,
    }: { readonly box: Box; readonly clock: () => number; readonly damage: Words | undefined },
  ) {
    this.#log = log
    this.#box = box
    this.#clock = clock
    for (const line of log.entries) {
      const read = entry.safeParse(line)
      if (!read.success) continue
      if (read.data.entry === 'synced') this.#synced = read.data.count
      else this.#known.push(read.data)
    }
    if (damage) {
      this.damage = damage
      // It counts lines, and some are gone: the server is told all of them again, which changes nothing for those it knows.
      this.#synced = 0
    }
  }

  get unsynced(): number {
    return this.#deeds().length - this.#synced
  }

  versions(address: string): Promise<readonly SecretVersion[]> {
    const versions = new Map<string, SecretVersion>()
    for (const known of this.#known) {
      if (known.address.toUpperCase() !== address.toUpperCase()) continue
      if (known.entry === 'prove') markProven(versions, known.versionId)
      else versions.set(known.versionId, this.#versionOf(known))
    }
    return Promise.resolve(inOrderOfUse([...versions.values()]))
  }

  async learn(address: string, versions: readonly SecretVersion[]): Promise<void> {
    const known = new Map((await this.versions(address)).map((version) => [version.versionId, version]))
    const owner = address.toUpperCase()
    for (const { versionId, driverId, state, secret, createdAtMs } of versions) {
      if (known.get(versionId)?.state === state) continue
      const sealed = this.#box.seal(secret, owner)
      const learned = { versionId, driverId, state, sealed, atMs: createdAtMs }
      this.#append({ entry: 'learned', address: owner, ...learned })
    }
  }

  async keep(
    address: string,
    {
      versionId,
      driverId,
      secret,
    }: { readonly versionId: string; readonly driverId: string; readonly secret: string },
  ): Promise<void> {
    if ((await this.versions(address)).some((version) => version.versionId === versionId)) return
    const owner = address.toUpperCase()
    const sealed = this.#box.seal(secret, owner)
    this.#append({ entry: 'keep', address: owner, versionId, driverId, sealed, atMs: this.#clock() })
  }

  async prove(address: string, versionId: string): Promise<void> {
    const known = (await this.versions(address)).find((version) => version.versionId === versionId)
    if (known?.state !== 'proven') this.#append({ entry: 'prove', address: address.toUpperCase(), versionId })
  }

  async sync(server: SecretVault): Promise<void> {
    for (const done of this.#deeds().slice(this.#synced)) {
      await this.#tell(server, done)
      this.#synced++
      orRefused(() => {
        this.#log.append({ entry: 'synced', count: this.#synced })
      })
    }
  }

  close(): void {
    this.#log.close()
  }

  #deeds(): readonly Deed[] {
    return this.#known.filter((known) => known.entry !== 'learned')
  }

  async #tell(server: SecretVault, done: Deed): Promise<void> {
    const address = done.address.toUpperCase()
    const keep = async (kept: Kept) => {
      const { versionId, driverId, secret } = this.#versionOf(kept)
      await server.keep(address, { versionId, driverId, secret })
    }
    if (done.entry === 'keep') return keep(done)
    try {
      await server.prove(address, done.versionId)
    } catch (error) {
      const isKept = (known: Deed): known is Kept =>
        known.entry === 'keep' && known.versionId === done.versionId
      const kept = this.#deeds().find(isKept)
      if (!kept || !(error instanceof BeaconFault) || error.id !== 'vault-refused') throw error
      // A server that was set back to yesterday's copy no longer has what it was told.
      await keep(kept)
      await server.prove(address, done.versionId)
    }
  }

  #versionOf(known: Kept | Learned): SecretVersion {
    const { address, versionId, driverId, sealed, atMs } = known
    const secret = this.#box.open(sealed, address)
    if (secret === undefined) {
      throw refused({
        zh: `密码库中 ${address} 的记录已损坏；请从备份恢复该文件。`,
        en: `The entry of ${address} in the vault is damaged; restore the file from a backup.`,
      })
    }
    const state = known.entry === 'learned' ? known.state : 'new'
    return { versionId, state, driverId, secret, createdAtMs: atMs }
  }

  #append(known: Deed | Learned): void {
    orRefused(() => {
      this.#log.append(known)
    })
    this.#known.push(known)
  }
}

/** AES-256-GCM with a nonce of its own for each; what it belongs to is bound to it. */
class Box {
  readonly #key: Uint8Array

  constructor(key: Uint8Array) {
    this.#key = key
  }

  seal(text: string, owner: string): string {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(owner))
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
  }

  /** Undefined when it was sealed with another key, for another owner, or changed. */
  open(sealed: string, owner: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64')
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12))
        .setAAD(Buffer.from(owner))
        .setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
    } catch {
      return undefined
    }
  }
}

function markProven(versions: Map<string, SecretVersion>, provenId: string): void {
  for (const [id, version] of versions) {
    if (id === provenId) versions.set(id, { ...version, state: 'proven' })
    else if (version.state === 'proven') versions.set(id, { ...version, state: 'old' })
  }
}

function refused(words: { readonly zh: string; readonly en: string }, cause?: unknown): BeaconFault {
  return new BeaconFault('vault-refused', words, cause === undefined ? {} : { cause })
}

function orRefused<Value>(run: () => Value): Value {
  try {
    return run()
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw refused(
      {
        zh: `密码库无法写入（${detail}）；信标的密码未改动，请检查磁盘后重试。`,
        en: `The vault cannot be written (${detail}); no secret was changed. Look at the disk and try again.`,
      },
      error,
    )
  }
}
