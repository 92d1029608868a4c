import test from 'ava'
import { demoMall } from '../demo/index.ts'
import { asciiVenue } from '../routes/testing/ascii-venue.ts'
import { tinyArchive, tinyId } from '../testing/tiny-archive.ts'
import { validateArchive } from '../validate/index.ts'
import { connectorKindOfName, connectorsOf, suggestConnectors, withConnectors } from './index.ts'

test('a lift of five levels told by four relationships is one lift', (t) => {
  const plan = 'AAAALL\n......\n......'
  const { archive } = asciiVenue({ F1: plan, F2: plan, F3: plan, F4: plan, F5: plan })
  const lifts = connectorsOf(archive)
  t.is(lifts.length, 1)
  t.is(lifts[0]!.stops.length, 5)
  t.is(lifts[0]!.direction, 'both')
})

test('an escalator keeps the direction the archive tells', (t) => {
  const plan = 'AAAAEEE\n.......\n.......'
  t.is(connectorsOf(asciiVenue({ F1: plan, F2: plan }, 'up').archive)[0]!.direction, 'up')
  t.is(connectorsOf(asciiVenue({ F1: plan, F2: plan }, 'down').archive)[0]!.direction, 'down')
})

test('units of a kind that lie over each other are joined where nobody relates them', (t) => {
  const archive = tinyArchive()
  const lonely = { ...archive, features: { ...archive.features, relationship: [] } }
  const [lift] = connectorsOf(lonely)
  t.deepEqual(
    lift?.stops.map(({ unitId }) => unitId),
    [tinyId('unit F1 lift'), tinyId('unit F2 lift')],
  )
  t.true(lift!.ids.includes(tinyId('amenity F1 lift')))
})

test('names tell a kind in Chinese, pinyin and English, and a goods lift is none', (t) => {
  const kinds = [
    'dianti3',
    '2号客梯',
    'Lift A',
    'zidongfuti',
    '自动扶梯',
    'louti1',
    '消防楼梯',
    'Staircase',
    '货梯',
    'Shoplifter',
  ]
  t.deepEqual(
    kinds.map((zh) => connectorKindOfName({ zh })),
    ['lift', 'lift', 'lift', 'escalator', 'escalator', 'stairs', 'stairs', 'stairs', undefined, undefined],
  )
})

test('what the shape of the building tells is suggested, accepted as derived and then known', (t) => {
  const archive = tinyArchive()
  const bare = {
    ...archive,
    features: {
      ...archive.features,
      relationship: [],
      amenity: [],
      // Two storeys more, so that the shaft has four.
      level: [2, 3].reduce<typeof archive.features.level>(
        (levels, ordinal) => [
          ...levels,
          {
            ...levels[0]!,
            id: `${levels[0]!.id}-${ordinal}` as (typeof levels)[0]['id'],
            properties: { ...levels[0]!.properties, ordinal },
          },
        ],
        archive.features.level,
      ),
      unit: [2, 3]
        .reduce<typeof archive.features.unit>(
          (units, ordinal) => [
            ...units,
            ...archive.features.unit.slice(0, 5).map((unit) => ({
              ...unit,
              id: `${unit.id}-${ordinal}` as typeof unit.id,
              properties: {
                ...unit.properties,
                level_id: `${unit.properties.level_id}-${ordinal}` as typeof unit.properties.level_id,
              },
            })),
          ],
          archive.features.unit,
        )
        .map((unit) =>
          unit.properties.category === 'elevator'
            ? { ...unit, properties: { ...unit.properties, category: 'nonpublic' } }
            : unit,
        ),
    },
  }
  t.deepEqual(connectorsOf(bare), [])
  const suggestions = suggestConnectors(bare).filter(({ kind }) => kind === 'lift')
  t.is(suggestions.length, 1)
  t.is(suggestions[0]!.stops.length, 4)
  t.is(suggestions[0]!.confidence, 'likely')
  const accepted = withConnectors(bare, suggestions)
  t.is(connectorsOf(accepted).length, 1)
  const changed = accepted.features.unit.filter(({ properties }) => properties.derived === true)
  t.deepEqual(
    changed.map(({ properties }) => properties.category),
    Array.from({ length: 4 }, () => 'elevator'),
  )
  t.is(accepted.features.relationship.length, 3)
  t.true(accepted.features.relationship.every(({ properties }) => properties.derived === true))
  t.deepEqual(withConnectors(bare, suggestions), accepted)
  t.deepEqual(
    suggestConnectors(accepted).filter(({ kind }) => kind === 'lift'),
    [],
  )
})

test('the demo mall needs no suggestions, and its connectors are sound', (t) => {
  const archive = demoMall()
  t.deepEqual(
    suggestConnectors(archive).filter(({ confidence }) => confidence === 'likely'),
    [],
  )
  const connectors = connectorsOf(archive)
  const count = (wanted: string) => connectors.filter(({ kind }) => kind === wanted).length
  t.true(count('lift') >= 6 && count('escalator') >= 8 && count('stairs') >= 4)
  t.true(connectors.filter(({ kind }) => kind === 'escalator').every(({ direction }) => direction !== 'both'))
  t.deepEqual(
    validateArchive(withConnectors(archive, [])).filter(({ severity }) => severity === 'error'),
    [],
  )
})
