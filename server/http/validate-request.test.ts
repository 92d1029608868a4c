import test from 'ava'
import fc from 'fast-check'
import { parseQuery, pointerOf } from './validate-request.ts'

test('reads a query back as it was written, without empty values', (t) => {
  const word = fc.string({ minLength: 1 }).filter((text) => text.trim() === text)
  fc.assert(
    fc.property(fc.dictionary(word, word), (values) => {
      const query = parseQuery(new URLSearchParams(Object.entries(values)).toString())
      t.deepEqual(Object.entries(query).sort(), Object.entries(values).sort())
    }),
    { numRuns: 200 },
  )
  t.deepEqual(parseQuery('a=&b=%20&c'), {})
})

test('a name given more than once becomes a list', (t) => {
  t.deepEqual(parseQuery('a=1&a=2&b=3&a=4'), { a: ['1', '2', '4'], b: '3' })
})

test('a name like a prototype’s is an ordinary name', (t) => {
  const query = parseQuery('__proto__=x&constructor=y')
  t.deepEqual(Object.keys(query), ['__proto__', 'constructor'])
  t.is(Object.getPrototypeOf(query), Object.prototype)
})

test('a pointer leads back to where it came from', (t) => {
  fc.assert(
    fc.property(fc.array(fc.string()), (path) => {
      const back = pointerOf(path)
        .split('/')
        .slice(1)
        .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
      t.deepEqual(back, path)
    }),
    { numRuns: 200 },
  )
})
