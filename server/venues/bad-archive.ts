import type { Problem } from '../../maps/model/index.ts'

/** Thrown while files are read and caught where reading began: the one reason why nothing can be read. */
export class BadArchive extends Error {
  readonly problem: Problem

  constructor(code: string, message: string, file?: string) {
    super(message)
    this.problem = { severity: 'error', code, feature: '', message, ...(file === undefined ? {} : { file }) }
  }
}

/** Bytes as a person reads them. */
export function sizeText(bytes: number): string {
  return bytes < 1 << 20 ? `${bytes} bytes` : `${Math.round(bytes / (1 << 20))} MB`
}
