import { pathToFileURL } from 'node:url'
import { tsImport } from 'tsx/esm/api'
import type { Plugin } from 'vite'
import type { Endpoint, NoContent, RawContent } from '../../server/contract/endpoint.ts'
import { isEmpty, isRaw } from '../../server/contract/endpoint.ts'

const contractFile = /[\\/]server[\\/]contract[\\/][\w-]+\.contract\.ts$/

/**
 * Gives a client the contract without its schemas: where a module of `server/contract/*.contract.ts` is
 * bundled, its endpoints come with method, path and kinds of bodies, and its plain values as they are. A
 * client's types still come from the real module, what it sends is checked by the server, and zod (300 kB)
 * stays out of a package that may have two megabytes.
 */
export function lightContract(): Plugin {
  return {
    name: 'light-contract',
    enforce: 'pre',
    async load(id) {
      if (!contractFile.test(id)) return null
      const module = (await tsImport(pathToFileURL(id).href, import.meta.url)) as Readonly<
        Record<string, unknown>
      >
      const lines = Object.entries(module).flatMap(([name, value]) => {
        const light = lightOf(value)
        return light === undefined ? [] : [`export const ${name} = ${JSON.stringify(light)}`]
      })
      return lines.join('\n')
    },
  }
}

/** Plain data as it is, endpoints by their outline; undefined for what needs code, such as a schema. */
function lightOf(value: unknown): unknown {
  if (isEndpoint(value)) return outlineOf(value)
  if (Array.isArray(value)) {
    const items = value.map(lightOf)
    return items.includes(undefined) ? undefined : items
  }
  if (typeof value === 'object' && value !== null) {
    if (Object.getPrototypeOf(value) !== Object.prototype || '_zod' in value) return undefined
    const entries = Object.entries(value).map(([key, each]) => [key, lightOf(each)] as const)
    return entries.some(([, each]) => each === undefined) ? undefined : Object.fromEntries(entries)
  }
  return typeof value === 'function' ? undefined : value
}

function outlineOf({ id, method, path, request, responses }: Endpoint) {
  return {
    id,
    method,
    path,
    request: request.body === undefined ? {} : { body: bodyOf(request.body) },
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, content]) => [status, bodyOf(content)]),
    ),
  }
}

function bodyOf(content: Endpoint['responses'][number]): RawContent | NoContent | object {
  if (isRaw(content)) return { mediaType: content.mediaType }
  return isEmpty(content) ? { empty: true } : {}
}

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'method' in value && 'responses' in value
}
