import { readFileSync } from 'node:fs'
import { decodeRadioMap } from '../positioning/index.ts'
import type { RadioMap } from '../positioning/index.ts'
import { readRecordedVenue, type RecordedVenue } from '../positioning/testing/recorded-venue.ts'
import { readRecordedWalks, type NamedWalk } from '../positioning/testing/recorded-walks.ts'
import { Refused, sentenceOf, WrongCall } from './program.ts'

/** The venue in a competition folder; Refused when it holds none. */
export function venueAt(path: string): RecordedVenue {
  return read(path, '楼层文件夹', 'a folder of levels', () => readRecordedVenue(path))
}

/** The walks of a folder with a folder for each level; Refused when there is none. */
export function walksAt(path: string): NamedWalk[] {
  const walks = read(path, '行走记录', 'recorded walks', () => readRecordedWalks(path))
  if (walks.length > 0) return walks
  throw new Refused(
    `在 ${path} 中没有找到行走记录。\nExpected walks in ${path}: a folder for each level with files ending in .txt or .txt.gz.`,
  )
}

/** The radio map in a file; Refused when the file is none. */
export function radioMapAt(path: string): RadioMap {
  return read(path, '射频地图', 'a radio map', () => decodeRadioMap(readFileSync(path)))
}

/** A whole number from one on, as an option gives it. */
export function wholeNumber(option: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new WrongCall(`Expected a whole number from 1 on for ${option}, got "${text}".`)
}

/** What came from outside and cannot be read is no fault of ours: say which path and why. */
function read<T>(path: string, whatZh: string, what: string, reading: () => T): T {
  try {
    return reading()
  } catch (error) {
    if (!(error instanceof Error) || sentenceOf(error) !== undefined) throw error
    throw new Refused(`${path} 不是可读的${whatZh}。\nExpected ${what} at ${path}, but: ${error.message}.`)
  }
}
