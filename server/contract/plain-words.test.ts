import test from 'ava'
import { z } from 'zod'
import { endpoints, isRaw } from './index.ts'
import { inPlainWords } from './plain-words.ts'
import { venuesContract } from './venues.contract.ts'

/** Values of every kind, each wrong for most schemas. */
const wrong: readonly unknown[] = [
  undefined,
  null,
  '',
  'x',
  'x'.repeat(100_000),
  '\u0000\ud800',
  -1e9,
  1.5,
  1e300,
  NaN,
  true,
  [],
  Array.from({ length: 10_000 }, () => null),
  {},
  { a: 1 },
]

/** Zod's own words, and what only a programmer reads. */
const notForPeople = /invalid|regex|pattern|\bguid\b|undefined|too (?:big|small)|\\p\{|received/i

/** Every schema a request is checked by, down to the last member. */
function schemasOf(schema: z.core.$ZodType): z.core.$ZodType[] {
  const { def } = schema._zod
  const inner = ['innerType', 'element', 'in', 'out', 'valueType', 'keyType']
    .map((name) => Reflect.get(def, name) as unknown)
    .filter((one): one is z.core.$ZodType => typeof one === 'object' && one !== null && '_zod' in one)
  const options = (Reflect.get(def, 'options') ?? Reflect.get(def, 'items') ?? []) as z.core.$ZodType[]
  const shape = (Reflect.get(def, 'shape') ?? {}) as Readonly<Record<string, z.core.$ZodType>>
  return [schema, ...[...inner, ...options, ...Object.values(shape)].flatMap(schemasOf)]
}

function messagesOf(schema: z.core.$ZodType, value: unknown): string[] {
  const result = z.safeParse(schema, value, { error: inPlainWords })
  return result.success ? [] : result.error.issues.map(({ message }) => message)
}

test('whatever is wrong with a request is said in words for people', (t) => {
  let asked = 0
  for (const { id, request } of endpoints) {
    const { params, query, body } = request
    const parts = [params, query, body && !isRaw(body) ? body : undefined]
    const schemas = parts.flatMap((part) => (part ? schemasOf(part) : []))
    for (const schema of schemas) {
      for (const value of wrong) {
        for (const message of messagesOf(schema, value)) {
          asked++
          t.notRegex(message, notForPeople, `${id}: ${message}`)
          t.true(message.length > 8, `${id}: ${message}`)
        }
      }
    }
  }
  t.true(asked > 1000)
})

test('says what was expected and what came', (t) => {
  const said = (schema: z.core.$ZodType, value: unknown) => messagesOf(schema, value)[0]
  t.is(said(z.string().min(12), 'short'), 'Expected at least 12 characters, got 5')
  t.is(said(z.array(z.int()).max(2), [1, 2, 3]), 'Expected at most 2 entries, got 3')
  t.is(said(z.int().min(1), 0), 'Expected at least 1, got 0')
  t.is(said(z.int(), 'x'), 'Expected a number, got text')
  t.is(said(z.int(), undefined), 'Expected a number, got nothing')
  t.is(said(z.enum(['a', 'b']), 'c'), 'Expected "a" or "b"')
  t.is(said(z.strictObject({}), { a: 1 }), 'This is not known here; leave it out')
})

test('a search with half a place is told once what belongs together', (t) => {
  const { query } = venuesContract.searchVenue.request
  const level = '0193a1b2-0000-7000-8000-000000000001'
  for (const half of [{ level }, { x: '1' }, { level, y: '1' }, { x: '1', y: '1' }]) {
    t.deepEqual(messagesOf(query, half), ['Expected level, x and y together: give all three or none'])
  }
  t.deepEqual(messagesOf(query, { level, x: '1', y: '2' }), [])
  t.deepEqual(messagesOf(query, {}), [])
})
