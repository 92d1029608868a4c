import type { MakeSurface, MapContext, MapSurface } from './context.ts'
import { eased } from './flight.ts'
import type { Size } from './map-canvas-types.ts'

/** The look's level change: the old level moves this far away and fades, the new one comes from there. */
const distancePx = 24
const durationMs = 320

/** The picture of the level one leaves. */
interface Leaving {
  readonly surface: MapSurface
  /** 1 when one goes up, -1 when down. */
  readonly direction: 1 | -1
  readonly startMs: number
}

/** The change from one level to another, as a picture of the old one over the new one. */
export class LevelChange {
  private leaving: Leaving | undefined

  /**
   * Keeps what the old level looks like.
   * @param paint draws it to a context of the whole canvas
   */
  begin(
    makeSurface: MakeSurface | undefined,
    pixels: Size,
    change: {
      readonly direction: 1 | -1
      readonly atMs: number
      readonly paint: (context: MapContext) => void
    },
  ): void {
    const surface = makeSurface?.(pixels.width, pixels.height)
    this.leaving = undefined
    if (!surface) return
    change.paint(surface.context)
    this.leaving = { surface, direction: change.direction, startMs: change.atMs }
  }

  /** How far down the screen the new level stands in CSS pixels; drops the old picture when it is over. */
  offsetPx(atMs: number): number {
    if (!this.leaving) return 0
    const share = (atMs - this.leaving.startMs) / durationMs
    if (share < 1) return -this.leaving.direction * distancePx * (1 - eased(share))
    this.leaving = undefined
    return 0
  }

  get isOn(): boolean {
    return this.leaving !== undefined
  }

  /** Draws the old level over the new one. */
  draw(
    context: MapContext,
    pixels: Size,
    { dpr, atMs }: { readonly dpr: number; readonly atMs: number },
  ): void {
    if (!this.leaving) return
    const share = eased((atMs - this.leaving.startMs) / durationMs)
    const down = Math.round(this.leaving.direction * distancePx * share * dpr)
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.globalAlpha = 1 - share
    const { width, height } = pixels
    context.drawImage(this.leaving.surface.image, ...([0, 0, width, height, 0, down, width, height] as const))
    context.globalAlpha = 1
  }
}
