import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** AVA on the tests that `bin/bundle-tests.ts` wrote: as in package.json, but nothing is left to translate. */
const { ava } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8'))

export default {
  ...ava,
  extensions: ['js'],
  files: ['dist/tests/**/*.test.js'],
  nodeArguments: ava.nodeArguments.filter((argument) => argument !== '--import=tsx'),
}
