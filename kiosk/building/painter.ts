import type { Palette } from '../../maps/render/client.ts'
import type { Pose, Screen } from './camera.ts'
import type { Stack } from './stack.ts'

/** Colours of the building, from the page's tokens. */
export interface BuildingColours {
  readonly palette: Palette
  readonly route: string
  readonly isNight: boolean
}

/** One picture of the film. */
export interface BuildingView {
  readonly pose: Pose
  readonly screen: Screen
  /** From 0, where the storeys are stacked as they are built, to 1, where they stand apart; more where they part further. */
  readonly parted: number
  /** How far the destination has risen out of its storey, 0 to 1. */
  readonly risen: number
}

/** What draws the storeys; the way, the badges and the chips are drawn over it whoever does. */
export interface Painter {
  readonly canvas: HTMLCanvasElement
  draw(view: BuildingView): void
  /** Gives everything back; the painter is not to be used after it. */
  dispose(): void
}

export interface PainterStart {
  readonly stack: Stack
  readonly colours: BuildingColours
}

/** How high a storey lies over the lowest while the levels part. */
export function heightOf({ openM, closedM }: Stack['storeys'][number], parted: number): number {
  return closedM + (openM - closedM) * parted
}
