import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { readTokenSecrets } from './token-secret.ts'

async function folder(t: { teardown(undo: () => Promise<void>): void }) {
  const dir = await mkdtemp(join(tmpdir(), 'atrium-secret-'))
  t.teardown(() => rm(dir, { recursive: true }))
  return join(dir, 'data')
}

test('makes a secret once and keeps it for its owner alone', async (t) => {
  const dataDir = await folder(t)
  const [first] = await readTokenSecrets({ tokenSecrets: [], dataDir })
  const [again] = await readTokenSecrets({ tokenSecrets: [], dataDir })
  t.is(first.length, 32)
  t.deepEqual(first, again)
  t.is((await stat(join(dataDir, 'token-secret'))).mode & 0o777, 0o600)
})

test('several that start at once agree on one secret', async (t) => {
  const dataDir = await folder(t)
  const made = await Promise.all(
    Array.from({ length: 16 }, () => readTokenSecrets({ tokenSecrets: [], dataDir })),
  )
  t.is(new Set(made.map(([secret]) => Buffer.from(secret).toString('hex'))).size, 1)
  t.deepEqual(await readdir(dataDir), ['token-secret'])
})

test('closes a file others may read', async (t) => {
  const dataDir = await folder(t)
  await readTokenSecrets({ tokenSecrets: [], dataDir })
  await chmod(join(dataDir, 'token-secret'), 0o644)
  await readTokenSecrets({ tokenSecrets: [], dataDir })
  t.is((await stat(join(dataDir, 'token-secret'))).mode & 0o777, 0o600)
})

test('says so when the file is damaged, and makes no new secret behind anyone’s back', async (t) => {
  const dataDir = await folder(t)
  await readTokenSecrets({ tokenSecrets: [], dataDir })
  await writeFile(join(dataDir, 'token-secret'), 'abc')
  await t.throwsAsync(readTokenSecrets({ tokenSecrets: [], dataDir }), { message: /64 hexadecimal digits/ })
})

test('takes what is configured and writes nothing', async (t) => {
  const dataDir = await folder(t)
  const secrets = await readTokenSecrets({ tokenSecrets: ['ab'.repeat(32), 'cd'.repeat(32)], dataDir })
  t.deepEqual([secrets[0][0], secrets[1]?.[0]], [0xab, 0xcd])
  await t.throwsAsync(stat(dataDir))
})
