import process from 'node:process'

/**
 * Folder with the real mall's data (`venue/`, `walks/`), named by `ATRIUM_REAL_MALL`; undefined without
 * it, and then a test says what it leaves out and passes. The data are not part of the project.
 */
export function realMallDir(): string | undefined {
  const dir = process.env.ATRIUM_REAL_MALL
  return dir === undefined || dir === '' ? undefined : dir
}

/**
 * Whether the proofs on the real mall that take minutes are wanted, too: `ATRIUM_WHOLE_MALL=1`. Without it a test
 * takes a sample, or says what it leaves out.
 */
export function isWholeMall(): boolean {
  return process.env.ATRIUM_WHOLE_MALL === '1'
}
