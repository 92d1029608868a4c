import { CellGrid, learnPlacements } from '../../../positioning/index.ts'
import type { BeaconPlacement } from '../../../positioning/index.ts'
import { cellM, placeOfCell } from './traffic.ts'
import type { HeardCell, TrafficHour } from './traffic.ts'

/**
 * Where a beacon seems to hang by what was heard of it where, as from a survey that shoppers made. Undefined when it was
 * heard in no cell. Some milliseconds.
 */
export type LearnPlace = (heard: ReadonlyMap<number, HeardCell>) => BeaconPlacement | undefined

/**
 * Prepares learning from some hours of traffic: the kernel's own learner over a radio map of one beacon, each window
 * taken for a second, as near by a window hears a beacon about as surely as a second does. O(cells).
 */
export function placeLearner(sum: TrafficHour): LearnPlace {
  const cells = [...sum.windows.keys()].map((cell) => ({ cell, ...placeOfCell(sum, cell) }))
  const leftM = Math.min(0, ...cells.map(({ x }) => x)) - cellM / 2
  const lowM = Math.min(0, ...cells.map(({ y }) => y)) - cellM / 2
  const sizeM = { widthM: cellM, heightM: cellM }
  for (const { x, y } of cells) {
    sizeM.widthM = Math.max(sizeM.widthM, x - leftM + cellM)
    sizeM.heightM = Math.max(sizeM.heightM, y - lowM + cellM)
  }
  const extents = sum.levels.map((id) => ({ id, ...sizeM, originXM: 0, originYM: 0 }))
  const flags = extents.map(() =>
    new Uint8Array(Math.ceil(sizeM.widthM / cellM) * Math.ceil(sizeM.heightM / cellM)).fill(1),
  )
  const grid = new CellGrid(extents, flags, cellM)
  const gridCell = (cell: number) => {
    const { levelId, x, y } = placeOfCell(sum, cell)
    return grid.cellAt(grid.levelIndex(levelId), x - leftM, y - lowM)
  }
  const seconds = new Float32Array(grid.cellCount)
  for (const [cell, windows] of sum.windows) seconds[gridCell(cell)] = windows
  const none = new Float32Array(0)
  return (heard) => {
    const entries = [...heard]
      .map(([cell, { windows, rssiSumDbm }]) => ({ cell: gridCell(cell), windows, rssiSumDbm }))
      .sort((a, b) => a.cell - b.cell)
    const [found] = learnPlacements({
      grid,
      beacons: [''],
      seconds,
      heard: {
        first: Uint32Array.of(0, entries.length),
        cell: Uint32Array.from(entries, ({ cell }) => cell),
        count: Float32Array.from(entries, ({ windows }) => windows),
        rssiSum: Float32Array.from(entries, ({ rssiSumDbm }) => rssiSumDbm),
      },
      prints: new Float32Array(grid.cellCount),
      printed: { first: Uint32Array.of(0, 0), cell: new Uint32Array(0), value: none },
      placements: [],
    })
    return found && { ...found, x: found.x + leftM, y: found.y + lowM }
  }
}
