import test from 'ava'
import fc from 'fast-check'
import { readDeepLink, writeDeepLink } from './deep-link.ts'

test('an address gives back what was put into it, whatever its characters', (t) => {
  const word = fc.string({ minLength: 1 })
  const link = fc.record({ venue: word, level: word, place: word, lang: word }, { requiredKeys: [] })
  fc.assert(
    fc.property(link, (given) => {
      const address = new URL(writeDeepLink(given), 'https://mall.example')
      t.is(address.pathname, '/map')
      t.deepEqual(readDeepLink(address.search), given)
    }),
  )
})

test('what an address leaves empty is left out', (t) => {
  t.deepEqual(readDeepLink('?venue=&level=F2&other=1'), { level: 'F2' })
})
