import { Clipper, EndType, FillRule, JoinType } from 'clipper2-ts'
import type { Path64, Paths64 } from 'clipper2-ts'
import type { Ring } from './ring.ts'

/**
 * Polygon algebra of a level, exact on a lattice of one millimetre. Rings given must be oriented (outer
 * counter-clockwise, holes clockwise), rings returned are. Overlaps in what is given do no harm.
 * Source: clipper2-ts, after Vatti 1992, A generic solution to polygon clipping.
 */
const perMetre = 1000

function toPaths(rings: readonly Ring[]): Paths64 {
  return rings.map((ring) =>
    ring.map(({ x, y }) => ({ x: Math.round(x * perMetre), y: Math.round(y * perMetre) })),
  )
}

function fromPaths(paths: Paths64): Ring[] {
  return paths
    .filter((path) => path.length > 2)
    .map((path: Path64) => path.map(({ x, y }) => ({ x: x / perMetre, y: y / perMetre })))
}

/** What of `subject` no ring of `clip` covers. */
export function difference(subject: readonly Ring[], clip: readonly Ring[]): Ring[] {
  return fromPaths(Clipper.difference(toPaths(subject), toPaths(clip), FillRule.NonZero))
}

/** What any of the rings covers, as rings that do not overlap. */
export function union(rings: readonly Ring[]): Ring[] {
  return fromPaths(Clipper.union(toPaths(rings), FillRule.NonZero))
}

/** What both cover. */
export function intersection(subject: readonly Ring[], clip: readonly Ring[]): Ring[] {
  return fromPaths(Clipper.intersect(toPaths(subject), toPaths(clip), FillRule.NonZero))
}

/**
 * Grown (positive) or shrunk (negative) by `distanceM`. `corners: 'sharp'` keeps the number of points, at
 * most twice the distance off a corner; `'round'` is the true offset.
 */
export function offset(rings: readonly Ring[], distanceM: number, corners: 'sharp' | 'round'): Ring[] {
  const join = corners === 'sharp' ? JoinType.Miter : JoinType.Round
  return fromPaths(Clipper.inflatePaths(toPaths(rings), distanceM * perMetre, join, EndType.Polygon, 2))
}

/** The same rings with fewer points, none moved further than `toleranceM`. */
export function simplify(rings: readonly Ring[], toleranceM: number): Ring[] {
  return fromPaths(Clipper.simplifyPaths(toPaths(rings), toleranceM * perMetre, true))
}
