import test from 'ava'
import { mallRadio, radioField, type Antenna, type RadioModel } from './radio.ts'
import { standardBuilding } from './standard-building.ts'
import type { BeaconSketch, VenueSketch } from './sketch.ts'

const plain: RadioModel = { ...mallRadio, shadowingSdDb: 0, bodyLossDb: 0 }
const hall: VenueSketch = {
  levels: [
    { id: 'G', elevationM: 0, outline: [], rooms: [], voids: [] },
    {
      id: 'U',
      elevationM: 5,
      outline: [],
      rooms: [],
      voids: [square(0, 0, 10)],
    },
  ],
  connectors: [],
}
const beacon: BeaconSketch = {
  id: 'b',
  level: 'G',
  x: 0,
  y: 0,
  heightM: 1.2,
  powerAt1mDbm: -60,
  intervalMs: 500,
}
const at = (x: number, y = 0, more: Partial<Antenna> = {}): Antenna => ({
  tMs: 0,
  level: 'G',
  x,
  y,
  zM: 1.2,
  headingRad: 0,
  inCabin: false,
  ...more,
})

function square(x: number, y: number, side: number) {
  return [
    { x, y },
    { x: x + side, y },
    { x: x + side, y: y + side },
    { x, y: y + side },
  ]
}

function spread(values: readonly number[]): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) }
}

test('weakens by ten exponents a decade and has its stated power at a metre', (t) => {
  const field = radioField(hall, plain, 1)
  t.is(field.meanDbm(beacon, at(1)), -60)
  t.is(field.meanDbm(beacon, at(10)), -82)
})

test('loses by walls, slabs, cabin and body what the model says, and nothing through a void', (t) => {
  const walled: VenueSketch = {
    ...hall,
    levels: [{ ...hall.levels[0]!, rooms: [square(3, -2, 4)] }, hall.levels[1]!],
  }
  const open = radioField(hall, plain, 1)
  const inside = radioField(walled, plain, 1)
  t.is(
    (open.meanDbm(beacon, at(10)) - inside.meanDbm(beacon, at(10))).toFixed(6),
    (2 * plain.wallLossDb).toFixed(6),
  )
  t.is(open.meanDbm(beacon, at(10)) - open.meanDbm(beacon, at(10, 0, { inCabin: true })), plain.cabinLossDb)
  const up = { level: 'U', zM: 6.2 }
  const apart = Math.hypot(10, 5)
  const free = -60 - 22 * Math.log10(apart)
  t.true(Math.abs(open.meanDbm(beacon, at(0, 10, up)) - free) < 1e-9, 'the way leads through the void')
  t.true(
    Math.abs(open.meanDbm(beacon, at(0, -10, up)) - (free - plain.floorLossDb)) < 1e-9,
    'the slab is whole there',
  )
  const withBody = radioField(hall, { ...plain, bodyLossDb: 6 }, 1)
  const facing = withBody.meanDbm(beacon, at(0, 10, { headingRad: Math.PI }))
  t.is((facing - withBody.meanDbm(beacon, at(0, 10))).toFixed(6), '6.000000')
})

test('casts shadows of the stated size that a metre hardly changes and ten metres forget', (t) => {
  const field = radioField(hall, { ...plain, shadowingSdDb: 4, pathLossExponent: 0 }, 7)
  const shadow = (x: number, y: number): number => field.meanDbm(beacon, at(x, y)) + 60
  const near: number[] = []
  const far: number[] = []
  const all: number[] = []
  for (let x = 0; x < 300; x += 7.3) {
    for (let y = 0; y < 300; y += 7.3) {
      all.push(shadow(x, y))
      near.push(shadow(x, y) - shadow(x + 1, y))
      far.push(shadow(x, y) - shadow(x + 10, y))
    }
  }
  t.true(Math.abs(spread(all).sd - 4) < 0.3, `${spread(all).sd} dB`)
  t.true(spread(near).sd < 2.5)
  t.true(Math.abs(spread(far).sd - 4 * Math.SQRT2) < 0.5)
})

test('fades by 4 to 5 dB, keeps the mean power, and differs between channels', (t) => {
  const field = radioField(hall, mallRadio, 3)
  const fades: number[] = []
  const differences: number[] = []
  for (let index = 0; index < 4000; index++) {
    const here = at(index * 0.31, index * 0.17, { tMs: index * 517 })
    fades.push(field.fadeDb(beacon, here, 0))
    differences.push(field.fadeDb(beacon, here, 0) - field.fadeDb(beacon, here, 1))
  }
  t.true(spread(fades).sd > 4 && spread(fades).sd < 5.5, `${spread(fades).sd} dB`)
  const power = spread(fades.map((fade) => 10 ** (fade / 10))).mean
  t.true(Math.abs(power - 1) < 0.05, `mean power ${power}`)
  t.true(Math.abs(spread(differences).sd - Math.SQRT2 * spread(fades).sd) < 0.5)
})

test('says the same of a place whatever was asked before', (t) => {
  const { sketch } = standardBuilding()
  const places = Array.from({ length: 50 }, (_, index) => at(20 + index, 17.5, { level: 'L2', zM: 6.2 }))
  const other: BeaconSketch = { ...beacon, id: 'c', level: 'L2', x: 50, y: 18 }
  const forwards = radioField(sketch, mallRadio, 5)
  const backwards = radioField(sketch, mallRadio, 5)
  const reverse = [...places].reverse().map((place) => backwards.meanDbm(other, place))
  t.deepEqual(
    places.map((place) => forwards.meanDbm(other, place)),
    reverse.reverse(),
  )
  const elsewhere = radioField(sketch, mallRadio, 6)
  t.true(places.some((place) => forwards.meanDbm(other, place) !== elsewhere.meanDbm(other, place)))
})
