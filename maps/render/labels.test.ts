import test from 'ava'
import { demoMall } from '../demo/index.ts'
import { bandCount, bandOf, scaleOfBand } from './bands.ts'
import { breakName, widthEm } from './break-name.ts'
import { glyphEm, labelPx, labelsOf, lineEm } from './labels.ts'
import type { LabelFeature } from './labels.ts'
import { levelGeoJson } from './level-geojson.ts'
import { isUnit } from './level-map.ts'
import type { LevelMap } from './level-map.ts'
import { nameIn } from './name-in.ts'
import { restingBearing, screenFrame } from './screen-frame.ts'
import { ringsOf } from './shape.ts'
import { spansAt } from './spans.ts'

const archive = demoMall()
const levels = archive.features.level.map(({ id }) => levelGeoJson(archive, id)!)

function frameOf(level: LevelMap) {
  const outline = level.features[0]!.geometry
  if (outline.type !== 'Polygon' && outline.type !== 'MultiPolygon') throw new Error('no outline')
  return screenFrame(outline, restingBearing(outline, false))
}

function byUnit(labels: readonly LabelFeature[]): Map<string, LabelFeature[]> {
  const found = new Map<string, LabelFeature[]>()
  for (const label of labels)
    found.set(label.properties.id, [...(found.get(label.properties.id) ?? []), label])
  return found
}

test('a name breaks into two even lines, and never leaves one character alone', (t) => {
  t.deepEqual(breakName('面包新语'), ['面包', '新语'])
  t.deepEqual(breakName('Hillside Coffee Roasters'), ['Hillside Coffee', 'Roasters'])
  t.deepEqual(breakName('云汀 Bakery'), ['云汀', 'Bakery'])
  t.is(breakName('优衣库'), undefined)
  t.is(breakName('Starbucks'), undefined)
  t.deepEqual(breakName('小怪兽（儿童）'), ['小怪兽', '（儿童）'])
})

test('Chinese is an em a character, Latin about half', (t) => {
  t.is(widthEm('青禾书店'), 4)
  t.true(widthEm('Illinois') < widthEm('Mammoths'))
})

test('a label is drawn from the first band in which it has room, never before', (t) => {
  for (const scale of [0.1, 0.7, 0.71, 1, 3.3, 8, 21]) {
    const band = bandOf(scale)!
    t.true(scaleOfBand(band) >= scale * 0.9999)
    if (band > 0) t.true(scaleOfBand(band - 1) < scale)
  }
  t.is(bandOf(scaleOfBand(bandCount - 1) * 1.01), undefined)
})

test('names are in the language asked for, and in Chinese where it has none', (t) => {
  t.is(nameIn({ zh: '青禾', en: 'Qinghe' }, 'en'), 'Qinghe')
  t.is(nameIn({ 'zh-Hans': '青禾' }, 'zh'), '青禾')
  t.is(nameIn({ zh: '青禾', ja: 'せいか' }, 'en'), '青禾')
  t.is(nameIn({ und: 'x' }, 'en'), 'x')
  t.is(nameIn({}, 'en'), '')
})

test('every shop of the demo mall gets its name, or at the least its dot', (t) => {
  for (const level of levels) {
    const frame = frameOf(level)
    for (const language of ['zh', 'en']) {
      const labels = byUnit(labelsOf(level, language, frame).features)
      for (const unit of level.features.filter(isUnit)) {
        if (unit.properties.k !== 'shop') continue
        const texts = (labels.get(unit.id!) ?? []).map(({ properties }) => properties.text.replace('\n', ''))
        const wanted = nameIn(unit.properties.n!, language).replaceAll(' ', '')
        t.true(
          texts.some((text) => text.replaceAll(' ', '') === wanted),
          `${wanted}: ${texts.join()}`,
        )
      }
    }
  }
})

test('name and glyph of a shop stand at one place, so that one hides the other', (t) => {
  for (const level of levels) {
    for (const labels of byUnit(labelsOf(level, 'zh', frameOf(level)).features).values()) {
      const places = labels.map(({ geometry }) =>
        geometry.coordinates.map((degrees) => degrees.toFixed(7)).join(),
      )
      const glyph = labels.findIndex(({ properties }) => properties.k === 'glyph')
      if (glyph >= 0) t.deepEqual([...new Set(places)], [places[glyph]!])
    }
  }
})

test('when it appears, a name leans over its walls by less than a quarter em a side', (t) => {
  for (const level of levels) {
    const frame = frameOf(level)
    const labels = byUnit(labelsOf(level, 'zh', frame).features)
    for (const unit of level.features.filter(isUnit)) {
      const rings = ringsOf(unit.geometry, frame)
      for (const { geometry, properties } of labels.get(unit.id ?? '') ?? []) {
        if (properties.k !== 'name' && properties.k !== 'glyph') continue
        const { least } = labelPx[properties.k]
        const emM = least / scaleOfBand(properties.band)
        const lines = properties.text.split('\n')
        const height = (properties.k === 'glyph' ? lineEm + glyphEm : lineEm * 0.85 * lines.length) * emM
        const half = (Math.max(...lines.map(widthEm)) / 2 - 0.25) * emM
        const { x, y } = frame.toScreen(geometry.coordinates)
        for (const at of [y - height / 2, y, y + height / 2]) {
          const held = spansAt(rings, at).some(([from, to]) => from <= x - half && to >= x + half)
          if (!held) t.fail(`${properties.k} ${properties.text} leaves its shop`)
        }
      }
    }
  }
  t.pass()
})

test('the numbers of bays come last, when a bay is ten pixels wide', (t) => {
  const parking = levels.find((level) => level.features.some(({ properties }) => properties.k === 'bay'))!
  const bays = labelsOf(parking, 'zh', frameOf(parking)).features.filter(
    ({ properties }) => properties.k === 'bay',
  )
  t.true(bays.length > 100)
  for (const { properties } of bays) t.true(scaleOfBand(properties.band) >= 4.2)
})
