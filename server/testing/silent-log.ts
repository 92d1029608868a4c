import type { DatabaseLog } from '../database/index.ts'

/** A log for tests that look at none. */
export const silentLog: DatabaseLog = { info: () => {}, warn: () => {}, error: () => {} }
