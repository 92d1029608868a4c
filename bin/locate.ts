/**
 * `locate --venue VENUE_DIR --radio-map FILE [--seed N]`: answers where a phone is, line by line. Events
 * and questions come in as JSON lines in order of time, one answer goes out for each question.
 */
import process from 'node:process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { PhoneTracker, RadioModel, WalkableRaster } from '../positioning/index.ts'
import type { Fix, PositioningEvent } from '../positioning/index.ts'
import { runProgram, WrongCall } from './program.ts'
import { radioMapAt, venueAt, wholeNumber } from './recordings.ts'

const usage = `usage: npm run --silent locate -- --venue VENUE_DIR --radio-map FILE [--seed N]

  --venue      a folder in the format of the Indoor Location Competition
  --radio-map  what radio-map wrote
  --seed       of the engine's random numbers, from 1 on`

/** A line as it comes in. */
interface Line {
  k?: string
  t?: number
  q?: number
  id?: string
  rssi?: number
  v?: number[]
}

const motionKinds = new Map<string, 'acceleration' | 'rotation-rate' | 'orientation'>([
  ['acc', 'acceleration'],
  ['gyr', 'rotation-rate'],
  ['rot', 'orientation'],
])

await runProgram(usage, main)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      venue: { type: 'string' },
      'radio-map': { type: 'string' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  if (!values.venue || !values['radio-map']) throw new WrongCall('Expected --venue and --radio-map.')
  const seed = wholeNumber('--seed', values.seed)
  const model = new RadioModel(radioMapAt(values['radio-map']))
  const walkable = new WalkableRaster(venueAt(values.venue).walkable, model.grid.levels)
  const newTracker = (): PhoneTracker => new PhoneTracker({ model, walkable, seed })
  let tracker = newTracker()
  for await (const text of createInterface({ input: process.stdin })) {
    const line = lineOf(text)
    if (line?.k === 'head') tracker = newTracker()
    else if (line?.k === 'q') process.stdout.write(`${answer(line.q ?? 0, tracker.fix(line.t ?? NaN))}\n`)
    else {
      const event = line && eventOf(line)
      if (event) tracker.push(event)
    }
  }
  return 0
}

function lineOf(text: string): Line | undefined {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as Line
  } catch {
    console.error(`a line is not JSON: ${text.slice(0, 80)}`)
    return undefined
  }
}

function eventOf(line: Line): PositioningEvent | undefined {
  const tMs = line.t ?? NaN
  if (line.k === 'ble') return { kind: 'beacon', tMs, id: String(line.id), rssiDbm: line.rssi ?? NaN }
  const kind = motionKinds.get(line.k ?? '')
  const [x = NaN, y = NaN, z = NaN] = line.v ?? []
  return kind && { kind, tMs, x, y, z }
}

function answer(q: number, fix: Fix | undefined): string {
  if (!fix) return JSON.stringify({ q, none: true })
  const [x, y, radiusM] = [fix.x, fix.y, fix.radiusM].map((value) => Math.round(value * 100) / 100)
  return JSON.stringify({ q, level: fix.level, x, y, radiusM })
}
