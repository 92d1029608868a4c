import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppConfig } from './app-files.ts'

/** WeChat takes no main package and no subpackage beyond this. */
export const packageMaxBytes = 2 * 1024 * 1024

/** One package of a built mini-program. */
export interface PackageSize {
  /** Root of a subpackage; empty for the main one. */
  readonly root: string
  readonly bytes: number
}

/** The size of the main package and of every subpackage of a built mini-program, the main one first. */
export async function packageSizes(folder: string, config: AppConfig): Promise<readonly PackageSize[]> {
  const roots = (config.subPackages ?? []).map(({ root }) => root)
  const bytes = new Map<string, number>([['', 0], ...roots.map((root): [string, number] => [root, 0])])
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const path = file.slice(folder.length + 1)
    const root = roots.find((each) => path.startsWith(`${each}/`)) ?? ''
    bytes.set(root, (bytes.get(root) ?? 0) + (await stat(file)).size)
  }
  return [...bytes].map(([root, size]) => ({ root, bytes: size }))
}
