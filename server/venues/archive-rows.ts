import { setImmediate as nextTurn } from 'node:timers/promises'
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

/** So many features, some 10 ms, are made rows without letting anything else run. */
const featuresInOneGo = 200

/**
 * All features of an archive as batches of rows, in the order in which they can be inserted. Problems say why
 * the archive is not to be stored, all of them errors: not one venue, ids by which nothing could be asked for,
 * text that PostgreSQL cannot keep. O(characters), with pauses for whoever else waits.
 */
export async function archiveRows(archive: Archive): Promise<{ batches: RowBatch[]; problems: Problem[] }> {
  const batches: RowBatch[] = []
  const problems: Problem[] = idProblems(archive)
  for (const type of insertionOrder) {
    let rows: string[] = []
    let characters = 0
    const finish = () => {
      if (rows.length > 0) batches.push({ type, json: `[${rows.join(',')}]` })
      rows = []
      characters = 0
    }
    for (const [position, feature] of archive.features[type].entries()) {
      if (position % featuresInOneGo === featuresInOneGo - 1) await nextTurn()
      const json = JSON.stringify(rowOf(type, feature, position))
      if (unstorable.test(json)) problems.push(unstorableText(type, feature.id))
      rows.push(json)
      characters += json.length
      if (characters >= batchCharacters) finish()
    }
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

/** Clients ask for these by their ids, and the contract knows UUIDs. */
const askedFor = ['venue', 'level', 'unit'] as const
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** A version is kept under the id of its one venue, and its levels are fetched under theirs. */
function idProblems({ features }: Archive): Problem[] {
  const problems: Problem[] = []
  if (features.venue.length !== 1) {
    const message = `Expected one venue, got ${features.venue.length}. Export one archive for each venue.`
    problems.push({ severity: 'error', code: 'one-venue', file: 'venue.geojson', feature: '', message })
  }
  for (const type of askedFor) {
    const odd = features[type].find(({ id }) => !uuid.test(id))
    if (odd === undefined) continue
    const message = `Expected UUIDs as ids in ${type}.geojson, got "${odd.id}". Give each ${type} the UUID it has in every archive.`
    const where = { file: `${type}.geojson`, feature: odd.id, field: 'id' }
    problems.push({ severity: 'error', code: `${type}-id`, ...where, message })
  }
  return problems
}
