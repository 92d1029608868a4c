import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'
import type { Plugin } from 'vite'

const repository = fileURLToPath(new URL('..', import.meta.url))
const notOurs = /(^|\/)(node_modules|dist|\.[^/]+)(\/|$)/

/**
 * Writes every test as JavaScript into `dist/tests`, what several of them use once beside them, for `ava.bundled.mjs`.
 * AVA starts a process for each file: each would have all of its modules translated one by one, a third to two
 * seconds of a processor for each of some 170 files.
 */
export async function bundleTests(): Promise<void> {
  const files = await testFiles()
  await build({
    configFile: false,
    root: repository,
    logLevel: 'warn',
    publicDir: false,
    plugins: [knowsItsPlace()],
    build: {
      ssr: true,
      outDir: 'dist/tests',
      target: 'node20',
      rolldownOptions: {
        input: Object.fromEntries(
          files.map((file) => [file.slice(0, -'.ts'.length), join(repository, file)]),
        ),
        // Migrations and errors go by the names of their classes.
        output: { entryFileNames: '[name].js', chunkFileNames: 'parts/[name]-[hash].js', keepNames: true },
      },
    },
  })
}

/** Paths from the repository's folder. */
async function testFiles(): Promise<string[]> {
  const rooms = (await readdir(repository)).filter((name) => !notOurs.test(name) && !name.includes('.'))
  const found = rooms.map(async (room) =>
    (await readdir(join(repository, room), { recursive: true })).map((file) => join(room, file)),
  )
  return (await Promise.all(found)).flat().filter((file) => file.endsWith('.test.ts') && !notOurs.test(file))
}

/** What lies beside a module is found from where the module is written, not from where it was bundled to. */
function knowsItsPlace(): Plugin {
  return {
    name: 'knows-its-place',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith('.ts') || notOurs.test(id.slice(repository.length))) return null
      return (await readFile(id, 'utf8'))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
    },
  }
}
