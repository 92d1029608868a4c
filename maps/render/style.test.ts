import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import test from 'ava'
import fc from 'fast-check'
import { createRequire } from 'node:module'
import { mapTokens } from './palette.ts'
import type { MapToken, Palette } from './palette.ts'
import { scaleOfZoom, zoomOfScale } from './scale.ts'
import { mapLayers, mapSources } from './style.ts'

/** mapbox-gl's own validator, which its package has no types for. */
const mapbox = createRequire(import.meta.url)('mapbox-gl/dist/style-spec/index.cjs') as {
  readonly validate: (style: unknown) => readonly unknown[]
}

const colours = mapTokens.map((token, i) => [token, `#${(0x100000 + i).toString(16)}`])
const palette: Palette = Object.fromEntries(colours) as Record<MapToken, string>
const options = { palette, fonts: ['Some Font', 'sans-serif'], imageTheme: 'light', latitudeDeg: 30.2 }
const layers = mapLayers(options)
const reliefLayers = mapLayers({ ...options, reliefPitchDeg: 46 })
const accents = { goal: '#f2510f', crowd: ['#efe6f5', '#d6bfe8', '#b58fd6', '#8c59b8', '#5f2c8c'] }
const kioskLayers = [true, false].map((isNight) =>
  mapLayers({ ...options, reliefPitchDeg: 44, unit: 1.545, accents: { ...accents, isNight } }),
)
const nothing = { type: 'FeatureCollection', features: [] } as const
const style = {
  version: 8,
  glyphs: 'https://example.org/{fontstack}/{range}.pbf',
  sources: Object.fromEntries(mapSources.map((name) => [name, { type: 'geojson', data: nothing }])),
  layers,
}

/** A style as the validators take it: plain JSON, as it would come over a wire. */
function wire(value: unknown): never {
  return JSON.parse(JSON.stringify(value)) as never
}

test('maplibre-gl and mapbox-gl both find nothing to say against the style', (t) => {
  for (const drawn of [layers, reliefLayers, ...kioskLayers]) {
    t.deepEqual(validateStyleMin(wire({ ...style, layers: drawn })), [])
    t.deepEqual(mapbox.validate(wire({ ...style, layers: drawn })), [])
  }
})

test('the validators are awake', (t) => {
  const bad = {
    ...style,
    layers: [{ id: 'x', type: 'fill', source: 'level', paint: { 'fill-colour': 'red' } }],
  }
  t.true(validateStyleMin(wire(bad)).length > 0)
  t.true(mapbox.validate(wire(bad)).length > 0)
})

test('draws from the ground up: floor, voids, rooms, doors, what is chosen, labels, pins', (t) => {
  const order = [
    'outside',
    'slab',
    'floor',
    'void',
    'quiet',
    'bay',
    'shop-edge',
    'shop',
    'doors',
    'treads',
    'chosen',
  ]
  const labels = ['dot-0', 'bay-9', 'name-0', 'glyph-0', 'symbols-near', 'symbols-far', 'pins', 'marker']
  const at = [...order, ...labels].map((id) => layers.findIndex((layer) => layer.id === id))
  t.false(at.includes(-1), String(at))
  t.deepEqual(
    at,
    [...at].sort((a, b) => a - b),
  )
  t.is(new Set(layers.map(({ id }) => id)).size, layers.length)
})

test('in relief shops are bodies under the same labels, and nothing is drawn twice', (t) => {
  const ids = reliefLayers.map(({ id }) => id)
  t.is(reliefLayers.find(({ id }) => id === 'shop')?.type, 'fill-extrusion')
  t.is(new Set(ids).size, ids.length)
  const labels = (all: readonly { readonly id: string; readonly type: string }[]) =>
    all.filter(({ type }) => type === 'symbol').map(({ id }) => id)
  t.deepEqual(labels(reliefLayers), labels(layers))
})

test('a kiosk draws every size and threshold larger by the same factor', (t) => {
  const flat = mapLayers({ ...options, unit: 2 })
  const zoomOf = (all: typeof layers, id: string) => all.find((layer) => layer.id === id)?.minzoom ?? NaN
  for (const id of ['bay', 'doors', 'symbols-near', 'name-4']) {
    t.true(Math.abs(zoomOf(flat, id) - zoomOf(layers, id) - 1) < 1e-9, id)
  }
  const size = (all: typeof layers) => all.find(({ id }) => id === 'marker')?.layout?.['text-size']
  t.is(size(flat), Number(size(layers)) * 2)
})

test('a flat map uses the colours of the palette and no others', (t) => {
  const text = JSON.stringify(layers)
  for (const [colour] of text.matchAll(/#[0-9a-f]{6}/g)) t.true(Object.values(palette).includes(colour))
  t.notRegex(text, /rgb|hsl/)
})

test('turns pixels per metre into zoom and back, at any latitude', (t) => {
  // A tile of 512 px at zoom 0 holds the equator: 40 075 017 m.
  t.true(Math.abs(scaleOfZoom(0, 0) - 512 / 40075016.686) < 1e-9)
  const scale = fc.double({ min: 0.01, max: 50, noNaN: true })
  fc.assert(
    fc.property(scale, fc.double({ min: -80, max: 80, noNaN: true }), (pixels, latitude) => {
      t.true(Math.abs(scaleOfZoom(zoomOfScale(pixels, latitude), latitude) / pixels - 1) < 1e-9)
    }),
  )
})
