import vue from '@vitejs/plugin-vue'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'vite'
import type { InlineConfig } from 'vite'
import { buildPreview } from './miniprogram/build-preview.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))

interface Client {
  readonly name: string
  /** Path it is served at: empty for `/`, `kiosk` for `/kiosk/`. */
  readonly path: string
  /** Folders and files that the built client follows from. */
  readonly inputs: readonly string[]
  /** Pages by the name of their chunk. */
  readonly pages: Readonly<Record<string, string>>
  /** A script that keeps the page while the server is away: one file without imports, `service-worker.js`. */
  readonly serviceWorker?: string
  /** Builds a client that is more than its pages, in place of the builder of pages. */
  readonly build?: (folder: string, pagesDir: string) => Promise<void>
}

/** Every client that runs in a browser; one joins with a row. */
const clients: readonly Client[] = [
  {
    name: 'site',
    path: '',
    inputs: ['site', 'ui', 'maps', 'server/contract', 'bin/clients.ts', 'package-lock.json'],
    pages: { index: 'site/index.html', map: 'site/map/index.html' },
  },
  {
    name: 'kiosk',
    path: 'kiosk',
    inputs: ['kiosk', 'ui', 'maps', 'server/contract', 'bin/clients.ts', 'package-lock.json'],
    pages: { index: 'kiosk/index.html' },
    serviceWorker: 'kiosk/offline/service-worker.ts',
  },
  {
    name: 'miniprogram',
    path: 'miniprogram',
    inputs: [
      ...['miniprogram', 'bin/miniprogram', 'positioning', 'maps', 'ui', 'server/contract'],
      ...['bin/clients.ts', 'package-lock.json'],
    ],
    pages: {},
    build: (folder, pagesDir) => buildPreview({ folder, miniProgramDir: miniProgramDir(pagesDir) }),
  },
]

/** Beside the pages: `dist/miniprogram` for `dist/pages`; WeChat DevTools opens it. */
function miniProgramDir(pagesDir: string): string {
  return join(dirname(pagesDir), basename(pagesDir).replace('pages', 'miniprogram'))
}

/** Names the built files of a client: its service worker reads from it what there is to keep. */
const manifest = 'files.json'

export interface BuildOptions {
  /** Told what goes on, in the words of both languages. */
  readonly log: (zh: string, en: string) => void
  /** Builds even what has not changed. */
  readonly force?: boolean
  /** Name of the one client to build; all unless given. */
  readonly only?: string
  /** Folder that is served at `/`; `dist/pages` of the repository unless given. */
  readonly pagesDir?: string
}

/**
 * Builds the browser clients with Vite, compressed files beside the plain ones so that the server never
 * has to. A client whose inputs are those of its last build is skipped: a second start waits for a hash of
 * some hundred files only.
 *
 * @returns the folder that is served at `/`
 */
export async function buildClients({
  log,
  force = false,
  only,
  pagesDir = join(repository, 'dist/pages'),
}: BuildOptions): Promise<string> {
  for (const client of clients) {
    const { name, inputs } = client
    if (only !== undefined && name !== only) continue
    const mark = join(`${pagesDir}.inputs`, name)
    const hash = await hashOf(inputs)
    if (!force && (await textOf(mark)) === hash) {
      log(`界面 ${name} 没有变化`, `${name} is unchanged`)
      continue
    }
    const started = Date.now()
    log(`正在构建界面 ${name}`, `Building ${name}`)
    // Written last: a build that was cut short is done again.
    await rm(mark, { force: true })
    const folder = join(pagesDir, client.path)
    await empty(folder)
    await (client.build ? client.build(folder, pagesDir) : build(configOf(client, folder)))
    await compressAll(folder)
    await mkdir(`${pagesDir}.inputs`, { recursive: true })
    await writeFile(mark, hash)
    const seconds = ((Date.now() - started) / 1000).toFixed(1)
    log(`界面 ${name} 构建完成，用了 ${seconds} 秒`, `${name} built in ${seconds} s`)
  }
  return pagesDir
}

/** Removes a former build, but not the clients that are served from below it. */
async function empty(folder: string): Promise<void> {
  const others = clients.map(({ path }) => path).filter((path) => path !== '')
  for (const entry of await readdir(folder).catch(() => [])) {
    if (!others.includes(entry)) await rm(join(folder, entry), { recursive: true })
  }
}

function configOf(client: Client, outDir: string): InlineConfig {
  const pages = Object.entries(client.pages).map(([name, page]) => [name, join(repository, page)] as const)
  const worker = client.serviceWorker
  const scripts = worker === undefined ? [] : [['service-worker', join(repository, worker)] as const]
  return {
    root: join(repository, client.name),
    base: client.path === '' ? '/' : `/${client.path}/`,
    configFile: false,
    logLevel: 'warn',
    plugins: [vue()],
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      // Data in the page would need a wider policy for fonts and pictures.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The map libraries are large, and loaded by nobody who shows no map.
      chunkSizeWarningLimit: 2000,
      ...(worker === undefined ? {} : { manifest }),
      rolldownOptions: {
        input: Object.fromEntries([...pages, ...scripts]),
        // A service worker is found under one address for good: the browser asks there for the next one.
        output: {
          entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
        },
        checks: { bundlerTimings: false },
      },
    },
  }
}

const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)
const compressible = /\.(?:js|mjs|css|html|svg)$/
const leastBytes = 1024

/** Brotli at 9 of 11: 11 % larger than the smallest, made in a fifteenth of the time (0.4 s for all files). */
const brotliParams = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }

async function compressAll(folder: string): Promise<void> {
  for (const file of await filesIn(folder)) {
    if (!compressible.test(file)) continue
    const content = await readFile(file)
    if (content.length < leastBytes) continue
    await writeFile(`${file}.br`, await toBrotli(content, brotliParams))
    await writeFile(`${file}.gz`, await toGzip(content))
  }
}

/** One hash over names and contents of all input files, and the Node that builds them. */
async function hashOf(inputs: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(process.version)
  for (const input of inputs) {
    for (const file of await filesIn(join(repository, input))) {
      if (/\.(?:test|bench)\.ts$|\/testing\//.test(file)) continue
      hash.update(file.slice(repository.length)).update(await readFile(file))
    }
  }
  return hash.digest('hex')
}

/** All files below a path, in order; the path itself when it is a file. */
async function filesIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  } catch (error) {
    if (isNotADirectory(error)) return [path]
    throw error
  }
}

function isNotADirectory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOTDIR'
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined)
}
