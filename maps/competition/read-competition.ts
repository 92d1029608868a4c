import type { z } from 'zod'
import { explainIssue } from '../imdf/explain-issue.ts'
import { parseArchiveJson } from '../imdf/parse-json.ts'
import { ProblemList } from '../imdf/index.ts'
import type { ReadArchive } from '../imdf/index.ts'
import { assembleVenue } from './assemble-venue.ts'
import { buildLevel } from './build-level.ts'
import type { SourceLevel } from './build-level.ts'
import { idOf } from './ids.ts'
import { ordinalOf } from './names.ts'
import { floorInfoSchema, mapSchema, outlineSchema, placeSchema } from './source.ts'
import type { Place } from './source.ts'

export interface CompetitionOptions {
  /** Name of the venue; the source tells none. */
  readonly name: string
  /** BCP 47 tag of the venue's own language. Default `zh`. */
  readonly language?: string
}

/** The time of an archive whose source tells none: fixed, so that a second import gives the same. */
const noTime = '1970-01-01T00:00:00.000Z'

/**
 * Reads a venue in the format of the Indoor Location Competition 2.0, a folder a level (`F1`, `B1`, …) with
 * `geojson_map.json` and `floor_info.json`, into an IMDF archive.
 *
 * Shops become a unit, an anchor and an occupant; bays a unit with the bay's number as its name; toilets a
 * unit and an amenity; voids, empty shops, seats and back rooms a unit of their category. Everything the
 * source says of a feature stays on it as property `source`. Ids are UUIDs of version 5 made of the
 * source's own, so that a second import gives the same. The source has no address, doors, lifts or stairs.
 * @param files Text of each file by its path; what lies above the levels' folders does not matter.
 * @returns The archive, with warnings of what was mended; or a refusal with all faults (bounded).
 *   O(characters of the files).
 * **Source** the data set's own documentation; what names and category ids mean: `kindOf`.
 */
export function readCompetition(
  files: Readonly<Record<string, string>>,
  options: CompetitionOptions,
): ReadArchive {
  const problems = new ProblemList()
  const levels = levelsOf(files, problems).sort((a, b) => a.ordinal - b.ordinal)
  if (problems.hasErrors) return { refused: 'bad-archive', problems: problems.list() }
  const key = levels.map(({ outline }) => outline.id).sort()[0] ?? ''
  const facts = { language: options.language ?? 'zh', buildingId: idOf.building(key) }
  const contents = levels.map((level) => buildLevel(level, facts))
  problems.addAll(contents.flatMap((level) => level.problems))
  const versions = levels.flatMap(({ places }) => places.map((place) => place.properties.version ?? ''))
  const created = versions.reduce((newest, version) => (version > newest ? version : newest), '') || noTime
  const archive = assembleVenue(contents, { ...facts, key, name: options.name, created })
  return { archive, problems: problems.list() }
}

const mapPath = /^(?:.*\/)?([^/]+)\/geojson_map\.json$/

function levelsOf(files: Readonly<Record<string, string>>, problems: ProblemList): SourceLevel[] {
  const levels: SourceLevel[] = []
  const paths = Object.keys(files).filter((path) => mapPath.test(path))
  if (paths.length === 0) {
    problems.add({
      severity: 'error',
      code: 'no-levels',
      feature: '',
      message:
        'Expected a folder for each level with geojson_map.json in it, got none. Choose the folder above the levels.',
    })
  }
  for (const path of paths) {
    const level = readLevel(path, files, problems)
    if (level) levels.push(level)
  }
  return levels
}

function readLevel(
  path: string,
  files: Readonly<Record<string, string>>,
  problems: ProblemList,
): SourceLevel | undefined {
  const name = mapPath.exec(path)?.[1] ?? ''
  const infoPath = path.replace(/geojson_map\.json$/, 'floor_info.json')
  const ordinal = ordinalOf(name)
  if (ordinal === undefined) {
    problems.add({
      severity: 'error',
      code: 'unknown-level-name',
      file: path,
      feature: '',
      message: `Expected a folder named after its level, like F1 or B2, got "${name}". Rename the folder.`,
    })
  }
  const info = checked(floorInfoSchema, parsed(files, infoPath, problems), { file: infoPath, problems })
  const map = checked(mapSchema, parsed(files, path, problems), { file: path, problems })
  if (!map) return undefined
  const [first, ...rest] = map.features
  const outline = checked(outlineSchema, first, { file: path, feature: 'feature 1', problems })
  const places = rest.flatMap((feature, index): Place[] => {
    const place = checked(placeSchema, feature, { file: path, feature: `feature ${index + 2}`, problems })
    return place ? [place] : []
  })
  if (!info || !outline || ordinal === undefined) return undefined
  return { name, ordinal, file: path, outline, places, size: info.map_info }
}

function parsed(files: Readonly<Record<string, string>>, path: string, problems: ProblemList): unknown {
  const content = files[path]
  if (content === undefined) {
    problems.add({
      severity: 'error',
      code: 'missing-file',
      file: path,
      feature: '',
      message: `Expected ${path} beside the level's map, got no such file. Add it.`,
    })
    return undefined
  }
  try {
    return parseArchiveJson(content)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    problems.add({
      severity: 'error',
      code: 'bad-json',
      file: path,
      feature: '',
      message: `Expected JSON, but it cannot be read: ${reason}. Export the file again.`,
    })
    return undefined
  }
}

/** The value as its schema gives it; undefined, with every fault named, when it does not fit. */
function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: { readonly file: string; readonly feature?: string; readonly problems: ProblemList },
): z.infer<Schema> | undefined {
  // Nothing was read: that is named already.
  if (value === undefined) return undefined
  const result = schema.safeParse(value)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    where.problems.add({
      severity: 'error',
      code: 'bad-feature',
      file: where.file,
      feature: where.feature ?? '',
      ...explainIssue(issue, value),
    })
  }
  return undefined
}
