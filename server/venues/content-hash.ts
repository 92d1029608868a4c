import { createHash } from 'node:crypto'
import type { Archive, Json } from '../../maps/model/index.ts'

/**
 * SHA-256, in hexadecimal, of what an archive says: the same for two archives that differ in the order of
 * members or in when and by what they were written, and in nothing else. O(characters).
 */
export function contentHashOf(archive: Archive): string {
  const manifest = { ...archive.manifest, created: '', generated_by: '' }
  const content = { manifest, features: archive.features, extensions: archive.extensions }
  return createHash('sha256')
    .update(canonicalJson(content as unknown as Json))
    .digest('hex')
}

/** JSON with the members of every object in the order of their names. */
function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_key, node: Json) =>
    typeof node === 'object' && node !== null && !Array.isArray(node)
      ? Object.fromEntries(Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1)))
      : node,
  )
}
