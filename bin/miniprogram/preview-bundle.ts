import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { TmplGroup } from 'glass-easel-template-compiler'
import { readAppFiles } from './app-files.ts'
import type { ComponentFiles } from './app-files.ts'
import { compileWxss, readWxss } from './compile-wxss.ts'
import { wxsForBrowser } from './compile-wxs.ts'

/** Names that WeChat's wrapper hides from a script, so that a page that needs one fails here as it does there. */
const hidden =
  'window,document,self,frames,location,navigator,localStorage,sessionStorage,history,screen,alert,confirm,' +
  'prompt,fetch,XMLHttpRequest,WebSocket,URL,URLSearchParams,TextEncoder,TextDecoder,Blob,Worker,indexedDB,' +
  'structuredClone,requestAnimationFrame,cancelAnimationFrame,performance,crypto,queueMicrotask'

const given = 'require,module,exports,wx,App,Page,Component,Behavior,getApp,getCurrentPages,requirePlugin'

/**
 * Turns a built mini-program into one script for a browser: its modules as they ship, each in the wrapper
 * WeChat puts around it; its templates and styles compiled. The preview's runtime takes it from
 * `globalThis.miniProgram`.
 *
 * @param folder a built mini-program
 * @returns the script
 * @throws Error naming file and line when a template does not compile
 */
export async function previewBundle(folder: string): Promise<string> {
  const app = readAppFiles(folder)
  const templates = compileTemplates(folder, app.components)
  const components = app.components.map((component, index) => describe(folder, component, index))
  const modules = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.js')).sort()
  const wrapped = modules.map((file) => {
    const code = readFileSync(join(folder, file), 'utf8')
    return `${JSON.stringify(file)}: function (${given},${hidden}) {\n${code}\n}`
  })
  return [
    'globalThis.miniProgram = {',
    `app: ${JSON.stringify({ ...app.config, pages: app.pages })},`,
    `style: ${JSON.stringify(compileWxss(readWxss(folder, 'app.wxss'), {}))},`,
    `components: ${JSON.stringify(components)},`,
    `templates: (function (getRegExp, getDate, wxsConstructor) { return ${templates} }),`,
    `modules: {\n${wrapped.join(',\n')}\n}`,
    '}',
  ].join('\n')
}

/** What the runtime needs to register one component. */
function describe(folder: string, { id, isPage, config, using }: ComponentFiles, index: number) {
  const scope = isIsolated(config.styleIsolation, config) ? `s${index.toString(36)}` : undefined
  const rules = { ...(scope !== undefined && { scope }), ...(isPage && { page: id }) }
  return { id, isPage, config, using, scope, style: compileWxss(readWxss(folder, `${id}.wxss`), rules) }
}

/** Whether classes of others do not reach in: a component's do not, a page's are the app's. */
function isIsolated(isolation: string | undefined, config: ComponentFiles['config']): boolean {
  const effective = isolation ?? (config.component ? 'isolated' : 'shared')
  return effective !== 'shared' && effective !== 'page-shared'
}

function compileTemplates(folder: string, components: readonly ComponentFiles[]): string {
  const group = new TmplGroup()
  const seen = new Set<string>()
  const addScript = (path: string): void => {
    const id = path.replace(/\.wxs$/, '')
    if (seen.has(`${id}.wxs`)) return
    seen.add(`${id}.wxs`)
    const code = readFileSync(join(folder, `${id}.wxs`), 'utf8')
    const rewritten = wxsForBrowser(code)
    // Templates name a script without its ending, scripts that require each other with it.
    group.addScript(id, rewritten)
    group.addScript(`${id}.wxs`, rewritten)
    for (const [, required] of code.matchAll(/require\(\s*['"]([^'"]+)['"]\s*\)/g)) {
      addScript(posix.join(posix.dirname(id), required!))
    }
  }
  const addTemplate = (id: string): void => {
    if (seen.has(id)) return
    seen.add(id)
    const file = join(folder, `${id}.wxml`)
    const faults: unknown = group.addTmpl(id, existsSync(file) ? readFileSync(file, 'utf8') : '')
    if (Array.isArray(faults)) for (const fault of faults) refuseFault(`${id}.wxml`, fault)
    for (const name of group.getInlineScriptModuleNames(id) as string[]) {
      group.setInlineScript(id, name, wxsForBrowser(group.getInlineScript(id, name)))
    }
    for (const other of group.getDirectDependencies(id) as string[]) addTemplate(other)
    for (const script of group.getScriptDependencies(id) as string[]) addScript(script)
  }
  for (const { id } of components) addTemplate(id)
  const compiled = group.getTmplGenObjectGroups()
  group.free()
  return compiled
}

/** The least level of the compiler that means the template is wrong and not merely odd. */
const errorLevel = 3

function refuseFault(file: string, fault: unknown): void {
  if (typeof fault !== 'object' || fault === null) return
  const { level, message, startLine } = fault as { level?: number; message?: string; startLine?: number }
  if (level !== undefined && level < errorLevel) return
  throw new Error(`${file}:${String((startLine ?? 0) + 1)}: ${message ?? 'does not compile'}`)
}
