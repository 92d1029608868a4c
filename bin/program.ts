import { UnusableDatabase } from '../server/database/unusable-database.ts'

/** A call that nobody can carry out; the message says why. */
export class WrongCall extends Error {
  override readonly name = 'WrongCall'
}

/** Something a program cannot do and the person in front of it can help: the message says what. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/**
 * Runs a program for a person at a terminal: `main` gives the exit code. What the person can help is one sentence
 * on standard error: a wrong call with the usage and exit code 2, everything else with 1, and the process ends
 * whatever is still open. Any other error is a fault of ours and keeps its stack.
 */
export async function runProgram(usage: string, main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main()
  } catch (error) {
    if (error instanceof WrongCall || isParseError(error)) {
      console.error(`${error.message}\n\n${usage}`)
      process.exit(2)
    }
    const sentence = sentenceOf(error)
    if (sentence === undefined) throw error
    console.error(sentence)
    process.exit(1)
  }
}

/** What to tell the person, when the error is one they can help; undefined for a fault of ours. */
export function sentenceOf(error: unknown): string | undefined {
  if (error instanceof Refused || error instanceof UnusableDatabase) return error.message
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const { code } = error
  if (code === 'EADDRINUSE' && 'port' in error) {
    const port = String(error.port)
    return `端口 ${port} 已被占用。\nPort ${port} is taken: stop the program that listens there, or set PORT to another.`
  }
  const reason = fileReasons[String(code)]
  if (reason === undefined || !('path' in error)) return undefined
  const path = String(error.path)
  return `无法读写 ${path}：${reason.zh}。\nExpected to read or write ${path}, but ${reason.en}.`
}

const fileReasons: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  ENOENT: {
    zh: '它或其所在目录不存在，请检查路径',
    en: 'it or its folder is not there: check the path',
  },
  ENOTDIR: { zh: '路径中有一段不是目录', en: 'a part of the path is no folder: check the path' },
  EISDIR: { zh: '它是目录', en: 'it is a folder: name a file' },
  EEXIST: { zh: '已有同名文件', en: 'something else of that name is there: name another' },
  EACCES: { zh: '没有权限', en: 'this user may not: change its rights, or name another' },
  EPERM: { zh: '没有权限', en: 'this user may not: change its rights, or name another' },
  EROFS: { zh: '磁盘是只读的', en: 'that disk is read-only: name another' },
  ENOSPC: { zh: '磁盘已满', en: 'the disk is full: make room' },
}

/** Whether Node's own argument parser refused an option. */
function isParseError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}
