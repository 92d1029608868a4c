import type { Archive, Json } from '../model/index.ts'
import { featureTypes } from '../model/index.ts'
import { collectionMembersKey } from './read-imdf.ts'

/**
 * Writes an archive as the files of IMDF; reading them gives an equal archive. Feature types and
 * extensions without content give no file. One feature stands on one line, so that two exports compare
 * line by line.
 * @returns Text by file name: `manifest.json`, `level.geojson`, …
 * **Source** OGC 20-094, "Reference: Archives".
 */
export function writeImdf(archive: Archive): Record<string, string> {
  const files: Record<string, string> = {
    'manifest.json': `${JSON.stringify(archive.manifest, null, 2)}\n`,
  }
  const allMembers = archive.extensions[collectionMembersKey]
  for (const type of featureTypes) {
    const features = archive.features[type]
    const members = isRecord(allMembers) ? allMembers[type] : undefined
    if (features.length === 0 && members === undefined) continue
    files[`${type}.geojson`] = collection(isRecord(members) ? members : {}, features)
  }
  for (const [name, content] of Object.entries(archive.extensions)) {
    if (name === collectionMembersKey) continue
    const isCollection = isRecord(content) && content.type === 'FeatureCollection'
    files[`${name}.${isCollection ? 'geojson' : 'json'}`] = `${JSON.stringify(content)}\n`
  }
  return files
}

function collection(members: Readonly<Record<string, Json>>, features: readonly unknown[]): string {
  const head = JSON.stringify({ type: 'FeatureCollection', ...members }).slice(0, -1)
  const lines = features.map((feature) => JSON.stringify(feature)).join(',\n')
  return `${head},"features":[${lines === '' ? '' : `\n${lines}\n`}]}\n`
}

function isRecord(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
