import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'

/** Structured log: one JSON object a line, `time` in epoch milliseconds. */
export type Log = Logger

/** Members that never leave the process, wherever in the first three levels of an entry they stand. */
const secretMembers = [
  'authorization',
  'cookie',
  'token',
  'password',
  'secret',
  'code',
  'username',
  'phone',
  'ip',
  'query',
  'url',
  'parameters',
  'detail',
  'openid',
  'session_key',
]

/**
 * A log without personal data. Secret members are cut out by name; errors keep type, message, stack and
 * code only, because a driver's error also carries the values of the statement that failed.
 * @param options.destination where lines go; standard output when absent
 */
export function createLog(options: {
  readonly level: string
  readonly destination?: DestinationStream
}): Log {
  return pino(
    {
      level: options.level,
      base: null,
      redact: {
        paths: secretMembers.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[redacted]',
      },
      serializers: { err: describeError },
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  )
}

interface DescribedError {
  readonly type: string
  readonly message: string
  readonly stack?: string
  readonly errorCode?: string
  readonly cause?: DescribedError
}

/** Depth to which causes are followed; an error that is its own cause must not hang the log. */
const maxCauses = 4

function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'something that is no error was thrown' }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return {
    type: error.name,
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(code === undefined ? {} : { errorCode: code }),
    ...(error.cause === undefined || depth >= maxCauses
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  }
}
