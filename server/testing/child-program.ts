import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A program of ours in a process of its own, so that a test can kill it. */
export interface ChildProgram {
  readonly process: ChildProcess
  /** Lines it writes to its output. */
  readonly lines: AsyncIterable<string>
  /** Resolves when it has ended, with its exit code (null after a signal) and what it wrote as errors. */
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string }>
}

/** Starts a TypeScript file. */
export function startProgram(file: URL, args: readonly string[]): ChildProgram {
  const child = spawn(process.execPath, ['--import=tsx', fileURLToPath(file), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const closed = once(child, 'close')
  return {
    process: child,
    lines: createInterface({ input: child.stdout }),
    ended: closed.then(() => ({ code: child.exitCode, errors })),
  }
}
