import { z } from 'zod'
import type { Json } from '../../maps/model/index.ts'

/**
 * A change of one live stream: values by key that now hold, and keys that hold no longer. Values are whole
 * and absolute, so that a patch may come twice.
 */
export interface Patch {
  readonly stream: string
  readonly set?: Readonly<Record<string, Json>>
  readonly gone?: readonly string[]
  /**
   * For values that stand in no table: how long they hold unless they are said again, ms. A value of a node
   * that died is gone after this; a node that starts knows it as soon as it is said again.
   */
  readonly ttlMs?: number
}

const json: z.ZodType<Json> = z.json()
const key = z.string().min(1).max(200)

const patchSchema = z.strictObject({
  stream: z.string().min(1).max(120),
  set: z.record(key, json).exactOptional(),
  gone: z.array(key).exactOptional(),
  ttlMs: z.int().min(1).max(86_400_000).exactOptional(),
})

/** Something that every node has to hear of, such as that what it keeps in memory is old. */
export interface News {
  readonly topic: string
  readonly venueId: string
  readonly visitorId?: string
  readonly payload: Json
}

const newsSchema = z.strictObject({
  topic: z.string().min(1).max(100),
  venueId: z.string().min(1).max(100),
  visitorId: z.string().max(100).exactOptional(),
  payload: json,
})

const message = z.union([z.strictObject({ patch: patchSchema }), z.strictObject({ news: newsSchema })])

/** What nodes tell each other. */
export type NodeMessage = { readonly patch: Patch } | { readonly news: News }

/** Reads what another node wrote; `undefined` when it makes no sense here (a node of another version). */
export function readNodeMessage(text: string): NodeMessage | undefined {
  try {
    return message.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
