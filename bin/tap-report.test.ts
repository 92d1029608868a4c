import test from 'ava'
import { countsLine, TapReport } from './tap-report.ts'

/** What AVA 7 writes: a skip, a to-do, a log, a failure with its details, an error outside a test. */
const output = `TAP version 13
ok 1 - a › three # SKIP
not ok 2 - a › five # TODO
ok 3 - a › walks the mall
#   ATRIUM_REAL_MALL is not set: nothing was walked
not ok 4 - a › two # of them
  ---
    name: AssertionError
    message: 'expected ok 9 - nine'
  ...
ok 5 - b › one
#   a log line
not ok 6 - b.test.ts exited with a non-zero exit code: 1

1..6
# tests 5
# pass 2
# skip 1
# fail 2
`.split('\n')

const read = (lines: readonly string[]) => {
  const report = new TapReport()
  const shown = lines.map((line) => report.take(line)).filter((line) => line !== undefined)
  return { report, shown }
}

test('counts what passed, failed and was skipped, errors outside of tests too', (t) => {
  t.deepEqual(read(output).report.counts, { passed: 2, failed: 2, skipped: 2 })
})

test('shows a failure with its details and nothing of what passed', (t) => {
  const { shown } = read(output)
  t.deepEqual(
    shown.filter((line) => line.trim() !== ''),
    [
      'not ok 4 - a › two # of them',
      '  ---',
      '    name: AssertionError',
      `    message: 'expected ok 9 - nine'`,
      '  ...',
      'not ok 6 - b.test.ts exited with a non-zero exit code: 1',
    ],
  )
})

test('names the tests that had no real mall', (t) => {
  t.deepEqual(read(output).report.leftOut, ['a › walks the mall'])
})

test('ends with a line that a program can read', (t) => {
  t.is(countsLine({ passed: 12, failed: 0, skipped: 0 }), '12 passed, 0 failed')
  t.is(countsLine({ passed: 12, failed: 1, skipped: 2 }), '12 passed, 1 failed, 2 skipped')
})
