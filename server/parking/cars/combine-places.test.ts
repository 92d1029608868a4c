import test from 'ava'
import { demoMall } from '../../../maps/demo/index.ts'
import { parkingMapOf } from '../lots/parking-map.ts'
import { combinePlaces, placeText } from './combine-places.ts'
import type { SaidPlace } from './combine-places.ts'

const archive = demoMall()
const map = parkingMapOf(archive, { venueId: archive.features.venue[0]!.id, versionId: 'v' })
const bay = map.bays[30]!
const minuteMs = 60_000

function said(source: SaidPlace['source'], more: Partial<SaidPlace> = {}): SaidPlace {
  const { levelId, x, y } = bay
  return { source, atMs: 0, levelId, x, y, radiusM: 3, confidence: 0.9, ...more }
}

test('nobody says anything, or only of a level that is gone: nobody knows', (t) => {
  t.is(combinePlaces([], map), undefined)
  t.is(combinePlaces([said('trail', { levelId: 'gone' as never })], map), undefined)
})

test('one source is believed as far as it goes, and the text says how far', (t) => {
  const trail = combinePlaces([said('trail', { radiusM: 13, confidence: 0.85 })], map)!
  t.like(trail, { source: 'trail', confidence: 1 - (1 - 0.85), agreeing: [] })
  t.deepEqual(placeText(trail), {
    zh: `${bay.level}，${bay.code} 附近，15 米以内（较可能）`,
    en: `${bay.level}, near ${bay.code}, within 15 m (likely)`,
  })
  const named = combinePlaces([said('shopper', { bayId: bay.id, confidence: 0.97 })], map)!
  t.is(placeText(named).en, `${bay.level}, bay ${bay.code}`)
})

test('sources that agree are surer than each, and the most exact says where', (t) => {
  const trail = said('trail', { x: bay.x + 10, radiusM: 15, confidence: 0.8 })
  const camera = said('camera', { bayId: bay.id, confidence: 0.9 })
  const place = combinePlaces([trail, camera], map)!
  t.like(place, { source: 'camera', agreeing: ['trail'], x: bay.x })
  t.true(Math.abs(place.confidence - 0.98) < 1e-9)
})

test('of sources that differ the surer is taken, and of different times the later', (t) => {
  const far = said('trail', { x: bay.x + 60, radiusM: 10, confidence: 0.8 })
  const camera = said('camera', { confidence: 0.95 })
  t.like(combinePlaces([far, camera], map), { source: 'camera', agreeing: [], confidence: 1 - (1 - 0.95) })
  const later = { ...far, atMs: 30 * minuteMs }
  t.like(combinePlaces([{ ...later, source: 'shopper' }, camera], map), { source: 'shopper' }, 'it was moved')
})

test('a phone that was carried about takes nothing from who saw the car, however sure and late', (t) => {
  const bayScanned = said('shopper', { bayId: bay.id, confidence: 0.6 })
  for (const [name, atMs] of Object.entries({ before: -90, meanwhile: 5, after: 90 })) {
    const trail = said('trail', { x: bay.x + 60, confidence: 0.95, atMs: atMs * minuteMs })
    t.like(combinePlaces([trail, bayScanned], map), { source: 'shopper', x: bay.x, agreeing: [] }, name)
  }
})

test('a bay is found by what stands on it, with its level where several have one', (t) => {
  t.is(map.bayCalled(bay.code)?.id, bay.id)
  t.is(map.bayCalled(`${bay.level}-${bay.code.toLowerCase()}`)?.id, bay.id)
  t.is(map.bayCalled(bay.id)?.id, bay.id)
  t.is(map.bayCalled('no such bay'), undefined)
})
