import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { chmod, copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UnusableDatabase } from '../unusable-database.ts'
import { EngineThread } from './engine-thread.ts'
import { writePostgisBundle } from './postgis-bundle.ts'
import { isRunning } from './process-identity.ts'

/** What every database of one pair of engine packages shares; made once beside the first of them. */
export interface EngineFiles {
  /** The reduced PostGIS bundle, read at every start. */
  readonly postgisBundle: string
  /** An initialised database with PostGIS created in it, to be copied. */
  readonly template: string
}

/**
 * The engine's files under `parent`, made when they are missing (some 10 s, once a machine): they appear whole
 * or not at all, because they are made in another folder and renamed. Two processes may make them at once;
 * the first to finish wins.
 */
export async function engineFiles(parent: string, onMaking: () => void): Promise<EngineFiles> {
  const folder = join(parent, `engine-${engineVersions()}`)
  const files = filesIn(folder)
  if (existsSync(folder)) return files

  onMaking()
  await mkdir(parent, { recursive: true })
  await removeLeftovers(parent)
  const making = makingName(folder)
  await mkdir(making)
  const made = filesIn(making)
  writePostgisBundle(made.postgisBundle)
  const thread = await EngineThread.start({
    dataDir: made.template,
    postgisBundle: made.postgisBundle,
    guarded: true,
  })
  try {
    await thread.run('CREATE EXTENSION postgis')
  } finally {
    await thread.close()
  }
  await rename(making, folder).catch(async (error: unknown) => {
    await rm(making, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  })
  return files
}

/**
 * Makes `dataDir` a copy of the template, on disk before it bears its name: a crash or power cut in the middle
 * leaves no half database. Does nothing when the folder holds a database already.
 * @throws UnusableDatabase when it is a database of another major version
 */
export async function ensureDataFolder(dataDir: string, template: string): Promise<void> {
  const versionFile = join(dataDir, 'PG_VERSION')
  if (existsSync(versionFile)) {
    const [there, ours] = await Promise.all(
      [versionFile, join(template, 'PG_VERSION')].map((file) => readFile(file, 'utf8')),
    )
    if (there === ours) return
    throw new UnusableDatabase(
      `数据目录 ${dataDir} 属于 PostgreSQL ${there?.trim()}，需要 ${ours?.trim()}。 ` +
        `Folder ${dataDir} holds a database of PostgreSQL ${there?.trim()}, expected ${ours?.trim()}: ` +
        `export its data with the version of Atrium that made it, then start with an empty folder.`,
    )
  }
  const making = makingName(dataDir)
  await removeLeftovers(dirname(dataDir))
  await copyFolder(template, making)
  // As PostgreSQL keeps its own: nobody else on the machine reads what is known of people.
  await chmod(making, 0o700)
  await rename(making, dataDir)
  await syncToDisk(dirname(dataDir))
}

/**
 * Looks before the template is made, which takes long, whether the folder is free or holds a database.
 * @throws UnusableDatabase when it holds something else
 */
export function checkDataFolder(dataDir: string): void {
  if (!existsSync(dataDir) || existsSync(join(dataDir, 'PG_VERSION'))) return
  if (readdirSync(dataDir).length === 0) return
  throw new UnusableDatabase(
    `目录 ${dataDir} 不是数据库目录且不为空。 ` +
      `Folder ${dataDir} is not empty and no database: name an empty or new folder.`,
  )
}

/** Versions of the two packages the engine is made of: `pglite-0.5.8-postgis-0.2.8`. */
export function engineVersions(): string {
  const version = (name: string) => {
    const text = readFileSync(fileURLToPath(new URL('../package.json', import.meta.resolve(name))), 'utf8')
    return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown'
  }
  return `pglite-${version('@electric-sql/pglite')}-postgis-${version('@electric-sql/pglite-postgis')}`
}

function filesIn(folder: string): EngineFiles {
  return { postgisBundle: join(folder, 'postgis.tar.gz'), template: join(folder, 'template') }
}

const makingMark = '.making-'

function makingName(folder: string): string {
  return `${folder}${makingMark}${process.pid}-${randomUUID()}`
}

/** Removes what a process that is no more had begun to make. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(name.split(makingMark)[1]?.split('-')[0])
    if (Number.isInteger(pid) && !isRunning(pid)) {
      await rm(join(parent, name), { recursive: true, force: true })
    }
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: statSync(from).mode })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await copyFolder(source, target)
    else {
      await copyFile(source, target)
      await syncToDisk(target)
    }
  }
  await syncToDisk(to)
}

async function syncToDisk(path: string): Promise<void> {
  const isFolder = (await stat(path)).isDirectory()
  const handle = await open(path, isFolder ? 'r' : 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
