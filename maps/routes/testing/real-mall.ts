import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { readCompetition } from '../../competition/index.ts'
import { connectorsOf, suggestConnectors, withConnectors } from '../../connectors/index.ts'
import { destinationsOf } from '../../directory/index.ts'
import type { Archive, Destination, Xy } from '../../model/index.ts'
import { realMallDir } from '../../testing/real-mall.ts'

/** The real mall with the connectors that the shape of the building tells; undefined where it is not at hand. */
export function realMall(): { archive: Archive; destinations: readonly Destination[] } | undefined {
  const dir = realMallDir()
  return dir === undefined ? undefined : mallAt(join(dir, 'venue'))
}

/** A recorded venue with the connectors that the shape of the building tells. */
export function mallAt(venueDir: string): { archive: Archive; destinations: readonly Destination[] } {
  const files: Record<string, string> = {}
  for (const level of readdirSync(venueDir)) {
    for (const file of ['geojson_map.json', 'floor_info.json']) {
      files[`${level}/${file}`] = readFileSync(join(venueDir, level, file), 'utf8')
    }
  }
  const read = readCompetition(files, { name: 'mall' })
  if ('refused' in read) throw new Error(read.problems[0]?.message)
  const likely = suggestConnectors(read.archive).filter(({ confidence }) => confidence === 'likely')
  const archive = connectorsOf(read.archive).length > 0 ? read.archive : withConnectors(read.archive, likely)
  return { archive, destinations: destinationsOf(archive) }
}

/** Waypoints of all recorded walks by level: where people really were, metres of the level. */
export function recordedWaypoints(): ReadonlyMap<string, readonly Xy[]> {
  const dir = realMallDir()
  const byLevel = new Map<string, Xy[]>()
  if (dir === undefined) return byLevel
  for (const set of ['survey', 'test']) {
    for (const level of readdirSync(join(dir, 'walks', set))) {
      const points = byLevel.get(level) ?? []
      byLevel.set(level, points)
      for (const walk of readdirSync(join(dir, 'walks', set, level))) {
        const text = gunzipSync(readFileSync(join(dir, 'walks', set, level, walk))).toString()
        for (const [, x, y] of text.matchAll(/^\d+\tTYPE_WAYPOINT\t([\d.]+)\t([\d.]+)/gm)) {
          points.push({ x: Number(x), y: Number(y) })
        }
      }
    }
  }
  return byLevel
}

/** Whole numbers below a bound, the same ones every time. Source: Park and Miller 1988. */
export function seededBelow(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (state * 48271) % 2147483647
    return state % bound
  }
}
