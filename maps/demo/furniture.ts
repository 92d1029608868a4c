import { ringsContain } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import type { AnchorFeature, FixtureFeature, KioskFeature } from '../model/index.ts'
import { walkwayAt } from './amenities.ts'
import type { BuiltLevel } from './building.ts'
import type { Ids } from './ids.ts'
import { box, ellipse } from './shapes.ts'
import { headingOf, sitePolygon, toSite } from './site.ts'

/** A screen that passers-by touch. */
interface Screen {
  readonly level: string
  readonly x: number
  readonly y: number
  /** Where it faces on the plan: degrees counter-clockwise from the plan's length, 90 is north. */
  readonly faces: number
}

const screens: readonly Screen[] = [
  { level: 'F1', x: 110, y: 20, faces: 270 },
  { level: 'F1', x: 110, y: 130, faces: 90 },
  { level: 'F1', x: 48, y: 74, faces: 180 },
  { level: 'F1', x: 172, y: 72, faces: 0 },
  { level: 'F1', x: 112, y: 64, faces: 180 },
  { level: 'F2', x: 110, y: 58, faces: 90 },
  { level: 'F3', x: 110, y: 58, faces: 90 },
  { level: 'F4', x: 110, y: 58, faces: 90 },
  { level: 'F5', x: 110, y: 58, faces: 90 },
  { level: 'B1', x: 110, y: 66, faces: 270 },
  { level: 'B2', x: 110.2, y: 58, faces: 0 },
]

const [screenWidthM, screenDepthM] = [0.9, 0.4]

/**
 * The kiosks of a level with the anchors they stand at. `headingDeg`, ours, is the compass direction the
 * screen faces, degrees clockwise from north: by it the map on the screen is turned.
 */
export function kiosksOn(ids: Ids, level: BuiltLevel): { kiosks: KioskFeature[]; anchors: AnchorFeature[] } {
  const anchors: AnchorFeature[] = []
  const here = screens.filter((screen) => screen.level === level.key)
  const kiosks = here.map(({ x, y, faces }, i): KioskFeature => {
    const unit = walkwayAt(level, x, y)
    if (!unit) throw new RangeError(`no public floor under a kiosk on ${level.key} of the demo mall`)
    const isAcross = faces % 180 === 0
    const [width, depth] = isAcross ? [screenDepthM, screenWidthM] : [screenWidthM, screenDepthM]
    const anchor: AnchorFeature = {
      id: ids.anchor(),
      type: 'Feature',
      feature_type: 'anchor',
      geometry: { type: 'Point', coordinates: toSite({ x, y }, level.lie) },
      properties: { unit_id: unit.id, address_id: null },
    }
    anchors.push(anchor)
    const properties = {
      name: { zh: `${level.key} 导览屏 ${i + 1}`, en: `${level.key} screen ${i + 1}` },
      alt_name: null,
      display_point: null,
      level_id: level.feature.id,
      anchor_id: anchor.id,
      headingDeg: headingOf(faces),
    }
    return {
      id: ids.other(),
      type: 'Feature',
      feature_type: 'kiosk',
      geometry: sitePolygon([box(x - width / 2, y - depth / 2, x + width / 2, y + depth / 2)], level.lie),
      properties,
    }
  })
  return { kiosks, anchors }
}

interface Piece {
  readonly category: 'furniture' | 'vegetation' | 'desk' | 'stage'
  readonly ring: Ring
}

/** From the middle of a piece of furniture to the nearest wall at least. */
const standClearM = 2.6

/** Benches with planters along the walks, desks under the information signs, the stage of the atrium. */
export function fixturesOn(ids: Ids, level: BuiltLevel): FixtureFeature[] {
  if (level.ordinal < 0) return []
  const pieces = [...seats(), ...(level.ordinal === 0 ? groundPieces : [])]
  return pieces
    .filter(({ ring }) => ring.every(({ x, y }) => isOnFloor(level, x, y)))
    .filter(({ ring, category }) => category === 'stage' || category === 'desk' || isClear(level, ring))
    .map(({ category, ring }) => ({
      id: ids.other(),
      type: 'Feature',
      feature_type: 'fixture',
      geometry: sitePolygon([ring], level.lie),
      properties: {
        category,
        name: null,
        alt_name: null,
        display_point: null,
        level_id: level.feature.id,
        anchor_id: null,
      },
    }))
}

const groundPieces: readonly Piece[] = [
  { category: 'stage', ring: ellipse({ x: 94, y: 75 }, { x: 5, y: 3.5 }, 24) },
  { category: 'desk', ring: box(108.6, 40.6, 111.4, 42) },
  { category: 'desk', ring: box(108.6, 108, 111.4, 109.4) },
  { category: 'vegetation', ring: ellipse({ x: 61.5, y: 75 }, { x: 2, y: 2 }, 16) },
  { category: 'vegetation', ring: ellipse({ x: 70.5, y: 75 }, { x: 2, y: 2 }, 16) },
]

/** A bench between two planters, every so often along the middle of the four walks. */
function seats(): Piece[] {
  const pieces: Piece[] = []
  for (let x = 56; x < 168; x += 18) {
    for (const y of [28.5, 121.5]) pieces.push(...seatAt(x, y, true))
  }
  for (let y = 44; y < 110; y += 16) {
    for (const x of [44.5, 175.5]) pieces.push(...seatAt(x, y, false))
  }
  return pieces
}

function seatAt(x: number, y: number, isAlong: boolean): Piece[] {
  const place = (from: number, to: number, half: number): Ring =>
    isAlong ? box(x + from, y - half, x + to, y + half) : box(x - half, y + from, x + half, y + to)
  return [
    { category: 'furniture', ring: place(-1, 1, 0.3) },
    { category: 'vegetation', ring: place(-2.1, -1.2, 0.45) },
    { category: 'vegetation', ring: place(1.2, 2.1, 0.45) },
  ]
}

function isOnFloor(level: BuiltLevel, x: number, y: number): boolean {
  return level.walkways.some(({ rings }) => ringsContain(rings, x, y))
}

/** Whether people can pass on all sides. */
function isClear(level: BuiltLevel, ring: Ring): boolean {
  return ring.every(({ x, y }) =>
    [0, 90, 180, 270].every((angle) => {
      const reach = (angle / 180) * Math.PI
      return isOnFloor(level, x + standClearM * Math.cos(reach), y + standClearM * Math.sin(reach))
    }),
  )
}
