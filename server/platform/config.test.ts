import { readFile } from 'node:fs/promises'
import test from 'ava'
import fc from 'fast-check'
import { configurationTable, describeFaults, readConfig } from './config.ts'

/** The formatter pads the cells of a table. */
function squeezed(markdown: string): string {
  return markdown
    .replaceAll(/ +/g, ' ')
    .replaceAll(/-{3,}/g, '---')
    .replaceAll('| -', '|-')
    .replaceAll('- |', '-|')
}

function faultsOf(env: Record<string, string>) {
  const result = readConfig(env)
  return 'refused' in result ? result.faults : []
}

test('an empty environment is a working configuration without a database server', (t) => {
  const config = readConfig({})
  if ('refused' in config) return t.fail(describeFaults(config.faults))
  t.is(config.mode, 'production')
  t.is(config.port, 8080)
  t.is(config.databaseUrl, undefined)
  t.deepEqual(config.tokenSecrets, [])
})

test('reports all faults at once, each with its variable and what was expected', (t) => {
  const faults = faultsOf({
    PORT: '70000',
    LOG_LEVEL: 'loud',
    DATABASE_URL: 'mysql://x',
    BODY_LIMIT: '1e3',
    TRUST_PROXY: 'yes',
    MAPBOX_TOKEN: 'sk.secret-token-here',
    PUBLIC_URL: 'https://mall.test/path',
  })
  t.deepEqual(
    faults.map(({ variable }) => variable).sort(),
    [
      'BODY_LIMIT',
      'DATABASE_URL',
      'LOG_LEVEL',
      'MAPBOX_TOKEN',
      'PORT',
      'PUBLIC_URL',
      'TOKEN_SECRET',
      'TRUST_PROXY',
    ].sort(),
  )
  for (const { message } of faults) t.regex(message, /expected|no default/)
})

test('the pilot on a laptop logs what matters, a server with a database logs every request', (t) => {
  const levelOf = (env: Record<string, string>) => {
    const config = readConfig({ NODE_ENV: 'test', ...env })
    return 'refused' in config ? describeFaults(config.faults) : config.logLevel
  }
  t.is(levelOf({}), 'warn')
  t.is(levelOf({ DATABASE_URL: 'postgres://database/atrium' }), 'info')
  t.is(levelOf({ LOG_LEVEL: 'info' }), 'info')
  t.is(levelOf({ DATABASE_URL: 'postgres://database/atrium', LOG_LEVEL: 'error' }), 'error')
})

test('a fault never repeats the value, which may be a secret', (t) => {
  const values = { MAPBOX_TOKEN: 'sk.hush-hush-hush', TOKEN_SECRET: 'hush-hush', METRICS_TOKEN: 'hush hush' }
  const faults = faultsOf({ ...values, DATABASE_URL: 'hush://hush@hush' })
  t.is(faults.length, 4)
  t.notRegex(describeFaults(faults), /hush/)
})

test('a token secret has no default beside a database server in production', (t) => {
  const env = { DATABASE_URL: 'postgres://localhost/atrium' }
  t.deepEqual(
    faultsOf(env).map(({ variable }) => variable),
    ['TOKEN_SECRET'],
  )
  t.deepEqual(faultsOf({ ...env, NODE_ENV: 'development' }), [])
  t.deepEqual(faultsOf({ ...env, TOKEN_SECRET: 'ab'.repeat(32) }), [])
})

test('a variable that is empty counts as absent', (t) => {
  t.deepEqual(readConfig({ PORT: '', TOKEN_SECRET: '', DATABASE_URL: '' }), readConfig({}))
})

test('a list of token secrets keeps its order', (t) => {
  const config = readConfig({ TOKEN_SECRET: `${'ab'.repeat(32)},${'cd'.repeat(40)}` })
  t.deepEqual('refused' in config ? [] : config.tokenSecrets, ['ab'.repeat(32), 'cd'.repeat(40)])
})

test('whatever the environment holds, the answer is a configuration or a list of faults', (t) => {
  const names = [
    'PORT',
    'HOST',
    'TRUST_PROXY',
    'DATABASE_URL',
    'TOKEN_SECRET',
    'NODE_ENV',
    'RATE_LIMIT_ADDRESS',
  ]
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), fc.string()), (env) => {
      const result = readConfig(env)
      return 'refused' in result ? result.faults.length > 0 : Number.isInteger(result.port)
    }),
  )
  t.pass()
})

test('docs/configuration.md is current', async (t) => {
  const page = await readFile('docs/configuration.md', 'utf8')
  t.true(
    squeezed(page).includes(squeezed(configurationTable())),
    'run: npm run --silent config, and put the table into the page',
  )
})
