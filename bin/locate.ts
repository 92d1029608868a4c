/**
 * `locate --venue VENUE_DIR --radio-map FILE [--seed N]`: answers where a phone is, line by line. Events
 * and questions come in as JSON lines in order of time, one answer goes out for each question.
 */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { decodeRadioMap, PhoneTracker, RadioModel, WalkableRaster } from '../positioning/index.ts'
import type { PositioningEvent } from '../positioning/index.ts'
import { readRecordedVenue } from '../positioning/testing/recorded-venue.ts'

const { values } = parseArgs({
  options: {
    venue: { type: 'string' },
    'radio-map': { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
})
if (values.venue === undefined || values['radio-map'] === undefined) {
  console.error('usage: locate --venue VENUE_DIR --radio-map FILE [--seed N]')
  process.exit(2)
}
const model = new RadioModel(decodeRadioMap(readFileSync(values['radio-map'])))
const walkable = new WalkableRaster(readRecordedVenue(values.venue).walkable, model.grid.levels)
const newTracker = (): PhoneTracker => new PhoneTracker({ model, walkable, seed: Number(values.seed) })
let tracker = newTracker()

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

function eventOf(line: Line): PositioningEvent | undefined {
  const tMs = line.t ?? NaN
  if (line.k === 'ble') return { kind: 'beacon', tMs, id: String(line.id), rssiDbm: line.rssi ?? NaN }
  const kind = motionKinds.get(line.k ?? '')
  const [x = NaN, y = NaN, z = NaN] = line.v ?? []
  return kind && { kind, tMs, x, y, z }
}

function answer(q: number, tMs: number): string {
  const fix = tracker.fix(tMs)
  if (!fix) return JSON.stringify({ q, none: true })
  const [x, y, radiusM] = [fix.x, fix.y, fix.radiusM].map((value) => Math.round(value * 100) / 100)
  return JSON.stringify({ q, level: fix.level, x, y, radiusM })
}

for await (const text of createInterface({ input: process.stdin })) {
  if (text === '') continue
  let line: Line
  try {
    line = JSON.parse(text) as Line
  } catch {
    console.error(`a line is not JSON: ${text.slice(0, 80)}`)
    continue
  }
  if (line.k === 'head') tracker = newTracker()
  else if (line.k === 'q') process.stdout.write(`${answer(line.q ?? 0, line.t ?? NaN)}\n`)
  else {
    const event = eventOf(line)
    if (event) tracker.push(event)
  }
}
