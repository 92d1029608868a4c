import test from 'ava'
import { buildRoutingTables, Router } from '../../../maps/routes/index.ts'
import { asciiVenue } from '../../../maps/routes/testing/ascii-venue.ts'
import type { LevelId, VenueId } from '../../../maps/model/index.ts'
import { parkingMapOf } from '../lots/parking-map.ts'
import type { CarExit } from '../lots/parking-map.ts'
import { driveOutOf } from './route-to-car.ts'

const venue = asciiVenue({
  B1: `
    ................
    ....AAAAAAAA....
    ....BBBBBBBBBBBB
    ................`,
})
const router = Router.of(buildRoutingTables(venue.archive, venue.destinations))
const levelId = venue.archive.features.level[0]!.id
const at = (column: number, row: number) => {
  const { x, y } = venue.at('B1', column, row)
  return { levelId, x, y }
}
const exits: readonly CarExit[] = [
  { name: { en: 'Behind the wall' }, ...at(12, 0) },
  { name: { en: 'Down the aisle' }, ...at(4, 3) },
]
const map = parkingMapOf(venue.archive, { venueId: 'mall' as VenueId, versionId: 'v1' })

test('drives out by the exit with the shortest way, not by the one across the wall', (t) => {
  const car = at(14, 3)
  const crowM = ({ x, y }: CarExit) => Math.hypot(x - car.x, y - car.y)
  t.true(crowM(exits[0]!) < crowM(exits[1]!))
  const out = driveOutOf(map, { router }, { at: car, exits })
  t.is(out?.name.en, 'Down the aisle')
  t.true(Math.abs(out!.distanceM - crowM(exits[1]!)) <= 3)
})

test('names no exit where nobody has said of one', (t) => {
  t.is(driveOutOf(map, { router }, { at: at(14, 3), exits: [] }), undefined)
  t.is(
    driveOutOf(map, { router }, { at: { ...at(14, 3), levelId: 'elsewhere' as LevelId }, exits }),
    undefined,
  )
})
