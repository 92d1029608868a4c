import test from 'ava'
import { createProgress } from './progress.ts'

test('is never silent for more than five seconds while something is under way, and silent when nothing is', (t) => {
  let nowMs = 0
  const saidAtMs: number[] = []
  const lines: string[] = []
  const progress = createProgress(
    (line) => {
      saidAtMs.push(nowMs)
      lines.push(line)
    },
    () => nowMs,
  )
  const wait = (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      nowMs += 1000
      progress.beat()
    }
  }
  const [database, screens] = [progress.strand(), progress.strand()]
  database.step('正在准备数据库', 'Preparing the database')
  screens.step('正在构建', 'Building')
  wait(12)
  screens.end()
  wait(10)
  database.end()
  wait(20)
  t.deepEqual(lines, [
    '  0.0 s  正在准备数据库 · Preparing the database',
    '  0.0 s  正在构建 · Building',
    '  5.0 s  … 正在准备数据库，已 5 秒 · Preparing the database: 5 s so far',
    '  5.0 s  … 正在构建，已 5 秒 · Building: 5 s so far',
    ' 10.0 s  … 正在准备数据库，已 10 秒 · Preparing the database: 10 s so far',
    ' 10.0 s  … 正在构建，已 10 秒 · Building: 10 s so far',
    ' 15.0 s  … 正在准备数据库，已 15 秒 · Preparing the database: 15 s so far',
    ' 20.0 s  … 正在准备数据库，已 20 秒 · Preparing the database: 20 s so far',
  ])
  t.true(saidAtMs.every((at, index) => at - (saidAtMs[index - 1] ?? 0) <= 5000))
})
