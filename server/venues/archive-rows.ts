import type { Archive, FeatureType, Problem } from '../../maps/model/index.ts'
import { rowOf } from './feature-row.ts'
import { insertionOrder } from './feature-tables.ts'

/** Rows of one type as a JSON list, for one statement. */
export interface RowBatch {
  readonly type: FeatureType
  readonly json: string
}

/** One statement takes rows until it has this many characters: far from any limit, few enough round trips. */
const batchCharacters = 512 * 1024

/**
 * All features of an archive as batches of rows, in the order in which they can be inserted. Problems name
 * features with text that PostgreSQL cannot keep; such an archive is not to be stored. O(characters).
 */
export function archiveRows(archive: Archive): { batches: RowBatch[]; problems: Problem[] } {
  const batches: RowBatch[] = []
  const problems: Problem[] = []
  for (const type of insertionOrder) {
    let rows: string[] = []
    let characters = 0
    const finish = () => {
      if (rows.length > 0) batches.push({ type, json: `[${rows.join(',')}]` })
      rows = []
      characters = 0
    }
    archive.features[type].forEach((feature, position) => {
      const json = JSON.stringify(rowOf(type, feature, position))
      if (unstorable.test(json)) problems.push(unstorableText(type, feature.id))
      rows.push(json)
      characters += json.length
      if (characters >= batchCharacters) finish()
    })
    finish()
  }
  if (unstorable.test(JSON.stringify([archive.manifest, archive.extensions]))) {
    problems.push(unstorableText('manifest', ''))
  }
  return { batches, problems }
}

/**
 * The character U+0000 and halves of surrogate pairs, as `JSON.stringify` escapes them: what JSON has and
 * PostgreSQL's text has not. An even number of backslashes before is text that only looks like an escape.
 */
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

function unstorableText(name: string, feature: string): Problem {
  return {
    severity: 'error',
    code: 'unstorable-text',
    file: name === 'manifest' ? 'manifest.json' : `${name}.geojson`,
    feature,
    message:
      'Expected Unicode text, got the character U+0000 or half of a surrogate pair. ' +
      'Remove it where the archive was made.',
  }
}
