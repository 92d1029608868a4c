import type { Archive, Destination, LevelFeature, Areal } from '../../model/index.ts'
import { destinationsOf } from '../../directory/index.ts'
import { union } from '../../geometry/index.ts'
import type { Ring } from '../../geometry/index.ts'
import { readImdf } from '../../imdf/index.ts'

/** Side of a character in metres. */
export const cellM = 2

const origin = [120, 30] as const
const metresPerDegree = [96406, 111319] as const

const categories: Readonly<Record<string, string>> = {
  L: 'elevator',
  M: 'elevator',
  E: 'escalator',
  S: 'stairs',
  '~': 'opentobelow',
  w: 'restroom',
  r: 'lounge',
}

export interface AsciiVenue {
  readonly archive: Archive
  readonly destinations: readonly Destination[]
  /** Id of the unit drawn with a letter on a level: `F1 A`. */
  readonly unitId: (level: string, letter: string) => string
  /** Middle of a character, counted from the upper left. */
  readonly at: (level: string, column: number, row: number) => { level: string; x: number; y: number }
}

/**
 * A venue drawn with characters, one plan a level, lowest first, for tests: `.` is floor, a blank is
 * outside; characters of one kind that touch are one unit. Capital letters are shops named after
 * themselves; L and M lifts, E an escalator, S stairs, `~` a void, `w` a toilet, `r` seats. Relationships
 * join units of one connector's letter on consecutive levels.
 * @param escalators `up` or `down` for E, both ways when absent.
 */
export function asciiVenue(plans: Readonly<Record<string, string>>, escalators?: 'up' | 'down'): AsciiVenue {
  const ids = new Map<string, string>()
  const idOf = (name: string) => {
    const known = ids.get(name) ?? `00000000-0000-4000-8000-${String(ids.size).padStart(12, '0')}`
    ids.set(name, known)
    return known
  }
  const features: Record<string, object[]> = {
    venue: [],
    level: [],
    unit: [],
    anchor: [],
    occupant: [],
    relationship: [],
  }
  const grids = Object.entries(plans).map(([level, plan], ordinal) => ({
    level,
    ordinal,
    rows: rowsOf(plan),
  }))
  const add = (type: string, name: string, geometry: unknown, properties: object) => {
    features[type]!.push({ id: idOf(name), type: 'Feature', feature_type: type, geometry, properties })
  }
  for (const { level, ordinal, rows } of grids) {
    const height = rows.length
    const outline = areaOf(rows, height, (letter) => letter !== ' ')
    if (ordinal === 0)
      add('venue', 'venue', outline, { name: { en: 'Plan' }, category: 'shoppingcenter', address_id: null })
    add('level', level, outline, {
      name: { en: level },
      short_name: { en: level },
      ordinal,
      outdoor: false,
      category: 'unspecified',
      frame: { origin, metresPerDegree },
    } satisfies Partial<LevelFeature['properties']>)
    for (const letter of new Set(rows.join('').replace(/[. ]/g, ''))) {
      const unit = `${level} ${letter}`
      const category = categories[letter] ?? 'room'
      add(
        'unit',
        unit,
        areaOf(rows, height, (each) => each === letter),
        { category, level_id: idOf(level), name: null },
      )
      if (category !== 'room') continue
      add(
        'anchor',
        `anchor ${unit}`,
        { type: 'Point', coordinates: lonLat(firstCell(rows, letter)) },
        { unit_id: idOf(unit) },
      )
      add('occupant', `occupant ${unit}`, null, {
        name: { en: letter },
        category: 'unspecified',
        anchor_id: idOf(`anchor ${unit}`),
      })
    }
  }
  grids.slice(1).forEach(({ level, rows }, k) => {
    const below = grids[k]!
    for (const letter of ['L', 'M', 'E', 'S']) {
      if (![rows, below.rows].every((each) => each.join('').includes(letter))) continue
      const [low, high] = [`${below.level} ${letter}`, `${level} ${letter}`]
      const [from, to] = letter === 'E' && escalators === 'down' ? [high, low] : [low, high]
      add('relationship', `${low} ${high}`, null, {
        category: categories[letter],
        direction: letter === 'E' && escalators ? 'directed' : 'undirected',
        origin: { id: idOf(from), feature_type: 'unit' },
        destination: { id: idOf(to), feature_type: 'unit' },
      })
    }
  })
  const files = Object.fromEntries(
    Object.entries(features).map(([type, list]) => [
      `${type}.geojson`,
      JSON.stringify({ type: 'FeatureCollection', features: list }),
    ]),
  )
  const manifest = JSON.stringify({ version: '1.0.0', created: '2026-01-01T00:00:00Z', language: 'en' })
  const read = readImdf({ 'manifest.json': manifest, ...files })
  if ('refused' in read) throw new Error(read.problems.map(({ message }) => message).join('\n'))
  const heights = new Map(grids.map(({ level, rows }) => [level, rows.length]))
  return {
    archive: read.archive,
    destinations: destinationsOf(read.archive),
    unitId: (level, letter) => idOf(`${level} ${letter}`),
    at: (level, column, row) => ({
      level,
      x: (column + 0.5) * cellM,
      y: ((heights.get(level) ?? 0) - row - 0.5) * cellM,
    }),
  }
}

function rowsOf(plan: string): string[] {
  const rows = plan.split('\n').filter((row) => row.trim() !== '')
  const indent = Math.min(...rows.map((row) => /^ */.exec(row)![0].length))
  return rows.map((row) => row.slice(indent))
}

function areaOf(rows: readonly string[], height: number, isPart: (letter: string) => boolean): Areal {
  const cells: Ring[] = []
  rows.forEach((row, r) => {
    Array.from(row).forEach((letter, c) => {
      if (!isPart(letter)) return
      const [x, y] = [c * cellM, (height - r - 1) * cellM]
      cells.push([
        { x, y },
        { x: x + cellM, y },
        { x: x + cellM, y: y + cellM },
        { x, y: y + cellM },
      ])
    })
  })
  const polygons = union(cells).map((ring) => [[...ring, ring[0]!].map(lonLat)])
  return polygons.length === 1
    ? { type: 'Polygon', coordinates: polygons[0]! }
    : { type: 'MultiPolygon', coordinates: polygons }
}

function firstCell(rows: readonly string[], letter: string): { x: number; y: number } {
  const row = rows.findIndex((each) => each.includes(letter))
  return { x: (rows[row]!.indexOf(letter) + 0.5) * cellM, y: (rows.length - row - 0.5) * cellM }
}

function lonLat({ x, y }: { readonly x: number; readonly y: number }): [number, number] {
  return [origin[0] + x / metresPerDegree[0], origin[1] + y / metresPerDegree[1]]
}
