import { createInterface } from 'node:readline/promises'
import process from 'node:process'

/**
 * Asks for a password: without echo at a terminal, where readline would show every key; otherwise it is the first line
 * of standard input. It never stands on a command line, where other users of the machine could read it. Standard input
 * is over afterwards.
 * @returns empty when nothing came
 */
export async function askPassword(question: string): Promise<string> {
  const terminal = process.stdin.isTTY
  if (terminal) process.stderr.write(question)
  if (terminal) process.stdin.setRawMode(true)
  try {
    return terminal ? await readHidden() : await readFirstLine()
  } finally {
    if (terminal) process.stdin.setRawMode(false)
    if (terminal) process.stderr.write('\n')
    process.stdin.pause()
  }
}

async function readHidden(): Promise<string> {
  let typed = ''
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    for (const key of chunk.toString('utf8')) {
      if (key === '\r' || key === '\n' || key === '\u0004') return typed
      if (key === '\u0003') process.exit(130)
      typed = key === '\u007f' || key === '\b' ? typed.slice(0, -1) : typed + key
    }
  }
  return typed
}

async function readFirstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin })
  for await (const line of lines) return line
  return ''
}
