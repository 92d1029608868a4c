import test from 'ava'
import fc from 'fast-check'
import { tinyId } from '../../maps/testing/tiny-archive.ts'
import { slugFor, slugPattern } from './slug.ts'

const id = tinyId('venue')

test('makes a short name of the English name, else of another in Latin letters, else of the id', (t) => {
  t.is(slugFor({ zh: '云台里', en: ' Yúntái Place! ' }, id), 'yuntai-place')
  t.is(slugFor({ zh: 'MIX·C 万象城', en: '' }, id), 'mix-c')
  t.is(slugFor({ zh: '云台里 A 座' }, id), `venue-${id.slice(0, 8)}`)
})

test('always makes one that may stand in an address', (t) => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' })), (name) =>
      slugPattern.test(slugFor(name, id)),
    ),
    { seed: 60 },
  )
  t.pass()
})
