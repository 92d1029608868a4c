import type { Xy } from '../model/index.ts'
import type { PlacedBadge } from './badges.ts'
import { boxAt } from './label-layer.ts'
import type { PlacedLabel } from './label-plan.ts'
import { shapeContains } from './level-shapes.ts'
import type { LevelShapes } from './level-shapes.ts'
import type { MapHit } from './map-canvas-types.ts'
import { toCanvas, toLevel } from './projection.ts'
import type { Projection } from './projection.ts'

/** What stands on the screen. */
export interface HitScene {
  readonly projection: Projection
  readonly badges: readonly PlacedBadge[]
  readonly labels: readonly PlacedLabel[]
  readonly shapes: LevelShapes
}

/** Symbols are smaller than a finger: they are hit up to this far from their middle, in CSS pixels. */
const fingerPx = 22

/** What lies under a finger, by how far up it stands: badges, pins, offers, symbols, then the unit. */
export function hitAt({ projection, badges, labels, shapes }: HitScene, at: Xy): MapHit | undefined {
  const badge = badges.find(
    ({ box }) => at.x >= box.left && at.x <= box.right && at.y >= box.top && at.y <= box.bottom,
  )
  if (badge) return { kind: 'badge', id: badge.badge.id }
  const small = nearest(labels, projection, at)
  if (small) return { kind: small.kind === 'symbol' ? 'amenity' : small.kind, id: small.id }
  const { x, y } = toLevel(projection, at)
  for (const index of shapes.unitsIn(x, y, x, y)) {
    const unit = shapes.units[index]!
    if (unit.id !== '' && shapeContains(unit, x, y)) return { kind: 'place', id: unit.id }
  }
  return undefined
}

type Small = PlacedLabel & { readonly kind: 'pin' | 'offer' | 'symbol' }

/** The nearest pin, offer or symbol in a finger's reach. */
function nearest(labels: readonly PlacedLabel[], projection: Projection, at: Xy): Small | undefined {
  let best: Small | undefined
  let bestPx = fingerPx
  for (const label of labels) {
    if (!isSmall(label)) continue
    const place = toCanvas(projection, label)
    const { left, right, top, bottom } = boxAt(label, place.x, place.y)
    const distance = Math.hypot((left + right) / 2 - at.x, (top + bottom) / 2 - at.y)
    if (distance >= bestPx) continue
    best = label
    bestPx = distance
  }
  return best
}

function isSmall(label: PlacedLabel): label is Small {
  return label.kind === 'pin' || label.kind === 'offer' || label.kind === 'symbol'
}
