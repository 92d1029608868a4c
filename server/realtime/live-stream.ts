import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../../maps/model/index.ts'
import type { LiveFrame } from '../contract/realtime.contract.ts'
import type { Patch } from './patch.ts'

/** Keys of one stream; further ones are left out and counted. */
export const maxStreamKeys = 10_000

type Snapshot = LiveFrame & { kind: 'snapshot' }
type Delta = LiveFrame & { kind: 'delta' }

/**
 * One live stream in one life on one node: a map from keys to values, numbered. Patches gather until
 * {@link flush} makes one delta of them: however often a value changes in between, it is sent once.
 */
export class LiveStream {
  readonly name: string
  readonly epoch: string
  readonly #values = new Map<string, Json>()
  /** Keys that changed since the last delta. */
  readonly #changed = new Set<string>()
  /** When values that stand in no table end, by the caller's clock. */
  readonly #endsMs = new Map<string, number>()
  #seq = 0

  /** @param epoch never used before for this stream */
  constructor(name: string, epoch: string) {
    this.name = name
    this.epoch = epoch
  }

  /** Number of the last delta. */
  get seq(): number {
    return this.#seq
  }

  get size(): number {
    return this.#values.size
  }

  /** True when there is something for a next delta. */
  get changed(): boolean {
    return this.#changed.size > 0
  }

  /** True when it holds values that only its memory has. */
  get holdsMemory(): boolean {
    return this.#endsMs.size > 0
  }

  /**
   * Takes a patch in. O(keys of the patch).
   * @returns how many keys found no room
   */
  apply({ set = {}, gone = [], ttlMs }: Omit<Patch, 'stream'>, nowMs: number): number {
    let refused = 0
    for (const key of gone) this.#remove(key)
    for (const [key, value] of Object.entries(set)) {
      if (!this.#values.has(key) && this.#values.size >= maxStreamKeys) {
        refused++
        continue
      }
      if (ttlMs === undefined) this.#endsMs.delete(key)
      else this.#endsMs.set(key, nowMs + ttlMs)
      if (this.#values.has(key) && isDeepStrictEqual(this.#values.get(key), value)) continue
      this.#values.set(key, value)
      this.#changed.add(key)
    }
    return refused
  }

  /** Takes out what nobody said again in time. O(values with an end). */
  expire(nowMs: number): void {
    for (const [key, endMs] of this.#endsMs) if (endMs <= nowMs) this.#remove(key)
  }

  /** The values with an end, as patches for the next life of the stream. */
  memory(nowMs: number): Omit<Patch, 'stream'>[] {
    return [...this.#endsMs].map(([key, endMs]) => ({
      set: { [key]: this.#values.get(key)! },
      ttlMs: Math.max(1, endMs - nowMs),
    }))
  }

  /** The next delta, or nothing when nothing changed. */
  flush(atMs: number): Delta | undefined {
    if (this.#changed.size === 0) return undefined
    const set: Record<string, Json> = {}
    const gone: string[] = []
    for (const key of this.#changed) {
      const value = this.#values.get(key)
      if (value === undefined) gone.push(key)
      else set[key] = value
    }
    this.#changed.clear()
    this.#seq++
    const data = { ...(Object.keys(set).length > 0 ? { set } : {}), ...(gone.length > 0 ? { gone } : {}) }
    return { stream: this.name, epoch: this.epoch, seq: this.#seq, kind: 'delta', atMs, data }
  }

  /**
   * All of it. May hold changes that the next delta says once more; as values are whole, that is harmless.
   */
  snapshot(atMs: number): Snapshot {
    const data = Object.fromEntries(this.#values)
    return { stream: this.name, epoch: this.epoch, seq: this.#seq, kind: 'snapshot', atMs, data }
  }

  beat(atMs: number): LiveFrame {
    return { stream: this.name, epoch: this.epoch, seq: this.#seq, kind: 'beat', atMs }
  }

  #remove(key: string): void {
    this.#endsMs.delete(key)
    if (this.#values.delete(key)) this.#changed.add(key)
  }
}
