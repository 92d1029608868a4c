import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

/** The parts of `app.json` the build reads. */
export interface AppConfig {
  readonly pages: readonly string[]
  readonly subPackages?: readonly { readonly root: string; readonly pages: readonly string[] }[]
  readonly tabBar?: {
    readonly custom?: boolean
    readonly color?: string
    readonly selectedColor?: string
    readonly list: readonly { readonly pagePath: string; readonly text: string }[]
  }
  readonly usingComponents?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

/** The parts of a page's or component's `.json` the build reads. */
export interface ComponentConfig {
  readonly component?: boolean
  readonly styleIsolation?: string
  readonly addGlobalClass?: boolean
  readonly usingComponents?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

/** A page or a component: four files of one name. */
export interface ComponentFiles {
  /** Path in the mini-program without an ending: `pages/home/index`. */
  readonly id: string
  readonly isPage: boolean
  readonly config: ComponentConfig
  /** Ids of the components it uses by tag. */
  readonly using: Readonly<Record<string, string>>
}

/** A mini-program as its configuration describes it. */
export interface AppFiles {
  readonly config: AppConfig
  /** Every page, those of subpackages with their root in front. */
  readonly pages: readonly string[]
  readonly components: readonly ComponentFiles[]
}

/** Folder of component libraries, as WeChat's "build npm" lays them out. */
export const npmFolder = 'miniprogram_npm'

const tabBarId = 'custom-tab-bar/index'

/**
 * Follows `app.json` to its pages and from those to every component used.
 *
 * @param root folder with `app.json`
 * @param libraries where a library lies that is not below `root` yet, by its name
 * @throws Error naming the file and the tag, when a component cannot be found
 */
export function readAppFiles(root: string, libraries: Readonly<Record<string, string>> = {}): AppFiles {
  const config = readJson(join(root, 'app.json')) as AppConfig
  const pages = [
    ...config.pages,
    ...(config.subPackages ?? []).flatMap((each) => each.pages.map((page) => posix.join(each.root, page))),
  ]
  const found = new Map<string, ComponentFiles>()
  const visit = (id: string, isPage: boolean): void => {
    if (found.has(id)) return
    const own = readJson(`${fileOf(root, id, libraries)}.json`) as ComponentConfig
    const using: Record<string, string> = {}
    const component = { id, isPage, config: own, using }
    found.set(id, component)
    const tags = { ...(id.startsWith(npmFolder) ? {} : config.usingComponents), ...own.usingComponents }
    for (const [tag, reference] of Object.entries(tags)) {
      const target = resolveReference(id, reference, (candidate) =>
        existsSync(`${fileOf(root, candidate, libraries)}.json`),
      )
      if (target === undefined) throw new Error(`${id}.json: <${tag}> names ${reference}, which is not there`)
      using[tag] = target
      visit(target, false)
    }
  }
  for (const page of pages) visit(page, true)
  if (config.tabBar?.custom) visit(tabBarId, false)
  return { config, pages, components: [...found.values()] }
}

/** The file of a component without its ending, in the mini-program or in a library beside it. */
export function fileOf(root: string, id: string, libraries: Readonly<Record<string, string>> = {}): string {
  for (const [name, folder] of Object.entries(libraries)) {
    const prefix = `${npmFolder}/${name}/`
    if (id.startsWith(prefix)) return join(folder, id.slice(prefix.length))
  }
  return join(root, id)
}

/** From the root, beside the component, or of a library: in this order, as WeChat looks. */
function resolveReference(
  from: string,
  reference: string,
  isThere: (id: string) => boolean,
): string | undefined {
  if (reference.startsWith('/')) return isThere(reference.slice(1)) ? reference.slice(1) : undefined
  const beside = posix.join(dirname(from), reference)
  if (isThere(beside)) return beside
  const inLibrary = posix.join(npmFolder, reference)
  return !reference.startsWith('.') && isThere(inLibrary) ? inLibrary : undefined
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown
  } catch (error) {
    throw new Error(`${file}: expected JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
