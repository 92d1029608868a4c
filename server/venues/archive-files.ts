import type { Buffer } from 'node:buffer'
import { lstat, readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { readCompetition } from '../../maps/competition/index.ts'
import { suggestConnectors, withConnectors } from '../../maps/connectors/index.ts'
import { readImdf } from '../../maps/imdf/index.ts'
import type { ReadArchive } from '../../maps/imdf/index.ts'
import type { Archive, Problem } from '../../maps/model/index.ts'
import { validateArchive } from '../../maps/validate/index.ts'
import { readZip } from './archive-zip.ts'
import { errorsFirst } from './errors-first.ts'
import { BadArchive, sizeText } from './bad-archive.ts'
import { utf8Text } from './utf8-text.ts'

export { writeArchiveZip } from './archive-zip.ts'

export interface ArchiveLimits {
  /** Size of a zip archive. */
  readonly compressedBytes: number
  /** Size of one file, inflated. */
  readonly fileBytes: number
  /** Size of all files together, inflated. */
  readonly totalBytes: number
  /** Inflated against compressed size of one file. */
  readonly ratio: number
  /** Files and folders in an archive. */
  readonly entries: number
}

/**
 * What is taken in. A mall of five levels and 1,300 units is 1 MB of GeoJSON; these leave room for fifty
 * times that and keep what one import can ask of the server bounded.
 */
export const archiveLimits: ArchiveLimits = {
  compressedBytes: 64 << 20,
  fileBytes: 64 << 20,
  totalBytes: 256 << 20,
  ratio: 100,
  entries: 200,
}

/** Text of the files of a venue, and in which format they are. */
export interface ArchiveFiles {
  readonly format: 'imdf' | 'competition'
  readonly files: Readonly<Record<string, string>>
  /** Warnings: files passed over. */
  readonly problems: readonly Problem[]
}

export interface ArchiveRefusal {
  readonly refused: 'bad-archive'
  readonly problems: readonly Problem[]
}

/**
 * The JSON files of a venue: from an IMDF archive (zip), from a folder with the files of one, or from a
 * folder (or zip) in the format of the Indoor Location Competition 2.0.
 * @param source Path of the archive or folder, or the bytes of a zip archive.
 * @returns Text by path in the archive; or a refusal that says what is wrong: nothing there, not a zip, cut
 *   off, damaged, encrypted, leading outside itself, beyond a limit, not UTF-8. Nothing beyond a limit is
 *   ever in memory.
 */
export async function readArchiveFiles(
  source: string | Buffer,
  limits: ArchiveLimits = archiveLimits,
): Promise<ArchiveFiles | ArchiveRefusal> {
  try {
    const { files, skipped } =
      typeof source === 'string' && (await isFolder(source))
        ? await readFolder(source, limits)
        : await readZip(source, limits, isJson)
    const text: Record<string, string> = {}
    for (const [name, bytes] of files) text[name] = textOf(name, bytes)
    const names = [...files.keys()]
    const isCompetition = names.some((name) => /(^|\/)geojson_map\.json$/.test(name))
    return isCompetition
      ? { format: 'competition', files: text, problems: [] }
      : { format: 'imdf', files: text, problems: skipped.map(notKept) }
  } catch (error) {
    if (error instanceof BadArchive) return { refused: 'bad-archive', problems: [error.problem] }
    throw error
  }
}

const isJson = (name: string) => /\.(geo)?json$/.test(name) && !basename(name).startsWith('.')

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    throw new BadArchive(
      'not-found',
      `Expected an archive or a folder, found nothing to read at ${path}. Check the path.`,
    )
  }
}

/** As deep as a folder is searched: the levels of a venue stand one or two folders down. */
const maxDepth = 3

/** Files and folders looked at below a folder: someone may name the root of a disk. */
const maxLookedAt = 5_000

