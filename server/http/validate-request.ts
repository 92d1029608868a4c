import type { z } from 'zod'
import { isRaw } from '../contract/endpoint.ts'
import type { Endpoint, ReceivedBy } from '../contract/endpoint.ts'
import { inPlainWords } from '../contract/plain-words.ts'
import type { RequestFault } from '../contract/problem.ts'
import { Fault } from './fault.ts'

/** A request as it came, taken apart. */
export interface RawRequest {
  readonly params: Readonly<Record<string, string>>
  readonly querystring: string
  readonly body: unknown
}

/**
 * Checks all parts of a request against its endpoint and fills in defaults.
 * @throws Fault invalid-request with every fault of every part, each with a JSON pointer
 */
export function validateRequest<E extends Endpoint>(endpoint: E, raw: RawRequest): ReceivedBy<E> {
  const { params, query, body } = endpoint.request
  const faults: RequestFault[] = []
  const part = (place: RequestFault['in'], schema: z.ZodType | undefined, value: unknown): unknown => {
    if (!schema) return undefined
    const result = schema.safeParse(value, { error: inPlainWords })
    if (!result.success) faults.push(...result.error.issues.flatMap((issue) => faultsOf(place, issue)))
    return result.data
  }
  const received = {
    params: part('path', params, raw.params),
    query: part('query', query, query && parseQuery(raw.querystring)),
    body: body && !isRaw(body) ? part('body', body, raw.body) : raw.body,
  }
  if (faults.length > 0) throw new Fault('invalid-request', { faults })
  return received as ReceivedBy<E>
}

/**
 * A query as a plain object. An empty value counts as absent; a name given more than once becomes a list,
 * which no schema of a single value takes. O(length).
 */
export function parseQuery(querystring: string): Record<string, unknown> {
  const values = new Map<string, string | string[]>()
  for (const [name, text] of new URLSearchParams(querystring)) {
    const value = text.trim()
    if (value === '') continue
    const earlier = values.get(name)
    if (Array.isArray(earlier)) earlier.push(value)
    else values.set(name, earlier === undefined ? value : [earlier, value])
  }
  return Object.fromEntries(values)
}

function faultsOf(place: RequestFault['in'], issue: z.core.$ZodIssue): RequestFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      in: place,
      pointer: pointerOf([...issue.path, key]),
      message: issue.message,
    }))
  }
  return [{ in: place, pointer: pointerOf(issue.path), message: issue.message }]
}

/** Source: RFC 6901. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
