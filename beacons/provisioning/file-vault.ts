import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { z } from 'zod'
import { AppendLog, damageOf } from '../offline/append-log.ts'
import type { Words } from '../frames/words.ts'
import { BeaconFault } from '../radio/beacon-fault.ts'
import { inOrderOfUse } from './vault.ts'
import type { SecretVault, SecretVersion } from './vault.ts'

const opening = z.object({ entry: z.literal('vault'), salt: z.string(), check: z.string() })
const deed = z.discriminatedUnion('entry', [
  z.object({
    entry: z.literal('keep'),
    address: z.string(),
    versionId: z.string(),
    driverId: z.string(),
    sealed: z.string(),
    atMs: z.number(),
  }),
  z.object({ entry: z.literal('prove'), address: z.string(), versionId: z.string() }),
  /** The first `count` deeds are in the server's vault. */
  z.object({ entry: z.literal('synced'), count: z.int().min(0) }),
])
type Deed = Exclude<z.infer<typeof deed>, { readonly entry: 'synced' }>

/** What the check of the opening holds once it is opened. */
const check = 'atrium-beacon-vault'

/** A vault in a file, for where there is no network; `sync` brings it to the server's. */
export interface FileVault extends SecretVault {
  /** Deeds the server does not know yet. */
  readonly unsynced: number
  /** What to say of lines that are damaged; absent when the file is whole. */
  readonly damage?: Words
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

class LogVault implements FileVault {
  readonly #log: AppendLog
  readonly #box: Box
  readonly #clock: () => number
  readonly #deeds: Deed[] = []
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
    for (const entry of log.entries) {
      const read = deed.safeParse(entry)
      if (!read.success) continue
      if (read.data.entry === 'synced') this.#synced = read.data.count
      else this.#deeds.push(read.data)
    }
    if (damage) {
      this.damage = damage
      // It counts lines, and some are gone: the server is told all of them again, which changes nothing for those it knows.
      this.#synced = 0
    }
  }

  get unsynced(): number {
    return this.#deeds.length - this.#synced
  }

  versions(address: string): Promise<readonly SecretVersion[]> {
    const versions = new Map<string, SecretVersion>()
    for (const done of this.#deeds) {
      if (done.address.toUpperCase() !== address.toUpperCase()) continue
      if (done.entry === 'keep') versions.set(done.versionId, this.#versionOf(done))
      else markProven(versions, done.versionId)
    }
    return Promise.resolve(inOrderOfUse([...versions.values()]))
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
    for (const done of this.#deeds.slice(this.#synced)) {
      const address = done.address.toUpperCase()
      if (done.entry === 'prove') await server.prove(address, done.versionId)
      else {
        const { versionId, driverId, secret } = this.#versionOf(done)
        await server.keep(address, { versionId, driverId, secret })
      }
      this.#synced++
      orRefused(() => {
        this.#log.append({ entry: 'synced', count: this.#synced })
      })
    }
  }

  close(): void {
    this.#log.close()
  }

  #versionOf(kept: Extract<Deed, { readonly entry: 'keep' }>): SecretVersion {
    const { address, versionId, driverId, sealed, atMs } = kept
    const secret = this.#box.open(sealed, address)
    if (secret === undefined) {
      throw refused({
        zh: `密码库中 ${address} 的记录已损坏；请从备份恢复该文件。`,
        en: `The entry of ${address} in the vault is damaged; restore the file from a backup.`,
      })
    }
    return { versionId, state: 'new', driverId, secret, createdAtMs: atMs }
  }

  #append(entry: Deed): void {
    orRefused(() => {
      this.#log.append(entry)
    })
    this.#deeds.push(entry)
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
