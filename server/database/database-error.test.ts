import test from 'ava'
import { QueryFailedError } from 'typeorm'
import { databaseErrorFacts } from './database-error.ts'

const driverError = (code: string, more: object = {}) => Object.assign(new Error('refused'), { code }, more)

test('reads the same from an error of the driver, bare or wrapped', (t) => {
  const bare = driverError('23505', { constraint: 'venue_slug', table: 'venue', detail: 'Key (slug)=(a)' })
  const facts = {
    kind: 'unique',
    code: '23505',
    constraint: 'venue_slug',
    table: 'venue',
    detail: 'Key (slug)=(a)',
  } as const
  t.deepEqual(databaseErrorFacts(bare), facts)
  t.deepEqual(databaseErrorFacts(new QueryFailedError('INSERT', [], bare)), facts)
})

test('knows a connection that was lost from one that did not come free', (t) => {
  t.is(databaseErrorFacts(driverError('ECONNRESET'))?.kind, 'connection-lost')
  t.is(databaseErrorFacts(driverError('08006'))?.kind, 'connection-lost')
  t.is(databaseErrorFacts(new Error('Connection terminated unexpectedly'))?.kind, 'connection-lost')
  t.is(databaseErrorFacts(new Error('timeout exceeded when trying to connect'))?.kind, 'busy')
})

test('leaves alone what is no error of the database', (t) => {
  for (const error of [new Error('no'), new TypeError('code'), driverError('ENOENT'), 'text', undefined]) {
    t.is(databaseErrorFacts(error), undefined)
  }
  t.is(databaseErrorFacts(driverError('42P01'))?.kind, 'other')
})
