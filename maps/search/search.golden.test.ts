import test from 'ava'
import { tinyDirectory } from '../testing/tiny-directory.ts'
import { createSearch } from './index.ts'
import { golden } from './testing/golden.ts'

const { search } = createSearch(tinyDirectory)

for (const [query, expected] of Object.entries(golden)) {
  test(`“${query}” finds ${expected} first`, (t) => {
    t.is(search(query)[0]?.destination.id, expected)
  })
}
