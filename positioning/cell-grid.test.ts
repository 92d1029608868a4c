import test from 'ava'
import { gridOf } from './cell-grid.ts'
import type { WalkableArea } from './events.ts'
import { WalkableRaster } from './walkable-raster.ts'

/** A corridor four metres wide along the middle of a level of 40 m by 20 m. */
const corridor: WalkableArea = {
  isWalkable: (level, x, y) => level === 'L1' && x >= 0 && x <= 40 && y >= 8 && y <= 12,
  isClear: () => true,
}
const extents = [
  { id: 'L1', widthM: 40, heightM: 20, originXM: 0, originYM: 0 },
  { id: 'L2', widthM: 40, heightM: 20, originXM: 0, originYM: 0 },
]
const grid = gridOf(extents, corridor)

test('has a cell wherever walkable ground is within three metres, and nowhere else', (t) => {
  for (let x = 1; x < 40; x += 2) {
    for (let y = 1; y < 20; y += 2) {
      const away = Math.max(0, 8 - y, y - 12)
      if (away < 2.9) t.true(grid.cellAt(0, x, y) >= 0, `${x}, ${y}`)
      if (away > 3) t.is(grid.cellAt(0, x, y), -1, `${x}, ${y}`)
    }
  }
  t.is(grid.levels[1]!.cellCount, 0)
})

test('finds every cell again from its middle', (t) => {
  for (let c = 0; c < grid.cellCount; c++) t.is(grid.cellAt(grid.levelOf[c]!, grid.xOf(c), grid.yOf(c)), c)
})

test('says that there is no cell outside the level, on an unknown level and for no number', (t) => {
  t.is(grid.cellAt(0, -1, 10), -1)
  t.is(grid.cellAt(0, 41, 10), -1)
  t.is(grid.cellAt(0, NaN, 10), -1)
  t.is(grid.cellAt(7, 10, 10), -1)
})

test('finds the nearest cell up to two cells away, and none beyond', (t) => {
  t.is(grid.cellNear(0, 21, 3.5), grid.cellAt(0, 21, 5))
  t.is(grid.cellNear(0, 21, 0.5), grid.cellAt(0, 21, 5))
  t.is(grid.cellNear(0, 21, -0.5), -1)
})

test('asks the walkable area about a square once and remembers', (t) => {
  let asked = 0
  const area: WalkableArea = {
    ...corridor,
    isWalkable: (level, x, y) => (asked++, corridor.isWalkable(level, x, y)),
  }
  const raster = new WalkableRaster(area, extents)
  for (let i = 0; i < 5; i++) t.true(raster.isWalkable(0, 20.1, 10.1))
  t.is(asked, 1)
  for (let i = 0; i < 5; i++) t.false(raster.isWalkable(0, 20.1, 2))
  t.is(asked, 2)
  t.false(raster.isWalkable(0, -1, 10))
  t.false(raster.isWalkable(0, NaN, 10))
  t.is(asked, 2)
})