async function readFolder(
  folder: string,
  limits: ArchiveLimits,
): Promise<{ files: Map<string, Buffer>; skipped: string[] }> {
  const files = new Map<string, Buffer>()
  const skipped: string[] = []
  let left = limits.totalBytes
  for (const path of await pathsBelow(folder)) {
    const name = relative(folder, path).split(sep).join('/')
    if (!isJson(name)) {
      skipped.push(name)
      continue
    }
    const { size } = await lstat(path)
    if (size > Math.min(limits.fileBytes, left)) {
      throw new BadArchive(
        'too-large',
        `Expected at most ${sizeText(limits.fileBytes)} in one file and ${sizeText(limits.totalBytes)} in all, got ${sizeText(size)} in ${name}. Split the venue.`,
        name,
      )
    }
    if (files.size === limits.entries) {
      throw new BadArchive(
        'too-many-files',
        `Expected at most ${limits.entries} files of JSON, got more. Choose the folder of the venue.`,
      )
    }
    left -= size
    files.set(name, await readFile(path))
  }
  return { files, skipped }
}

/** Paths of the files below a folder in alphabetical order; links are not followed. */
async function pathsBelow(folder: string): Promise<string[]> {
  const paths: string[] = []
  let lookedAt = 0
  const visit = async (at: string, depth: number): Promise<void> => {
    const entries = await readdir(at, { withFileTypes: true })
    lookedAt += entries.length
    if (lookedAt > maxLookedAt) {
      throw new BadArchive(
        'too-many-files',
        `Expected the folder of a venue, got one with more than ${maxLookedAt} files below it. Choose the folder of the venue.`,
      )
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.')) continue
      const path = join(at, entry.name)
      if (entry.isFile()) paths.push(path)
      else if (entry.isDirectory() && depth < maxDepth) await visit(path, depth + 1)
    }
  }
  await visit(folder, 0)
  return paths
}

function textOf(name: string, bytes: Uint8Array): string {
  const read = utf8Text(bytes)
  if ('text' in read) return read.text
  const byte = `0x${read.badByte.toString(16).padStart(2, '0')}`
  throw new BadArchive(
    'wrong-encoding',
    `Expected UTF-8 in ${name}, got byte ${byte} at offset ${read.badByteAt}. Save the file as UTF-8 and export the archive again.`,
    name,
  )
}

function notKept(file: string): Problem {
  return {
    severity: 'warning',
    code: 'file-not-kept',
    file,
    feature: '',
    message: `${file} is not part of an IMDF archive and was not kept. Nothing to do unless you need it.`,
  }
}

export interface ReadVenueOptions {
  /** Name of a venue whose format tells none; by default that of its folder or file. */
  readonly name?: string
  /** BCP 47 tag of such a venue's language. Default `zh`. */
  readonly language?: string
  readonly limits?: ArchiveLimits
}

/**
 * Reads and checks a venue, whatever its format: files, parser, validator.
 * @param source As for `readArchiveFiles`.
 * @returns The archive with the problems found, errors first, some hundred at most. With an error among them it
 *   may be looked at, not published. What cannot be read at all is refused, with its problems.
 */
export async function readVenue(
  source: string | Buffer,
  options: ReadVenueOptions = {},
): Promise<ReadArchive> {
  const read = await readArchiveFiles(source, options.limits)
  if ('refused' in read) return read
  const parsed =
    read.format === 'imdf'
      ? readImdf(read.files)
      : readCompetition(read.files, { name: nameFor(source), ...options })
  const found = [...parsed.problems, ...read.problems]
  if ('refused' in parsed) return { ...parsed, problems: errorsFirst(found) }
  // The competition's format names no lift and no stairs: routes would stay on their level.
  const archive = read.format === 'imdf' ? parsed.archive : withLikelyConnectors(parsed.archive)
  return { archive, problems: errorsFirst([...found, ...validateArchive(archive)]) }
}

function withLikelyConnectors(archive: Archive): Archive {
  const likely = suggestConnectors(archive).filter(({ confidence }) => confidence === 'likely')
  return withConnectors(archive, likely)
}

function nameFor(source: string | Buffer): string {
  return typeof source === 'string' ? basename(resolve(source)).replace(/\.zip$/i, '') : 'Venue'
}
