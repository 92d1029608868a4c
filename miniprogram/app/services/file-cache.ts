import type { Memory } from './memory.ts'
import { hasKeys } from './memory.ts'

/** The part of WeChat's file system manager the cache uses. */
export interface FilePlatform {
  readFileSync(path: string, encoding?: 'utf8'): string | ArrayBuffer
  writeFileSync(path: string, data: string | ArrayBuffer): void
  unlinkSync(path: string): void
}

interface Kept {
  readonly hash: string
  readonly bytes: number
  readonly usedAtMs: number
}

/** Most bytes kept; a mall of five levels takes some 2 MB, so ten malls fit. */
export const cacheMaxBytes = 24 * 1024 * 1024

/** Files by the hash of their content: what never changes need not be fetched twice. */
export interface FileCache {
  /** The content, from the phone or else fetched and kept. @throws whatever `fetch` throws */
  text(hash: string, fetch: () => Promise<string>): Promise<string>
  bytes(hash: string, fetch: () => Promise<Uint8Array>): Promise<Uint8Array>
}

const indexKey = 'file-cache'

const isIndex = (value: unknown): value is Kept[] =>
  Array.isArray(value) && value.every(hasKeys('hash', 'bytes', 'usedAtMs'))

/**
 * A cache in the phone's files, bounded: beyond {@link cacheMaxBytes} what was used longest ago goes first.
 * A file that cannot be read is fetched again; one that cannot be written is used without being kept.
 */
export function createFileCache(parts: {
  readonly files: FilePlatform
  readonly folder: string
  readonly memory: Memory
  readonly now: () => number
}): FileCache {
  const { files, folder, memory, now } = parts
  const pathOf = (hash: string) => `${folder}/atrium-${hash}`

  const read = (hash: string, encoding: 'utf8' | undefined): string | ArrayBuffer | undefined => {
    const index = memory.get(indexKey, isIndex) ?? []
    const kept = index.find((each) => each.hash === hash)
    if (!kept) return undefined
    try {
      const content = files.readFileSync(pathOf(hash), encoding)
      memory.set(indexKey, [...index.filter((each) => each !== kept), { ...kept, usedAtMs: now() }])
      return content
    } catch {
      memory.set(
        indexKey,
        index.filter((each) => each !== kept),
      )
      return undefined
    }
  }

  const keep = (hash: string, content: string | ArrayBuffer, bytes: number): void => {
    if (bytes > cacheMaxBytes) return
    const known = (memory.get(indexKey, isIndex) ?? []).filter((each) => each.hash !== hash)
    const oldest = [...known].sort((a, b) => a.usedAtMs - b.usedAtMs)
    let total = bytes + known.reduce((sum, each) => sum + each.bytes, 0)
    const gone = new Set<Kept>()
    for (const each of oldest) {
      if (total <= cacheMaxBytes) break
      total -= each.bytes
      gone.add(each)
      remove(each.hash)
    }
    try {
      files.writeFileSync(pathOf(hash), content)
      memory.set(indexKey, [...known.filter((each) => !gone.has(each)), { hash, bytes, usedAtMs: now() }])
    } catch {
      memory.set(
        indexKey,
        known.filter((each) => !gone.has(each)),
      )
    }
  }

  const remove = (hash: string): void => {
    try {
      files.unlinkSync(pathOf(hash))
    } catch {
      // Gone already.
    }
  }

  return {
    async text(hash, fetch) {
      const kept = read(hash, 'utf8')
      if (typeof kept === 'string') return kept
      const content = await fetch()
      keep(hash, content, content.length)
      return content
    },
    async bytes(hash, fetch) {
      const kept = read(hash, undefined)
      if (kept instanceof ArrayBuffer) return new Uint8Array(kept)
      const content = await fetch()
      const copy = new Uint8Array(content)
      keep(hash, copy.buffer, copy.byteLength)
      return content
    },
  }
}
