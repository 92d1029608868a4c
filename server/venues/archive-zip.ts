import { Buffer } from 'node:buffer'
import { createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { fromBufferPromise, openPromise } from 'yauzl'
import type { Entry, ZipFile } from 'yauzl'
import { ZipFile as ZipWriter } from 'yazl'
import type { ArchiveLimits } from './archive-files.ts'
import { BadArchive, sizeText } from './bad-archive.ts'

/** Small files may compress to almost nothing without being a bomb. */
const ratioSlackBytes = 1 << 20

/** Rubbish that desktop systems put into every zip. */
const desktopRubbish = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/

/**
 * The files of a zip archive that `wanted` picks by name. Sizes in headers are not believed: an entry is
 * inflated only as far as the limits go.
 * @param source Path of the archive, or its bytes.
 * @returns Their bytes by name, and the names of the files passed over.
 * @throws BadArchive for what is no zip, is damaged, encrypted, too large, or reaches outside itself.
 */
export async function readZip(
  source: string | Buffer,
  limits: ArchiveLimits,
  wanted: (name: string) => boolean,
): Promise<{ readonly files: Map<string, Buffer>; readonly skipped: string[] }> {
  await checkBeginning(source, limits)
  const options = { lazyEntries: true, autoClose: false, strictFileNames: true }
  try {
    const zip =
      typeof source === 'string'
        ? await openPromise(source, options)
        : await fromBufferPromise(source, options)
    try {
      return await readEntries(zip, limits, wanted)
    } finally {
      zip.close()
    }
  } catch (error) {
    if (error instanceof BadArchive) throw error
    throw explained(error)
  }
}

async function checkBeginning(source: string | Buffer, limits: ArchiveLimits): Promise<void> {
  const size = typeof source === 'string' ? (await stat(source)).size : source.length
  if (size > limits.compressedBytes) {
    throw new BadArchive(
      'too-large',
      `Expected an archive of at most ${sizeText(limits.compressedBytes)}, got ${sizeText(size)}. Leave out what is not part of the map, or split the venue.`,
    )
  }
  if (!beginsAsZip(typeof source === 'string' ? await firstBytes(source) : source)) {
    throw new BadArchive(
      'not-a-zip',
      'Expected a zip archive or a folder, got another kind of file. Export the venue as an IMDF archive.',
    )
  }
}

/** Whether bytes begin as those of every zip archive do. Source: PKWARE APPNOTE 4.3.7, signatures. */
export function beginsAsZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function readEntries(
  zip: ZipFile,
  limits: ArchiveLimits,
  wanted: (name: string) => boolean,
): Promise<{ files: Map<string, Buffer>; skipped: string[] }> {
  const files = new Map<string, Buffer>()
  const skipped: string[] = []
  let entries = 0
  let left = limits.totalBytes
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName
    if (desktopRubbish.test(name)) continue
    if (++entries > limits.entries) {
      throw new BadArchive(
        'too-many-files',
        `Expected at most ${limits.entries} files, got more. Leave out what is not part of the map.`,
      )
    }
    refuseUnsafe(entry)
    if (name.endsWith('/')) continue
    if (!wanted(name)) {
      skipped.push(name)
      continue
    }
    if (files.has(name))
      throw new BadArchive(
        'file-twice',
        `Expected each file once, got ${name} twice. Export the archive again.`,
        name,
      )
    const bytes = await inflate(zip, entry, limits, left)
    left -= bytes.length
    files.set(name, bytes)
  }
  return { files, skipped }
}

function refuseUnsafe(entry: Entry): void {
  const unixMode = entry.externalFileAttributes >>> 16
  if ((unixMode & 0o170000) === 0o120000) {
    throw new BadArchive(
      'unsafe-path',
      `Expected files, got the symbolic link ${entry.fileName}. Put the file itself there.`,
      entry.fileName,
    )
  }
  if (entry.isEncrypted()) {
    throw new BadArchive(
      'encrypted',
      `Expected a zip archive without a password, got ${entry.fileName} encrypted. Export it without one.`,
      entry.fileName,
    )
  }
}

async function inflate(
  zip: ZipFile,
  entry: Entry,
  limits: ArchiveLimits,
  leftBytes: number,
): Promise<Buffer> {
  const name = entry.fileName
  const ratioBytes = entry.compressedSize * limits.ratio + ratioSlackBytes
  const stream = await zip.openReadStreamPromise(entry)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > ratioBytes) {
      throw new BadArchive(
        'zip-bomb',
        `${name} inflates to more than ${limits.ratio} times its size: no map does. Nothing was read; ask whoever made the archive.`,
        name,
      )
    }
    if (size > Math.min(limits.fileBytes, leftBytes)) {
      throw new BadArchive(
        'too-large',
        `Expected at most ${sizeText(limits.fileBytes)} in one file and ${sizeText(limits.totalBytes)} in all, and ${name} goes beyond. Split the venue.`,
        name,
      )
    }
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  if (crc32(bytes) !== entry.crc32) {
    throw new BadArchive(
      'damaged-zip',
      `${name} does not match its checksum. Transfer or export the archive again.`,
      name,
    )
  }
  return bytes
}

/** What the zip reader says, as a sentence that tells what to do. */
function explained(error: unknown): BadArchive {
  const reason = error instanceof Error ? error.message : String(error)
  if (
    /End of central directory record signature not found|unexpected EOF|overflows file bounds/.test(reason)
  ) {
    return new BadArchive(
      'truncated-zip',
      'The zip archive ends before its list of files: a part of it is missing. Transfer or export it again.',
    )
  }
  if (/relative path|absolute path|invalid characters in fileName/.test(reason)) {
    return new BadArchive(
      'unsafe-path',
      `Expected file names inside the archive, got one that leads outside (${reason}). Export the archive again.`,
    )
  }
  if (reason.includes('encrypt')) {
    return new BadArchive('encrypted', 'Expected a zip archive without a password. Export it without one.')
  }
  return new BadArchive(
    'damaged-zip',
    `The zip archive cannot be read (${reason}). Transfer or export it again.`,
  )
}

/**
 * Writes files as a zip archive, in the order given. The same files give the same bytes: times are fixed.
 * A path gets the whole archive or, if writing fails, nothing.
 * @param files Text by name.
 */
export async function writeArchiveZip(
  files: Readonly<Record<string, string>>,
  target: string | Writable,
): Promise<void> {
  const zip = new ZipWriter()
  // Local, as times in a zip are: in every time zone the same bytes.
  const mtime = new Date(2000, 0, 1)
  for (const [name, text] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(text, 'utf8'), name, {
      mtime,
      mode: 0o100644,
      forceDosTimestamp: true,
    })
  }
  zip.end()
  if (typeof target !== 'string') return pipeline(zip.outputStream, target)
  const partial = `${target}.partial`
  try {
    await pipeline(zip.outputStream, createWriteStream(partial))
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}
