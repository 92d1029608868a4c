import test from 'ava'
import { tinyArchive } from '../../maps/testing/tiny-archive.ts'
import { contentHashOf } from './content-hash.ts'

const archive = tinyArchive()
const [first, ...rest] = archive.features.unit

test('is the same whatever the order of members, and whenever the archive was written', (t) => {
  const turned = Object.fromEntries(Object.entries(first!).reverse()) as unknown as typeof first
  const later = { ...archive.manifest, created: '2030-01-01T00:00:00Z', generated_by: 'another tool' }
  const same = { ...archive, manifest: later, features: { ...archive.features, unit: [turned!, ...rest] } }
  t.is(contentHashOf(same), contentHashOf(archive))
})

test('is another when anything else differs', (t) => {
  const { features } = archive
  const others = [
    { ...archive, features: { ...features, unit: rest } },
    { ...archive, features: { ...features, unit: [...rest, first!] } },
    { ...archive, manifest: { ...archive.manifest, language: 'en' } },
    { ...archive, extensions: { beacon: [] } },
  ]
  t.is(new Set([archive, ...others].map(contentHashOf)).size, others.length + 1)
})
