import { takenPx } from '../../maps/render/client.ts'
import type { MapView } from '../../ui/map-view/map-view.ts'
import { everyPixels } from './draw-overlay.ts'
import type { Pixel } from './draw-overlay.ts'
import type { Obstacle } from './model.ts'

/** Most squares a map is given: a way through the whole building and all that floats over it take some 400. */
const mostPlaces = 1500

/** Squares overlap a little, so that no short name slips between two. */
const step = takenPx * 0.9

/**
 * The places of the map that lie under what is drawn over it, so that no label stands there.
 *
 * @returns longitude and latitude for every square of `takenPx`; those outside of the screen are left out
 */
export function takenPlaces(
  map: Pick<MapView, 'unproject'>,
  over: {
    readonly lines: readonly (readonly Pixel[])[]
    readonly points: readonly Pixel[]
    readonly boxes: readonly Obstacle[]
    readonly size: { readonly width: number; readonly height: number }
  },
): [number, number][] {
  const squares = [
    ...over.lines.flatMap((line) => everyPixels(line, step)),
    ...over.points.flatMap((point) => squaresAround(point)),
    ...over.boxes.flatMap((box) => squaresIn(box)),
  ]
  const { width, height } = over.size
  return squares
    .filter(({ x, y }) => x > -takenPx && y > -takenPx && x < width + takenPx && y < height + takenPx)
    .slice(0, mostPlaces)
    .map(({ x, y }) => map.unproject(x, y))
}

function squaresAround({ x, y }: Pixel): Pixel[] {
  const reach = takenPx
  return squaresIn({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach })
}

function squaresIn({ left, top, right, bottom }: Obstacle): Pixel[] {
  const squares: Pixel[] = []
  for (let y = top + takenPx / 2; y < bottom + takenPx / 2; y += step) {
    for (let x = left + takenPx / 2; x < right + takenPx / 2; x += step) {
      squares.push({ x: Math.min(x, right - takenPx / 2), y: Math.min(y, bottom - takenPx / 2) })
    }
  }
  return squares
}
