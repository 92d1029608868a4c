import test from 'ava'
import { demoMall } from '../demo/index.ts'
import { asciiVenue } from '../routes/testing/ascii-venue.ts'
import { tinyArchive, tinyId } from '../testing/tiny-archive.ts'
import { routeProblems } from './index.ts'

const codesOf = (plans: Readonly<Record<string, string>>, escalators?: 'up' | 'down') =>
  problemsOf(plans, escalators).map(({ code, level }) => `${code} ${level}`)

/** What is wrong with a venue, each with feature, level, place within the plan and what to do. */
function problemsOf(plans: Readonly<Record<string, string>>, escalators?: 'up' | 'down') {
  const problems = routeProblems(asciiVenue(plans, escalators).archive)
  for (const { feature, level, at, message, code } of problems) {
    const isTold = feature !== '' && level !== undefined && message.length > 40
    const isWithin = at !== undefined && at.x >= 0 && at.y >= 0 && at.x <= 60 && at.y <= 60
    if (!isTold || !isWithin) throw new Error(`${code} is not told whole: ${JSON.stringify({ feature, at })}`)
  }
  return problems
}

test('nothing is wrong with the tiny mall and the demo mall', (t) => {
  t.deepEqual(routeProblems(tinyArchive()), [])
  t.deepEqual(routeProblems(demoMall()), [])
})

test('a shop walled in by others has no door', (t) => {
  const plan = `
    BBCCAA
    BBCCAA
    ......
    ......`
  t.deepEqual(codesOf({ F1: plan }), [])
  const walled = `
    BBBBBBBB
    BBBAACCC
    BBBDDCCC
    ........
    ........`
  t.deepEqual(codesOf({ F1: walled }), ['no-door F1'])
})

test('a shop behind a closed aisle is unreachable, and the place on the map is told', (t) => {
  const plan = `
    AAAABBBBDDCC
    AAAABBBBDDCC
    ........DD..
    ........DD..
    EEEEFFFFDDGG`
  const problems = routeProblems(asciiVenue({ F1: plan.replace(/E/g, 'H') }).archive)
  t.deepEqual(
    problems.map(({ code }) => code),
    ['unreachable', 'unreachable'],
  )
  t.true(problems.every(({ at, message }) => at !== undefined && message.length > 20))
})

test('a level nothing leads to is a gap, one that only an escalator leaves is a trap', (t) => {
  const [low, high] = ['AAAA\n....\n....\nBBBB', 'CCCC\n....\n....\nDDDD']
  t.deepEqual(codesOf({ F1: low, F2: high }).sort(), ['gap-between-levels F2'])
  const withEscalator = (plan: string) =>
    plan
      .replace(/\.\.\.\.\n\.\.\.\./, '........\n.EEE....\n........')
      .replace(/([A-D])\1{3}/g, '$1$1$1$1$1$1$1$1')
  const trapped = codesOf({ F1: withEscalator(low), F2: withEscalator(high) }, 'up')
  t.true(
    trapped.some((code) => code.startsWith('one-way-trap')),
    trapped.join(),
  )
})

test('a court that nothing opens to is named with its size, and what only stairs lead to', (t) => {
  const court = `
    ..........
    .AAAABBBB.
    .A......B.
    .A......B.
    .A......B.
    .CCCCCCCC.
    ..........
    ..........`
  const [problem, ...others] = problemsOf({ F1: court })
  t.deepEqual([problem?.code, others], ['isolated-area', []])
  t.regex(problem!.message, /6\d m² that nothing opens to/)
  t.true(problem!.at!.x > 4 && problem!.at!.x < 16 && problem!.at!.y > 6 && problem!.at!.y < 12)
  t.deepEqual(codesOf({ F1: court.replace('.....B', '......') }), [])
  const low = 'AAAAAAAA\n........\n........\nBBBBSSSS'
  const high = 'CCCCCCCC\n........\n........\nDDDDSSSS'
  t.deepEqual(codesOf({ F1: low, F2: high }), Array(3).fill('not-step-free F2'))
})

test('a lift that opens into a wall is a dead end, and a door in the open an impossible one', (t) => {
  const low = 'AAAAAA\n......\n......\nBBBBLL'
  const high = 'CCCCCC\n......\nDDDDDD\nDDDDLL'
  t.true(codesOf({ F1: low, F2: high }).includes('dead-end-connector F2'))
  const archive = tinyArchive()
  const opening = archive.features.opening.map((each) =>
    each.id === tinyId('opening F1 books')
      ? {
          ...each,
          geometry: {
            ...each.geometry,
            coordinates: each.geometry.coordinates.map(([x, y]) => [x!, y! + 0.001]),
          },
        }
      : each,
  )
  const problems = routeProblems({ ...archive, features: { ...archive.features, opening } })
  t.deepEqual(
    problems.map(({ code, feature }) => [code, feature]),
    [['impossible-door', tinyId('opening F1 books')]],
  )
})

test('an escalator of which nobody says which way it runs is named, one that is told is not', (t) => {
  const plan = 'AAAAAAAA\n........\n.EEE....\n........\nBBBBBBLL'
  const upper = plan.replace(/A/g, 'C').replace(/B/g, 'D')
  t.deepEqual(codesOf({ F1: plan, F2: upper }), ['direction-unconfirmed F1'])
  t.deepEqual(codesOf({ F1: plan, F2: upper }, 'up'), [])
  const [problem] = routeProblems(asciiVenue({ F1: plan, F2: upper }).archive)
  t.true(problem?.at !== undefined && problem.message.includes('F1 and F2'))
})
