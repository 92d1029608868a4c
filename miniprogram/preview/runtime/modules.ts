import type { ModuleBody } from './bundle.ts'

/** Loads the modules of a mini-program: each once, found from the one that asks, as CommonJS does. */
export interface ModuleLoader {
  /** Runs a module by its path (`pages/home/index.js`) with what WeChat gives it. */
  load(path: string, given: readonly unknown[]): unknown
}

/**
 * @param modules bodies by path
 * @throws Error, from `load`, naming both when a module asks for one that is not there
 */
export function createModuleLoader(modules: Readonly<Record<string, ModuleBody>>): ModuleLoader {
  const loaded = new Map<string, { exports: unknown }>()
  const load = (path: string, given: readonly unknown[]): unknown => {
    const known = loaded.get(path)
    if (known) return known.exports
    const body = modules[path]
    if (!body) throw new Error(`module '${path}' is not there`)
    const module = { exports: {} }
    loaded.set(path, module)
    const require = (asked: string): unknown => {
      const target = resolve(path, asked)
      if (!(target in modules)) throw new Error(`module '${asked}' is not there (required by ${path})`)
      return load(target, given)
    }
    body(require, module, module.exports, ...given)
    return module.exports
  }
  return { load }
}

function resolve(from: string, asked: string): string {
  const parts = asked.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of asked.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  const path = parts.join('/')
  return path.endsWith('.js') ? path : `${path}.js`
}
