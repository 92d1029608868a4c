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

/** Reads a patch that another node wrote; `undefined` when it is none (a node of another version). */
export function readPatch(text: string): Patch | undefined {
  try {
    const { data } = patchSchema.safeParse(JSON.parse(text))
    return data
  } catch {
    return undefined
  }
}
