import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { fileFault } from './kit-fault.ts'
import { readKitFile, writeKitFile } from './kit.ts'

const sessionFile = z.object({
  server: z.string(),
  username: z.string(),
  token: z.string(),
  expiresAtMs: z.number(),
})

/** Who is signed in on this laptop, and where. The token is a secret: its file is for its owner alone. */
export type Session = z.output<typeof sessionFile>

const name = 'session.json'

/**
 * The address of a server as it is compared and kept: without a trailing slash, its host in small letters.
 * @returns what is no address as it was given
 */
export function serverAddress(text: string): string {
  try {
    return new URL(text.trim()).href.replace(/\/+$/, '')
  } catch {
    return text
  }
}

/** Keeps a session beside the kit, which need not be packed yet. */
export function keepSession(dir: string, session: Session): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw fileFault(error, dir)
  }
  writeKitFile(dir, name, session)
}

/** The session kept; undefined when nobody signed in, or the file is none of ours. */
export function keptSession(dir: string): Session | undefined {
  let kept: unknown
  try {
    kept = readKitFile(dir, name)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  const read = sessionFile.safeParse(kept)
  return read.success ? read.data : undefined
}

/** Forgets the session on this laptop; the server ends it by itself. */
export function dropSession(dir: string): void {
  rmSync(join(dir, name), { force: true })
}
