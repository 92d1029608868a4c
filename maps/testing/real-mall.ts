import process from 'node:process'

/**
 * Folder with the real mall's data (`venue/`, `walks/`), named by `ATRIUM_REAL_MALL`; undefined without
 * it, and then a test says what it leaves out and passes. The data are not part of the project.
 */
export function realMallDir(): string | undefined {
  const dir = process.env.ATRIUM_REAL_MALL
  return dir === undefined || dir === '' ? undefined : dir
}
