import { onScopeDispose, reactive } from 'vue'
import type { Insets, Obstacle, PointedOut, Trip } from './map/index.ts'

/** What the map behind the screens shows; each screen says its part, and it is gone with the screen. */
export interface Stage {
  levelId: string
  places: readonly PointedOut[]
  trip: Trip | undefined
  /** Index of the leg of the route that is told now. */
  leg: number
  /** The whole building in place of one level. */
  isBuilding: boolean
  insets: Insets
  obstacles: readonly Obstacle[]
}

export function createStage(levelId: string): Stage {
  return reactive({
    levelId,
    places: [],
    trip: undefined,
    leg: 0,
    isBuilding: false,
    insets: { top: 0, right: 0, bottom: 0, left: 0 },
    obstacles: [],
  })
}

/**
 * Measures what floats over the map instead of guessing it: elements marked `data-edge` take the whole edge
 * they lie at, those marked `data-over` a rectangle.
 *
 * @param root holds the screens; @param map the map's own box
 */
export function useFreeMap(stage: Stage, root: () => HTMLElement | null, map: () => HTMLElement | null) {
  let asked = 0
  const measure = () => {
    const [screens, area] = [root(), map()]
    if (!screens || !area) return
    const box = area.getBoundingClientRect()
    const insets = { top: 0, right: 0, bottom: 0, left: 0 }
    const obstacles: Obstacle[] = []
    for (const element of screens.querySelectorAll<HTMLElement>('[data-edge],[data-over]')) {
      const { left, top, right, bottom, width } = element.getBoundingClientRect()
      const covers = left < box.right && right > box.left && top < box.bottom && bottom > box.top && width > 0
      if (!covers) continue
      // With the controls low what stands at the top else has come down.
      const isLow = top - box.top > box.height / 2
      const edge = isLow && element.dataset.edge === 'top' ? 'bottom' : element.dataset.edge
      if (edge === 'top') insets.top = Math.max(insets.top, bottom - box.top)
      else if (edge === 'bottom') insets.bottom = Math.max(insets.bottom, box.bottom - top)
      else if (edge === 'right') insets.right = Math.max(insets.right, box.right - left)
      else
        obstacles.push({
          left: left - box.left,
          top: top - box.top,
          right: right - box.left,
          bottom: bottom - box.top,
        })
    }
    if (JSON.stringify(insets) !== JSON.stringify(stage.insets)) stage.insets = insets
    if (JSON.stringify(obstacles) !== JSON.stringify(stage.obstacles)) stage.obstacles = obstacles
  }
  /** Once the browser has laid out what just changed; asked often, done once. */
  const later = () => {
    cancelAnimationFrame(asked)
    asked = requestAnimationFrame(measure)
  }
  window.addEventListener('resize', later)
  onScopeDispose(() => {
    cancelAnimationFrame(asked)
    window.removeEventListener('resize', later)
  })
  return { later }
}
