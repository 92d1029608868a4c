import type { AnyFeature, Archive, FeatureType, Json, Manifest, Problem } from '../model/index.ts'
import { featureTypes } from '../model/index.ts'
import { describe, explainIssue } from './explain-issue.ts'
import { parseArchiveJson } from './parse-json.ts'
import { ProblemList } from './problem-list.ts'
import { featureSchema, manifestSchema } from './schema.ts'

/** An archive with what a person should look at, or a refusal with every reason found. */
export type ReadArchive =
  | { readonly archive: Archive; readonly problems: readonly Problem[] }
  | { readonly refused: 'bad-archive'; readonly problems: readonly Problem[] }

/** As many features as one archive may hold; the largest malls have some ten thousand. */
export const maxFeatures = 200_000

/**
 * The name under which members of the files' FeatureCollections beyond `type` and `features` stand in
 * `Archive.extensions`, by feature type; `writeImdf` puts them back and writes no file of that name.
 */
export const collectionMembersKey = 'collection-members'

/**
 * Reads an IMDF archive: checks every feature against the standard and keeps whatever else it holds, so
 * that `writeImdf` gives the same back, UUIDs in lower case. Features are the very objects parsed, in the order of their files.
 * @param files Text of each file by its path in the archive; one folder around all of them is tolerated,
 *   and so is a byte order mark.
 * @returns The archive, with warnings; or a refusal with all faults (bounded), each naming file, feature
 *   and field. References and shapes are not looked at: `validateArchive` does.
 *   O(characters of the files).
 * **Source** OGC 20-094 (IMDF 1.0.0), "Reference"; RFC 7946; RFC 8259 section 8.1 (byte order mark).
 */
export function readImdf(files: Readonly<Record<string, string>>): ReadArchive {
  const problems = new ProblemList()
  const paths = Object.keys(files)
  const manifestPath = paths
    .filter((path) => /^([^/]+\/)?manifest\.json$/.test(path))
    .sort((a, b) => a.length - b.length)[0]
  if (manifestPath === undefined) {
    problems.add({
      severity: 'error',
      code: 'missing-manifest',
      file: 'manifest.json',
      feature: '',
      message: `Expected manifest.json at the top of the archive, got ${paths.length} files without one. Export the archive again as IMDF 1.0.0.`,
    })
    return { refused: 'bad-archive', problems: problems.list() }
  }
  const reader = new Reader(problems)
  const folder = manifestPath.slice(0, -'manifest.json'.length)
  const manifest = reader.manifest(files[manifestPath] ?? '')
  for (const path of paths) {
    if (path === manifestPath) continue
    if (path.startsWith(folder)) reader.file(path.slice(folder.length), files[path] ?? '')
    else reader.passOver(path)
  }
  if (manifest === undefined || problems.hasErrors)
    return { refused: 'bad-archive', problems: problems.list() }
  return { archive: reader.archive(manifest), problems: problems.list() }
}

class Reader {
  readonly #problems: ProblemList
  readonly #features = new Map<FeatureType, AnyFeature[]>()
  readonly #collectionMembers: Record<string, Json> = {}
  readonly #extensions = new Map<string, Json>()
  #featureCount = 0

  constructor(problems: ProblemList) {
    this.#problems = problems
  }

