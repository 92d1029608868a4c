import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { fileOf, npmFolder, readAppFiles } from './app-files.ts'
import type { AppFiles, ComponentFiles } from './app-files.ts'
import { engineIoInMiniProgram } from './engine-io.ts'
import { lightContract } from './light-contract.ts'
import { packageSizes } from './package-sizes.ts'
import type { PackageSize } from './package-sizes.ts'
import { colourTokens, iconsWxss, tokensWxss } from './styles.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Where the sources of the mini-program lie. */
export const appFolder = join(repository, 'miniprogram/app')

/** Where a library lies; its icons are ours, because its font is fetched from elsewhere. */
const libraries = {
  'tdesign-miniprogram/icon': join(appFolder, 'components/tdesign-icon'),
  'tdesign-miniprogram': join(repository, 'node_modules/tdesign-miniprogram/miniprogram_dist'),
}

export interface MiniProgramOptions {
  /** Folder to build into, emptied before; WeChat DevTools opens it. */
  readonly outDir: string
  /** Address of the server without a trailing slash; empty in the preview, which answers from its own origin. */
  readonly serverUrl?: string
  /** AppID of the mini-program; a tourist's unless given. */
  readonly appId?: string
  /** Sources, for tests; the product's unless given. */
  readonly source?: string
  readonly minify?: boolean
  /** Version of WeChat's plug-in for speech, as the account that has added it is told; not declared unless given. */
  readonly voice?: string
}

/**
 * Builds the mini-program as WeChat takes it: one CommonJS file for each page and component, shared code in
 * `shared/`, the other three files of each beside it, only the library components that are used.
 *
 * @returns the size of each package
 * @throws Error when a component is missing or the sources do not compile
 */
export async function buildMiniProgram(options: MiniProgramOptions): Promise<readonly PackageSize[]> {
  const { outDir, serverUrl = '', source = appFolder, minify = true } = options
  const app = readAppFiles(source, libraries)
  await rm(outDir, { recursive: true, force: true })
  await build({
    root: source,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [lightContract(), engineIoInMiniProgram(), libraryDependencies(), tokensModule()],
    define: { ATRIUM_SERVER: JSON.stringify(serverUrl) },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2018',
      minify: minify ? 'oxc' : false,
      modulePreload: false,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: {
        input: scriptsOf(app, source),
        preserveEntrySignatures: false,
        checks: { bundlerTimings: false },
        output: {
          format: 'cjs',
          entryFileNames: '[name].js',
          chunkFileNames: 'shared/[name].js',
          exports: 'auto',
        },
      },
    },
  })
  await copyTemplates(app, source, outDir)
  await writeGenerated(source, outDir, options.appId ?? 'touristappid')
  if (options.voice !== undefined) await declareVoice(outDir, options.voice)
  return packageSizes(outDir, app.config)
}

/** `virtual:tokens`: the colours for what draws on a canvas, where no style sheet reaches. */
function tokensModule() {
  return {
    name: 'tokens',
    resolveId: (id: string) => (id === 'virtual:tokens' ? '\0tokens' : null),
    async load(id: string) {
      if (id !== '\0tokens') return null
      const { light, dark } = colourTokens(await readFile(join(repository, 'ui/tokens.css'), 'utf8'))
      return `export const light = ${JSON.stringify(light)}\nexport const dark = ${JSON.stringify(dark)}`
    },
  }
}

function scriptsOf(app: AppFiles, source: string): Record<string, string> {
  const scripts = app.components.map(({ id }): [string, string] => [
    id,
    scriptOf(fileOf(source, id, libraries)),
  ])
  return { app: scriptOf(join(source, 'app')), ...Object.fromEntries(scripts) }
}

function scriptOf(file: string): string {
  const found = ['.ts', '.js'].map((ending) => file + ending).find((each) => existsSync(each))
  if (found === undefined) throw new Error(`${relative(repository, file)}: expected a script (.ts)`)
  return found
}

/** Libraries bring what they need in a folder of their own, not declared as dependencies. */
function libraryDependencies() {
  return {
    name: 'library-dependencies',
    enforce: 'pre' as const,
    resolveId(id: string, importer: string | undefined) {
      if (importer === undefined || !/^[\w-]+$/.test(id)) return null
      const library = Object.values(libraries).find((folder) => importer.startsWith(folder))
      if (library === undefined) return null
      const file = join(library, npmFolder, id, 'index.js')
      return existsSync(file) ? file : null
    },
  }
}

/** Copies what is not a script: all of our own, of a library what its used components reach. */
async function copyTemplates(app: AppFiles, source: string, outDir: string): Promise<void> {
  const own = await readdir(source, { recursive: true })
  const wanted = own.filter(
    (file) => /\.(?:wxml|wxss|wxs|json|png)$/.test(file) && !file.endsWith('tsconfig.json'),
  )
  for (const file of wanted) await copy(join(source, file), join(outDir, file))
  for (const component of app.components) {
    if (component.id.startsWith(npmFolder)) await copyLibraryComponent(component, outDir, new Set())
  }
}

async function copyLibraryComponent(
  { id }: ComponentFiles,
  outDir: string,
  seen: Set<string>,
): Promise<void> {
  const pending = ['.json', '.wxml', '.wxss'].map((ending) => id + ending)
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const file = fileOf('', path, libraries)
    if (seen.has(path) || !existsSync(file)) continue
    seen.add(path)
    await copy(file, join(outDir, path))
    const text = await readFile(file, 'utf8')
    const references = text.matchAll(/(?:src=|@import |require\()\s*["']([^"']+\.(?:wxss|wxs|wxml))["']/g)
    for (const [, reference] of references) pending.push(posix.join(dirname(path), reference!))
  }
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await cp(from, to)
}

async function writeGenerated(source: string, outDir: string, appid: string): Promise<void> {
  const tokens = await readFile(join(repository, 'ui/tokens.css'), 'utf8')
  await mkdir(join(outDir, 'styles'), { recursive: true })
  await writeFile(join(outDir, 'styles/tokens.wxss'), tokensWxss(tokens))
  await writeFile(join(outDir, 'styles/icons.wxss'), iconsWxss())
  const project = JSON.parse(await readFile(join(source, 'project.config.json'), 'utf8')) as object
  await writeFile(join(outDir, 'project.config.json'), `${JSON.stringify({ ...project, appid }, null, 2)}\n`)
}

/** Of WeChat's own plug-in for speech (同声传译). Source: its page among WeChat's plug-ins. */
const speechProvider = 'wx069ba97219f66d99'

async function declareVoice(outDir: string, version: string): Promise<void> {
  const file = join(outDir, 'app.json')
  const app = JSON.parse(await readFile(file, 'utf8')) as object
  const plugins = { WechatSI: { version, provider: speechProvider } }
  await writeFile(file, `${JSON.stringify({ ...app, plugins }, null, 2)}\n`)
}
