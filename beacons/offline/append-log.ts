import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { fileFault, KitFault } from './kit-fault.ts'

/** What the log needs of the file system; tests bring one that runs full. */
export interface LogFiles {
  readonly writeSync: (fd: number, bytes: Uint8Array) => number
}

/**
 * A file that only grows: one checked line an entry, on the disk when `append` returns. A line cut short by a crash is taken off
 * when it is opened again; a line that was damaged is left out and counted. One process writes a log at a time: see `lockKit`.
 * Reading is O(entries) once.
 */
export class AppendLog {
  /** Entries that were there when it was opened. */
  readonly entries: readonly unknown[]
  /** Numbers of lines that are damaged; line 1 is the first. */
  readonly damaged: readonly number[]
  /** Bytes of a last line that a crash cut short. */
  readonly tornBytes: number
  readonly #path: string
  readonly #fd: number
  readonly #files: LogFiles
  #size: number

  constructor(path: string, files: LogFiles = { writeSync: (fd, bytes) => writeSync(fd, bytes) }) {
    this.#path = path
    this.#files = files
    try {
      this.#fd = openSync(path, 'a+', 0o600)
      syncFolder(path)
      const bytes = readFileSync(path)
      const whole = bytes.lastIndexOf(0x0a) + 1
      this.tornBytes = bytes.length - whole
      if (this.tornBytes > 0) ftruncateSync(this.#fd, whole)
      const { entries, damaged } = readLines(bytes.subarray(0, whole).toString('utf8'))
      this.entries = entries
      this.damaged = damaged
      this.#size = whole
    } catch (error) {
      throw fileFault(error, path)
    }
  }

  /**
   * Adds an entry; it survives a power cut when this returns.
   * @throws KitFault `disk-full` or `file-unusable`, with the log as it was before
   */
  append(entry: unknown): void {
    const text = JSON.stringify(entry)
    const line = new TextEncoder().encode(`${checksum(text)} ${text}\n`)
    try {
      for (let done = 0; done < line.length;) done += this.#files.writeSync(this.#fd, line.subarray(done))
      fsyncSync(this.#fd)
      this.#size += line.length
    } catch (error) {
      this.#takeBack()
      throw fileFault(error, this.#path)
    }
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** A part of a line may have got to the disk: the next entry must not follow it. */
  #takeBack(): void {
    if (fstatSync(this.#fd).size > this.#size) ftruncateSync(this.#fd, this.#size)
  }
}

function readLines(text: string): { entries: unknown[]; damaged: number[] } {
  const entries: unknown[] = []
  const damaged: number[] = []
  text.split('\n').forEach((line, index) => {
    if (line === '') return
    const json = line.slice(9)
    if (line[8] === ' ' && line.slice(0, 8) === checksum(json)) {
      const entry: unknown = JSON.parse(json)
      entries.push(entry)
    } else damaged.push(index + 1)
  })
  return { entries, damaged }
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}

/** A new file is there after a power cut only when its folder is on the disk, too. */
function syncFolder(path: string): void {
  const fd = openSync(dirname(path), 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** What to say of a log that was damaged; undefined when it is whole. */
export function damageOf({ damaged }: Pick<AppendLog, 'damaged'>, path: string): KitFault | undefined {
  if (damaged.length === 0) return undefined
  const lines = damaged.slice(0, 5).join(', ')
  return new KitFault('log-damaged', {
    zh: `${path} 第 ${lines} 行已损坏并跳过：请核对这些记录。`,
    en: `Expected whole lines in ${path}, but line ${lines} is damaged and was left out: check what it was.`,
  })
}
