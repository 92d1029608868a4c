import test from 'ava'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'

const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
})

const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8')

test('every dependency is pinned to one version and has its reason written down', async (t) => {
  const { dependencies, devDependencies } = manifestSchema.parse(JSON.parse(await read('package.json')))
  const reasons = await read('docs/dependencies.md')
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    t.regex(version, /^\d+\.\d+\.\d+$/, `${name} is not pinned`)
    const listed = name.startsWith('@types/') ? '@types/*' : name
    t.true(reasons.includes(listed), `docs/dependencies.md gives no reason for ${name}`)
  }
})
