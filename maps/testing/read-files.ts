import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Text of every file below a folder, by its path within it. */
export function readFilesBelow(dir: string): Record<string, string> {
  const entries = readdirSync(dir, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(files.map((path) => [path.slice(dir.length + 1), readFileSync(path, 'utf8')]))
}
