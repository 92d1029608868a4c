import test from 'ava'
import type { WalkableArea as PositioningArea } from '../../positioning/events.ts'
import { areaOfRingsM2, componentsOf, ringsContain } from '../geometry/index.ts'
import { asciiVenue, cellM } from '../routes/testing/ascii-venue.ts'
import { tinyArchive, tinyId } from '../testing/tiny-archive.ts'
import { createWalkableArea, DoorFinder, floorsOf, shrunk, unitRoleOf } from './index.ts'

const floorOf = (plan: string) => floorsOf(asciiVenue({ F1: plan }).archive)[0]!
const unitOf = (plan: string, letter: string) => {
  const venue = asciiVenue({ F1: plan })
  const floor = floorsOf(venue.archive)[0]!
  const unit = floor.units.find(({ id }) => id === venue.unitId('F1', letter))!
  return { floor, unit, doors: new DoorFinder(floor, venue.archive.features.opening).doorsOf(unit) }
}

test('the ground is the outline without rooms and voids; seats are stood in but walked round', (t) => {
  const floor = floorOf(`
    AAAAAAAA
    ........
    ..~~.r..
    ........
    ........`)
  const cells = 40 - 8 - 2
  t.true(Math.abs(areaOfRingsM2(floor.standing) - cells * cellM ** 2) < 0.1)
  t.true(Math.abs(areaOfRingsM2(floor.walking) - (cells - 1) * cellM ** 2) < 0.1)
})

test('seats that close an aisle are a passage', (t) => {
  const floor = floorOf(`
    AAAAAAAA
    ...rr...
    ...rr...
    BBBBBBBB`)
  t.is(componentsOf(shrunk(floor.walking, 0.35)).length, 1)
})

test('parts of a ground level are joined over a lane, those of an upper level are not', (t) => {
  const plan = `
    AAAAAA   BBBBBB
    ......   ......
    ......   ......`
  const floors = floorsOf(asciiVenue({ F1: plan, F2: plan }).archive)
  t.deepEqual(
    floors.map(({ walking }) => componentsOf(shrunk(walking, 0.35)).length),
    [1, 2],
  )
  t.true(floors[0]!.joins.length > 0)
  t.true(ringsContain(floors[0]!.walking, 15, 2))
})

test('a corner shop has a door on each of its streets', (t) => {
  const { doors } = unitOf(
    `
    AAAA....
    AAAA....
    ........
    ........`,
    'A',
  )
  t.is(doors.length, 2)
  t.true(doors.some(({ x, y }) => Math.abs(x - 8) < 0.01 && y > 4))
  t.true(doors.some(({ x, y }) => Math.abs(y - 4) < 0.01 && x < 8))
  t.true(doors.every(({ openingId }) => openingId === undefined))
})

test('a door opens to the aisle and not to the crack behind the shop', (t) => {
  const { archive, unitId } = asciiVenue({
    F1: `
    ..............
    AAAAAAAAAAAAAA
    ..............
    ..............
    ..............`,
  })
  // The strip above is 2 m wide: narrower than the room for a clearance of 0.9 m and its margin on both sides.
  const floor = floorsOf(archive)[0]!
  const unit = floor.units.find(({ id }) => id === unitId('F1', 'A'))!
  const doors = new DoorFinder(floor, []).doorsOf(unit)
  t.deepEqual(
    doors.map(({ y }) => Math.round(y)),
    [6],
  )
})

test('an opening that is drawn is the door, and its front is on the ground', (t) => {
  const archive = tinyArchive()
  const floor = floorsOf(archive)[0]!
  const unit = floor.units.find(({ id }) => id === tinyId('unit F1 coffee'))!
  const doors = new DoorFinder(floor, archive.features.opening).doorsOf(unit)
  t.is(doors.length, 1)
  t.is(doors[0]!.openingId, tinyId('opening F1 coffee'))
  t.true(Math.abs(doors[0]!.widthM - 2) < 0.01)
  t.true(ringsContain(floor.walking, doors[0]!.outsideX, doors[0]!.outsideY))
  t.true(doors[0]!.outsideY < 12)
})

test('a hall of bays is walked in, a bay is not', (t) => {
  const square = (side: number) => [
    [
      { x: 0, y: 0 },
      { x: side, y: 0 },
      { x: side, y: side },
      { x: 0, y: side },
    ],
  ]
  t.is(unitRoleOf('parking', square(4)), 'room')
  t.is(unitRoleOf('parking', square(40)), 'open')
  t.is(unitRoleOf('something new', square(4)), 'room')
})

test('positioning is told where one can stand and go straight, and where the nearest ground is', (t) => {
  const walkable = createWalkableArea(
    floorsOf(
      asciiVenue({
        F1: `
    ........
    ..AAAA..
    ........`,
      }).archive,
    ),
  )
  // What positioning asks for, as it asks for it.
  const area: PositioningArea = walkable
  t.true(area.isWalkable('F1', 1, 1))
  t.false(area.isWalkable('F1', 8, 3))
  t.false(area.isWalkable('F2', 1, 1))
  t.true(area.isClear('F1', { x: 1, y: 1 }, { x: 15, y: 1 }))
  t.false(area.isClear('F1', { x: 2, y: 3 }, { x: 14, y: 3 }))
  t.false(area.isClear('F1', { x: 8, y: 3 }, { x: 8, y: 3 }))
  const near = walkable.nearest('F1', { x: 8, y: 2.5 }, 5)!
  t.true(Math.abs(near.y - 2) < 0.05 && area.isWalkable('F1', near.x, near.y))
  t.is(walkable.nearest('F1', { x: 90, y: 90 }, 5), undefined)
})
