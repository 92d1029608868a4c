import { CellGrid, gridSizeOf, mostLevels, type LevelExtent } from '../cell-grid.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import type { BeaconPlacement } from './path-loss.ts'
import type { BeaconCells, RadioMap } from './radio-map.ts'

/** "ATRM", then the version of the form. */
const magic = [0x41, 0x54, 0x52, 0x4d]
const version = 1
/** Steps in which weighted counts, rssi and fingerprint components are stored. */
const countSteps = 8
const rssiSteps = 2
const printSteps = 64

/**
 * A radio map as bytes: what a phone fetches. Counts are stored in eighths, mean rssi in half decibels,
 * fingerprint components in 64ths; cells as distances from the cell before. O(size).
 */
export function encodeRadioMap(map: RadioMap): Uint8Array {
  const out = new ByteWriter()
  for (const byte of magic) out.byte(byte)
  out.byte(version)
  out.count(map.grid.levels.length)
  for (const level of map.grid.levels) {
    out.text(level.id)
    for (const value of [level.widthM, level.heightM, level.originXM, level.originYM]) out.float(value)
    writeRuns(
      out,
      Array.from(level.cellAt, (cell) => (cell < 0 ? 0 : 1)),
    )
  }
  writeRuns(
    out,
    Array.from(map.seconds, (s) => Math.round(s * countSteps)),
  )
  writeRuns(
    out,
    Array.from(map.prints, (s) => Math.round(s * countSteps)),
  )
  out.count(map.beacons.length)
  map.beacons.forEach((id, beacon) => {
    out.text(id)
    writeCells(out, map.heard, beacon, (e) => {
      out.count(Math.round(map.heard.count[e]! * countSteps))
      out.count(Math.max(0, Math.round((-map.heard.rssiSum[e]! / map.heard.count[e]!) * rssiSteps)))
    })
    writeCells(out, map.printed, beacon, (e) => {
      out.count(Math.round(map.printed.value[e]! * printSteps))
    })
  })
  out.count(map.placements.length)
  for (const { id, level, x, y, powerDbm } of map.placements) {
    out.text(id)
    out.text(level)
    for (const value of [x, y, powerDbm]) out.float(value)
  }
  return out.done()
}

/**
 * Reads a radio map. Throws a RangeError that says what was expected when the bytes are not a radio map,
 * are of another version, or are damaged.
 */
export function decodeRadioMap(bytes: Uint8Array): RadioMap {
  const from = new ByteReader(bytes)
  if (magic.some((byte) => from.byte() !== byte))
    throw new RangeError('expected a radio map, which begins with ATRM')
  const found = from.byte()
  if (found !== version) throw new RangeError(`expected a radio map of version ${version}, found ${found}`)
  const grid = readGrid(from)
  const seconds = Float32Array.from(readRuns(from, grid.cellCount), (value) => value / countSteps)
  const prints = Float32Array.from(readRuns(from, grid.cellCount), (value) => value / countSteps)
  const beacons: string[] = []
  const heard = { first: [0], cell: [] as number[], count: [] as number[], rssiSum: [] as number[] }
  const printed = { first: [0], cell: [] as number[], value: [] as number[] }
  const beaconCount = from.count()
  for (let beacon = 0; beacon < beaconCount; beacon++) {
    beacons.push(from.text())
    readCells(from, grid.cellCount, (cell) => {
      const count = from.count() / countSteps
      heard.cell.push(cell)
      heard.count.push(count)
      heard.rssiSum.push((-from.count() / rssiSteps) * count)
    })
    heard.first.push(heard.cell.length)
    readCells(from, grid.cellCount, (cell) => {
      printed.cell.push(cell)
      printed.value.push(from.count() / printSteps)
    })
    printed.first.push(printed.cell.length)
  }
  const placements: BeaconPlacement[] = []
  for (let left = from.count(); left > 0; left--) {
    placements.push({
      id: from.text(),
      level: from.text(),
      x: from.float(),
      y: from.float(),
      powerDbm: from.float(),
    })
  }
  if (from.left > 0) throw new RangeError(`expected the radio map to end, found ${from.left} more bytes`)
  return {
    grid,
    beacons,
    seconds,
    prints,
    heard: {
      first: Uint32Array.from(heard.first),
      cell: Uint32Array.from(heard.cell),
      count: Float32Array.from(heard.count),
      rssiSum: Float32Array.from(heard.rssiSum),
    },
    printed: {
      first: Uint32Array.from(printed.first),
      cell: Uint32Array.from(printed.cell),
      value: Float32Array.from(printed.value),
    },
    placements,
  }
}

function readGrid(from: ByteReader): CellGrid {
  const extents: LevelExtent[] = []
  const flags: Uint8Array[] = []
  const levels = from.count()
  if (levels > mostLevels) throw new RangeError(`expected at most ${mostLevels} levels, found ${levels}`)
  for (let i = 0; i < levels; i++) {
    const extent = {
      id: from.text(),
      widthM: from.float(),
      heightM: from.float(),
      originXM: from.float(),
      originYM: from.float(),
    }
    const { columns, rows } = gridSizeOf(extent)
    if (!(columns * rows > 0 && columns * rows < 1e7)) {
      throw new RangeError(`level ${extent.id} of ${extent.widthM} m by ${extent.heightM} m is no level`)
    }
    extents.push(extent)
    flags.push(Uint8Array.from(readRuns(from, columns * rows)))
  }
  return new CellGrid(extents, flags)
}

/** Whole numbers as pairs of a value and how often it follows. */
function writeRuns(out: ByteWriter, values: readonly number[]): void {
  for (let i = 0; i < values.length;) {
    let end = i + 1
    while (end < values.length && values[end] === values[i]) end++
    out.count(values[i]!)
    out.count(end - i)
    i = end
  }
}

function readRuns(from: ByteReader, length: number): number[] {
  const values: number[] = []
  while (values.length < length) {
    const value = from.count()
    const run = from.count()
    if (run === 0 || values.length + run > length) throw new RangeError(`a run of ${run} in ${length} values`)
    for (let i = 0; i < run; i++) values.push(value)
  }
  return values
}

function writeCells(
  out: ByteWriter,
  { first, cell }: BeaconCells,
  beacon: number,
  write: (e: number) => void,
): void {
  out.count(first[beacon + 1]! - first[beacon]!)
  let last = 0
  for (let e = first[beacon]!; e < first[beacon + 1]!; e++) {
    out.count(cell[e]! - last)
    last = cell[e]!
    write(e)
  }
}

function readCells(from: ByteReader, cellCount: number, read: (cell: number) => void): void {
  const entries = from.count()
  let cell = 0
  for (let i = 0; i < entries; i++) {
    cell += from.count()
    if (cell >= cellCount) throw new RangeError(`cell ${cell} of ${cellCount}`)
    read(cell)
  }
}
