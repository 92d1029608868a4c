import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parseRecordedWalk, type ParsedWalk } from '../recorded-walk.ts'

/** A walk with the name of its file, for hashing into folds; never shown to an engine. */
export interface NamedWalk extends ParsedWalk {
  readonly name: string
}

/**
 * Reads recorded walks from a folder with a folder for each level, files ending in `.txt` or `.txt.gz`.
 * Sorted by level and name, so that every run sees the same order.
 */
export function readRecordedWalks(directory: string): NamedWalk[] {
  const levels = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return levels
    .map((entry) => entry.name)
    .sort()
    .flatMap((level) =>
      readdirSync(join(directory, level))
        .filter((name) => /\.txt(\.gz)?$/.test(name))
        .sort()
        .map((name) => {
          const bytes = readFileSync(join(directory, level, name))
          const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
          return { ...parseRecordedWalk(level, text), name }
        }),
    )
}
