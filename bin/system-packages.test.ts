import test from 'ava'
import { ensureRequirements, requirements } from './system-packages.ts'

test('says nothing and installs nothing when everything is there', async (t) => {
  const here = requirements.map((requirement) => ({ ...requirement, find: () => '/here' }))
  t.deepEqual(
    await ensureRequirements(here, () => {
      t.fail()
    }),
    [],
  )
})

test('names a suite, a package and a place to look for everything that tests need', (t) => {
  for (const { name, packages, suites } of requirements) {
    t.not(name, '')
    t.true(packages.length > 0, name)
    t.regex(suites, /^the /, name)
  }
})
