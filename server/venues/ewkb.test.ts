import { isDeepStrictEqual } from 'node:util'
import test from 'ava'
import fc from 'fast-check'
import { decodeEwkb, encodeEwkb } from './ewkb.ts'

const position = fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true }))
const path = fc.array(position, { maxLength: 20 })
const rings = fc.array(path, { maxLength: 4 })
const shape = fc.oneof(
  fc.record({ type: fc.constant('Point'), coordinates: position }),
  fc.record({ type: fc.constant('LineString'), coordinates: path }),
  fc.record({ type: fc.constant('MultiLineString'), coordinates: rings }),
  fc.record({ type: fc.constant('Polygon'), coordinates: rings }),
  fc.record({ type: fc.constant('MultiPolygon'), coordinates: fc.array(rings, { maxLength: 3 }) }),
)

test('gives every bit of every coordinate back', (t) => {
  fc.assert(
    fc.property(shape, (geometry) => isDeepStrictEqual(decodeEwkb(encodeEwkb(geometry)!), { ...geometry })),
    { seed: 4326, numRuns: 500 },
  )
  t.pass()
})

test('has room for shapes of every size', (t) => {
  // Parts and rings of every length put each kind of field where the buffer has to grow.
  for (let positions = 0; positions < 300; positions++) {
    const path = Array.from({ length: positions }, (_, at) => [at, -at / 3])
    const geometry = { type: 'MultiPolygon', coordinates: [[path], [path, []], []] }
    t.true(isDeepStrictEqual(decodeEwkb(encodeEwkb(geometry)!), geometry), `${positions}`)
  }
})

test('writes what PostGIS writes', (t) => {
  // SELECT ST_AsEWKB('SRID=4326;POINT(1 2)'::geometry), by PostGIS 3.3.
  t.is(
    encodeEwkb({ type: 'Point', coordinates: [1, 2] }),
    '0101000020e6100000000000000000f03f0000000000000040',
  )
})

test('leaves out a height, and takes nothing that is no shape', (t) => {
  t.is(
    encodeEwkb({ type: 'Point', coordinates: [1, 2, 3] }),
    encodeEwkb({ type: 'Point', coordinates: [1, 2] }),
  )
  for (const other of [
    null,
    'Point',
    {},
    { type: 'Point' },
    { type: 'Circle', coordinates: [1, 2] },
    { type: 'toString', coordinates: [1, 2] },
    { type: 'Point', coordinates: ['1', 2] },
    { type: 'Polygon', coordinates: [1, 2] },
    { type: 'LineString', coordinates: 7 },
  ]) {
    t.is(encodeEwkb(other), undefined, JSON.stringify(other))
  }
})
