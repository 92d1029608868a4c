import test from 'ava'
import { createLog } from './log.ts'

function capture() {
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } })
  return { lines, log }
}

test('keeps secrets and personal data out, also inside of what is logged', (t) => {
  const { lines, log } = capture()
  log.info({ authorization: 'Bearer hush', password: 'hush' }, 'a')
  log.info({ request: { token: 'hush', url: '/x?token=hush', headers: { cookie: 'hush' } } }, 'b')
  log.info({ account: { username: 'hush', phone: 'hush' }, ip: 'hush' }, 'c')
  t.is(lines.length, 3)
  t.notRegex(lines.join(''), /hush/)
})

test('an error of the database driver leaves the values of its statement behind', (t) => {
  const { lines, log } = capture()
  const error = Object.assign(new Error('duplicate key'), {
    code: '23505',
    parameters: ['hush'],
    query: 'insert … hush',
    detail: 'Key (username)=(hush) already exists.',
    driverError: { detail: 'hush' },
    cause: Object.assign(new Error('below'), { parameters: ['hush'] }),
  })
  log.error({ err: error }, 'failed')
  const entry = JSON.parse(lines[0] ?? '') as { err: Record<string, unknown> }
  t.like(entry.err, {
    type: 'Error',
    message: 'duplicate key',
    errorCode: '23505',
    cause: { message: 'below' },
  })
  t.notRegex(lines[0] ?? '', /hush/)
})

test('an error that is its own cause does not hang the log', (t) => {
  const { lines, log } = capture()
  const error = new Error('round')
  error.cause = error
  log.error({ err: error }, 'failed')
  t.is(lines.length, 1)
})

test('writes words for levels and nothing under the level asked for', (t) => {
  const { lines, log } = capture()
  log.debug('quiet')
  log.warn('loud')
  t.deepEqual(
    lines.map((line) => (JSON.parse(line) as { level: string }).level),
    ['warn'],
  )
})
