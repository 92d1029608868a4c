import { ringsContain } from '../../maps/geometry/ring.ts'
import type { Xy } from '../../maps/model/index.ts'
import type { FreeArea } from '../../maps/render/client.ts'
import { fittedPose } from './camera.ts'
import type { Pose, Screen, Xyz } from './camera.ts'
import { heightOf } from './painter.ts'
import type { Shape, Stack } from './stack.ts'

/** From straight down: levels stand apart on the screen, and one still looks into them. */
export const pitchRad = (60 / 180) * Math.PI

const candidates = 36
/** Levels part further where the screen is high enough: these times as far, tried from the largest. */
const spreads = [2, 1.75, 1.5, 1.25, 1] as const
/** A wider spread may make the building this much smaller. */
const mostSmaller = 1.02
/** A sheet hides half of what lies under it. */
const sheetHides = 0.5
/** Along a walk this many points are looked at. */
const pointsPerWalk = 24

/** What a view is worth: seeing both walks counts most, then size, then looking as the person does. */
const worth = { seen: 4, size: 1.5, length: 0.6, facing: 0.25 } as const

export interface ViewQuestion {
  readonly stack: Stack
  readonly screen: Screen
  readonly free: FreeArea
  readonly facingDeg: number | undefined
}

/** From where a trip is shown, and how much further than usual its levels part. */
export interface ChosenView {
  readonly pose: Pose
  readonly spread: number
}

/**
 * The view in which a trip is best seen: candidates all around are judged by how much of every walk is
 * not hidden behind a higher storey, how large the building then is and how long the walks are on the
 * screen.
 *
 * O(candidates × storeys × points). **Source**: own.
 */
export function chooseView({ stack, screen, free, facingDeg }: ViewQuestion): ChosenView {
  const corners = new Map(spreads.map((spread) => [spread, cornersOf(stack, spread)]))
  const walks = stack.walks.map(({ storey, points: along }) => ({ storey, points: sampled(along) }))
  const judged = Array.from({ length: candidates }, (_, i) => {
    const bearingRad = (i / candidates) * 2 * Math.PI
    const poseAt = (spread: (typeof spreads)[number]) =>
      fittedPose(corners.get(spread) ?? [], { pitchRad, bearingRad }, screen, free)
    const { distanceM } = poseAt(1)
    const spread = spreads.find((one) => poseAt(one).distanceM <= distanceM * mostSmaller) ?? 1
    const pose = poseAt(spread)
    const eye = { bearingRad, spread }
    const seen = walks.map(({ storey, points: along }) => seenShare(stack, storey, along, eye))
    const across = walks.map(({ points: along }) => acrossShare(along, bearingRad))
    const turnRad = facingDeg === undefined ? 0 : bearingRad - (facingDeg / 180) * Math.PI
    const facing = facingDeg === undefined ? 0 : Math.cos(turnRad)
    return {
      pose,
      spread,
      size: 1 / pose.distanceM,
      seen: Math.min(...seen),
      across: Math.min(...across),
      facing,
    }
  })
  const largest = Math.max(...judged.map(({ size }) => size))
  const valueOf = (one: (typeof judged)[number]) =>
    worth.seen * one.seen +
    (worth.size * one.size) / largest +
    worth.length * one.across +
    worth.facing * one.facing
  const { pose, spread } = judged.reduce((best, one) => (valueOf(one) > valueOf(best) ? one : best))
  return { pose, spread }
}

/** Corners of all storeys where they stand apart. */
export function cornersOf({ storeys }: Stack, spread: number): Xyz[] {
  return storeys.flatMap((storey) => {
    const z = heightOf(storey, spread)
    return storey.outline.flatMap((shape) => (shape[0] ?? []).map(({ x, y }) => ({ x, y, z })))
  })
}

/** How much of a walk is to be seen under the storeys above it. */
export function seenShare(
  stack: Stack,
  storey: number,
  points: readonly Xy[],
  { bearingRad, spread }: { readonly bearingRad: number; readonly spread: number },
): number {
  const from = stack.storeys[storey]!
  let seen = 0
  for (const point of points) {
    let light = 1
    for (const above of stack.storeys.slice(storey + 1)) {
      // The ray to the eye goes back along the bearing as it climbs.
      const backM = (heightOf(above, spread) - heightOf(from, spread)) * Math.tan(pitchRad)
      const x = point.x - Math.sin(bearingRad) * backM
      const y = point.y - Math.cos(bearingRad) * backM
      const hides = above.isWalked ? 1 : sheetHides
      if (above.outline.some((shape) => isIn(shape, x, y))) light *= 1 - hides
    }
    seen += light
  }
  return points.length === 0 ? 1 : seen / points.length
}

function isIn(shape: Shape, x: number, y: number): boolean {
  return ringsContain(shape, x, y)
}

/** How long a walk is on the screen compared with how long it is: one straight into the depth is short. */
function acrossShare(points: readonly Xy[], bearingRad: number): number {
  let length = 0
  let onScreen = 0
  for (let i = 1; i < points.length; i++) {
    const dx = points[i]!.x - points[i - 1]!.x
    const dy = points[i]!.y - points[i - 1]!.y
    const right = dx * Math.cos(bearingRad) - dy * Math.sin(bearingRad)
    const ahead = dx * Math.sin(bearingRad) + dy * Math.cos(bearingRad)
    length += Math.hypot(dx, dy)
    onScreen += Math.hypot(right, ahead * Math.cos(pitchRad))
  }
  return length === 0 ? 1 : onScreen / length
}

/** Points at equal distances along a line. */
function sampled(points: readonly Xy[]): Xy[] {
  const lengths = points.map((point, i) => {
    const before = points[i - 1]
    return before ? Math.hypot(point.x - before.x, point.y - before.y) : 0
  })
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const found: Xy[] = []
  let passed = 0
  let next = 0
  for (let i = 1; i < points.length; i++) {
    const [a, b, length] = [points[i - 1]!, points[i]!, lengths[i]!]
    while (length > 0 && next <= passed + length && found.length < pointsPerWalk) {
      const t = (next - passed) / length
      found.push({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t })
      next += total / (pointsPerWalk - 1)
    }
    passed += length
  }
  return found
}
