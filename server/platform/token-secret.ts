import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const secretBytes = 32

/**
 * The secrets that sign tokens: those configured, otherwise one that is made at the first start and kept
 * in the data folder for its owner alone (mode 0600). The first signs, all are accepted.
 * @param options.tokenSecrets hexadecimal, from the configuration
 * @throws when the folder cannot be written or the file was damaged: a silent new secret would sign
 * everyone out
 */
export async function readTokenSecrets(options: {
  readonly tokenSecrets: readonly string[]
  readonly dataDir: string
}): Promise<readonly [Uint8Array, ...Uint8Array[]]> {
  const [first, ...others] = options.tokenSecrets.map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')))
  if (first) return [first, ...others]
  await mkdir(options.dataDir, { recursive: true })
  return [await readOrMake(join(options.dataDir, 'token-secret'))]
}

async function readOrMake(path: string): Promise<Uint8Array> {
  if (!existsSync(path)) await make(path)
  await chmod(path, 0o600)
  const hex = (await readFile(path, 'utf8')).trim()
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new Error(
      `${path} should hold 64 hexadecimal digits and does not: restore it from a backup, or delete it ` +
        '(shoppers then get new tokens by themselves).',
    )
  }
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

/** Written aside and then linked, so that whoever starts at the same time never sees half a secret. */
async function make(path: string): Promise<void> {
  const aside = `${path}.${randomBytes(8).toString('hex')}`
  await writeFile(aside, `${randomBytes(secretBytes).toString('hex')}\n`, { mode: 0o600, flush: true })
  try {
    await link(aside, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await unlink(aside)
  }
}