  manifest(content: string): Manifest | undefined {
    const value = this.#parse('manifest.json', content)
    if (value === undefined) return undefined
    const result = manifestSchema.safeParse(value)
    if (!result.success) {
      for (const issue of result.error.issues) {
        this.#fault('bad-manifest', { file: 'manifest.json', feature: '', ...explainIssue(issue, value) })
      }
      return undefined
    }
    const manifest = value as Manifest
    if (manifest.version !== '1.0.0') {
      this.#warn('unknown-version', {
        file: 'manifest.json',
        feature: '',
        field: 'version',
        message: `Expected IMDF version "1.0.0", got ${describe(manifest.version)}. It is read as 1.0.0; look at the result.`,
      })
    }
    return manifest
  }

  file(name: string, content: string): void {
    const match = /^([^/]+)\.(geojson|json)$/.exec(name)
    const stem = match?.[1]
    if (stem === undefined || stem === collectionMembersKey) {
      this.passOver(name)
      return
    }
    const value = this.#parse(name, content)
    if (value === undefined) return
    const type = featureTypes.find((each) => each === stem)
    if (type !== undefined && this.#features.has(type)) this.#sameName(name, stem)
    else if (type !== undefined) this.#collection(name, type, value)
    else if (this.#extensions.has(stem)) this.#sameName(name, stem)
    else this.#extensions.set(stem, value as Json)
  }

  passOver(file: string): void {
    this.#warn('file-not-kept', {
      file,
      feature: '',
      message: `${file} is not part of an IMDF archive and was not kept. Nothing to do unless you need it.`,
    })
  }

  archive(manifest: Manifest): Archive {
    const lists = featureTypes.map((type) => [type, this.#features.get(type) ?? []] as const)
    if (Object.keys(this.#collectionMembers).length > 0) {
      this.#extensions.set(collectionMembersKey, this.#collectionMembers)
    }
    return {
      manifest,
      features: Object.fromEntries(lists) as unknown as Archive['features'],
      extensions: Object.fromEntries(this.#extensions),
    }
  }

  #parse(file: string, content: string): unknown {
    try {
      return parseArchiveJson(content)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#fault('bad-json', {
        file,
        feature: '',
        message: `Expected JSON, but it cannot be read: ${reason}. Export the file again.`,
      })
      return undefined
    }
  }

  #collection(file: string, type: FeatureType, value: unknown): void {
    const list: AnyFeature[] = []
    this.#features.set(type, list)
    if (!isObject(value) || value.type !== 'FeatureCollection' || !Array.isArray(value.features)) {
      this.#fault('not-a-collection', {
        file,
        feature: '',
        message: `Expected a GeoJSON FeatureCollection with a list "features", got ${describe(isObject(value) ? value.type : value)}. Export the file again.`,
      })
      return
    }
    const features: readonly unknown[] = value.features
    this.#featureCount += features.length
    if (this.#featureCount > maxFeatures) {
      this.#fault('too-many-features', {
        file,
        feature: '',
        message: `Expected at most ${maxFeatures} features in one archive, got more with this file. Split the venue.`,
      })
      return
    }
    this.#members(type, value)
    const schema = featureSchema(type)
    let odd = 0
    features.forEach((feature, index) => {
      const result = schema.safeParse(feature)
      if (result.success) {
        const accepted = feature as AnyFeature
        list.push(accepted)
        if (!uuid.test(accepted.id)) odd++
        return
      }
      for (const issue of result.error.issues) {
        this.#fault('bad-feature', { file, feature: nameOf(feature, index), ...explainIssue(issue, feature) })
      }
    })
    if (odd > 0) this.#oddIds(file, odd, list)
  }

  #members(type: FeatureType, collection: Record<string, unknown>): void {
    const members = Object.entries(collection).filter(([key]) => key !== 'type' && key !== 'features')
    if (members.length > 0) this.#collectionMembers[type] = Object.fromEntries(members) as Json
  }

  #oddIds(file: string, count: number, list: readonly AnyFeature[]): void {
    const first = list.find((feature) => !uuid.test(feature.id))
    this.#warn('id-not-uuid', {
      file,
      feature: first?.id ?? '',
      field: 'id',
      message: `Expected UUIDs as ids, got ${count} that are none, for example ${describe(first?.id)}. They are kept; other readers of IMDF may refuse them.`,
    })
  }

  #sameName(file: string, stem: string): void {
    this.#fault('file-twice', {
      file,
      feature: '',
      message: `Expected one file named ${stem}, got it both as .json and as .geojson. Leave one.`,
    })
  }

  #fault(code: string, problem: Omit<Problem, 'severity' | 'code'>): void {
    this.#problems.add({ severity: 'error', code, ...problem })
  }

  #warn(code: string, problem: Omit<Problem, 'severity' | 'code'>): void {
    this.#problems.add({ severity: 'warning', code, ...problem })
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The id of a feature, or its place in the file (from 1) when it has none. */
function nameOf(feature: unknown, index: number): string {
  const id = isObject(feature) ? feature.id : undefined
  return typeof id === 'string' && id !== '' ? id.slice(0, 128) : `feature ${index + 1}`
}
