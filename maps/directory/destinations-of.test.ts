import test from 'ava'
import type { Archive, Destination } from '../model/index.ts'
import { tinyArchive, tinyId, tinyLonLat } from '../testing/tiny-archive.ts'
import { destinationsOf } from './index.ts'

function only(destinations: readonly Destination[], id: string): Destination {
  const found = destinations.filter((destination) => destination.id === id)
  if (found.length !== 1) throw new Error(`expected one destination ${id}, found ${found.length}`)
  return found[0]!
}

/** The tiny mall with some of its features replaced. */
function changed(features: Partial<Archive['features']>): Archive {
  const archive = tinyArchive()
  return { ...archive, features: { ...archive.features, ...features } }
}

test('lists shops first, then amenities, then entrances', (t) => {
  const kinds = destinationsOf(tinyArchive()).map(({ kind }) => kind)
  t.deepEqual(kinds, ['shop', 'shop', 'shop', 'amenity', 'amenity', 'amenity', 'amenity', 'entrance'])
})

test('a shop stands at its anchor, on its unit’s level, with its names, category and hours', (t) => {
  const coffee = only(destinationsOf(tinyArchive()), tinyId('occupant coffee'))
  const { x, y, lonLat, ...rest } = coffee
  t.deepEqual(rest, {
    id: tinyId('occupant coffee'),
    kind: 'shop',
    name: { zh: '山间咖啡', en: 'Hillside Coffee' },
    levelId: tinyId('level F1'),
    level: 'F1',
    unitIds: [tinyId('unit F1 coffee')],
    shopCategory: 'food',
    category: 'coffee',
    hours: 'Mo-Su 08:00-22:00',
  })
  t.true(Math.hypot(x - 10, y - 16) < 0.001)
  t.deepEqual(lonLat, tinyLonLat(10, 16))
})

test('a shop of an unknown category is told by its name', (t) => {
  const destinations = destinationsOf(tinyArchive())
  t.like(only(destinations, tinyId('occupant books')), { category: 'books', shopCategory: 'life' })
  t.like(only(destinations, tinyId('occupant cinema')), { category: 'theater.movie', shopCategory: 'fun' })
})

test('an amenity stands for its unit, and a unit without one stands for itself', (t) => {
  const destinations = destinationsOf(tinyArchive())
  const lifts = destinations.filter(({ category }) => category === 'elevator')
  t.deepEqual(
    lifts.map(({ id, level, name, unitIds }) => ({ id, level, name, unitIds })),
    [
      {
        id: tinyId('amenity F1 lift'),
        level: 'F1',
        name: { zh: '电梯', en: 'Lift' },
        unitIds: [tinyId('unit F1 lift')],
      },
      {
        id: tinyId('unit F2 lift'),
        level: 'F2',
        name: { zh: '电梯', en: 'Lift' },
        unitIds: [tinyId('unit F2 lift')],
      },
    ] as unknown as typeof lifts,
  )
})

test('a desk in the corridor is a service and does not claim the corridor', (t) => {
  const [toilet, ...others] = tinyArchive().features.amenity
  const desk = {
    ...toilet!,
    properties: {
      ...toilet!.properties,
      category: 'information',
      unit_ids: [tinyId('unit F1 corridor')],
    },
  }
  const found = only(destinationsOf(changed({ amenity: [desk, ...others] })), desk.id)
  t.like(found, { kind: 'service', unitIds: [], level: 'F1', name: { zh: '服务台', en: 'Information' } })
})

test('a numbered parking unit is a bay, an unnumbered one is not', (t) => {
  const units = tinyArchive().features.unit
  const parking = units.slice(0, 2).map((unit, i) => ({
    ...unit,
    properties: { ...unit.properties, category: 'parking', name: i === 0 ? { zh: 'C017' } : null },
  }))
  const bays = destinationsOf(changed({ unit: [...parking, ...units.slice(2)] })).filter(
    ({ kind }) => kind === 'bay',
  )
  t.deepEqual(
    bays.map(({ name, x, y }) => [name, Math.round(x), Math.round(y)]),
    [[{ zh: 'C017' }, 20, 10]],
  )
})

test('an entrance amenity beside an entrance door is one entrance', (t) => {
  const [toilet, ...others] = tinyArchive().features.amenity
  const at = (x: number, y: number) => ({
    ...toilet!,
    geometry: { type: 'Point' as const, coordinates: tinyLonLat(x, y) },
    properties: { ...toilet!.properties, category: 'entry', unit_ids: [tinyId('unit F1 corridor')] },
  })
  const entrancesWith = (amenity: ReturnType<typeof at>) =>
    destinationsOf(changed({ amenity: [amenity, ...others] }))
      .filter(({ kind }) => kind === 'entrance')
      .map(({ id }) => id)
  t.deepEqual(entrancesWith(at(3, 10)), [toilet!.id])
  t.deepEqual(entrancesWith(at(30, 10)), [toilet!.id, tinyId('opening F1 entrance')])
})

test('leaves out who stands nowhere', (t) => {
  const { occupant, anchor, amenity } = tinyArchive().features
  const lost = changed({
    anchor: anchor.map((one) => ({ ...one, properties: { ...one.properties, unit_id: null } })),
    occupant: occupant.map((one, i) =>
      i === 0 ? { ...one, properties: { ...one.properties, anchor_id: null } } : one,
    ),
    amenity: amenity.map((one) => ({ ...one, properties: { ...one.properties, unit_ids: [] } })),
  })
  t.deepEqual(
    destinationsOf(lost).map(({ kind }) => kind),
    ['amenity', 'amenity', 'amenity', 'amenity', 'entrance'],
  )
})
