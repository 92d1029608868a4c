import { QueryFailedError } from 'typeorm'

/**
 * What went wrong in the database, in words the rest of the server decides by:
 * - `unique`, `foreign-key`, `check`, `not-null`: a constraint of that kind refused a row;
 * - `invalid-geometry`: PostGIS refused a geometry or an operation on one;
 * - `unstorable`: a value no column of that type takes (a NUL in text, a number out of range);
 * - `serialisation`: another transaction was in the way; the whole command may be tried again;
 * - `connection-lost`: the server or the connection went away, the outcome is not known;
 * - `busy`: no connection came free in time, or a statement ran too long.
 */
export type DatabaseErrorKind =
  | 'unique'
  | 'foreign-key'
  | 'check'
  | 'not-null'
  | 'invalid-geometry'
  | 'unstorable'
  | 'serialisation'
  | 'connection-lost'
  | 'busy'
  | 'other'

/** A driver's error, read. */
export interface DatabaseErrorFacts {
  readonly kind: DatabaseErrorKind
  /** SQLSTATE, or Node's error code for a connection that failed. */
  readonly code?: string
  readonly constraint?: string
  readonly table?: string
  /** The server's detail, which may quote data: for decisions, never for a log or a client. */
  readonly detail?: string
}

/** **Source**: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes". */
const kindByCode: Readonly<Record<string, DatabaseErrorKind>> = {
  '23505': 'unique',
  '23503': 'foreign-key',
  '23514': 'check',
  '23502': 'not-null',
  XX000: 'invalid-geometry',
  '22023': 'invalid-geometry',
  '22P02': 'unstorable',
  '22P05': 'unstorable',
  '22021': 'unstorable',
  '22003': 'unstorable',
  '40001': 'serialisation',
  '40P01': 'serialisation',
  '57014': 'busy',
  '53300': 'busy',
  '55P03': 'busy',
  '57P01': 'connection-lost',
  '57P02': 'connection-lost',
  '57P03': 'connection-lost',
  '25P03': 'connection-lost',
  ECONNREFUSED: 'connection-lost',
  ECONNRESET: 'connection-lost',
  ENOTFOUND: 'connection-lost',
  EPIPE: 'connection-lost',
  ETIMEDOUT: 'connection-lost',
}

/** Errors that `pg` and its pool throw without a code. */
const kindByMessage: readonly (readonly [pattern: RegExp, kind: DatabaseErrorKind])[] = [
  [/timeout exceeded when trying to connect/, 'busy'],
  [/connection terminated|client has encountered a connection error|not queryable/i, 'connection-lost'],
]

/**
 * Reads an error of the driver, as TypeORM wraps it or bare: the one place that knows SQLSTATEs.
 * Undefined when the error does not come from the database.
 */
export function databaseErrorFacts(error: unknown): DatabaseErrorFacts | undefined {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error
  if (!(cause instanceof Error)) return undefined
  const code = textOf(cause, 'code')
  const kind =
    (code === undefined ? undefined : (kindByCode[code] ?? kindOfClass(code))) ??
    kindByMessage.find(([pattern]) => pattern.test(cause.message))?.[1]
  if (!kind) return error instanceof QueryFailedError ? { kind: 'other' } : undefined
  const [constraint, table, detail] = ['constraint', 'table', 'detail'].map((name) => textOf(cause, name))
  return {
    kind,
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(table === undefined ? {} : { table }),
    ...(detail === undefined ? {} : { detail }),
  }
}

function kindOfClass(code: string): DatabaseErrorKind | undefined {
  if (code.startsWith('08')) return 'connection-lost'
  return /^[0-9A-Z]{5}$/.test(code) ? 'other' : undefined
}

function textOf(error: object, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' ? value : undefined
}
