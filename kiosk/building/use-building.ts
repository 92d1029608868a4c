import { onBeforeUnmount, onMounted, shallowRef } from 'vue'
import type { Ref } from 'vue'
import { wantsStillness } from '../../ui/motion.ts'
import { filmAt, stillForMs } from '../map/film.ts'
import { buildingFilmAt, buildingFilmMs } from './building-film.ts'
import type { BuildingFilm } from './building-film.ts'
import { openPainter } from './open-painter.ts'
import type { BuildingColours, Painter } from './painter.ts'
import type { Pose, Screen } from './camera.ts'
import type { ChosenView } from './choose-view.ts'
import type { Stack } from './stack.ts'

/** What is on the screen at a moment. */
export interface Shown {
  readonly film: BuildingFilm
  readonly pose: Pose
  readonly screen: Screen
  /** Where the highlight is on the leg that is told, 0 to 1. */
  readonly highlight: number | undefined
}

/** The highlight of the way begins where the film of the level's way has drawn it. */
const drawnMs = 700

export interface BuildingScene {
  readonly stack: Stack
  readonly colours: BuildingColours
}

/**
 * Runs a building on the page: one painter at a time, a film, and drawing only while something moves.
 *
 * @param of.viewNow from where it is seen; asked at every picture
 * @param of.onShown what to draw over the storeys, after each picture
 */
export function useBuilding(of: {
  readonly holder: () => HTMLElement | null
  readonly viewNow: (stack: Stack, screen: Screen) => ChosenView
  readonly onShown: (shown: Shown) => void
  readonly onDrawn: () => void
  readonly onEnded: () => void
}) {
  const scene = shallowRef<BuildingScene>()
  let painter: Painter | undefined
  let opening = 0
  let frame = 0
  let sleep: ReturnType<typeof setTimeout> | undefined
  let beganMs: number | undefined
  let hasEnded = false
  /** What the painter drew last: an unchanged picture is not drawn again. */
  let painted = ''

  async function open(next: BuildingScene): Promise<void> {
    const mine = ++opening
    const made = await openPainter(next)
    if (mine !== opening) {
      made.dispose()
      return
    }
    painter?.dispose()
    painter = made
    painted = ''
    scene.value = next
    of.holder()?.prepend(made.canvas)
    play()
    of.onDrawn()
  }

  function play(): void {
    const isStill = wantsStillness()
    beganMs = isStill ? -Infinity : performance.now()
    hasEnded = false
    request()
  }

  function request(): void {
    if (frame === 0) frame = requestAnimationFrame(draw)
  }

  function draw(nowMs: number): void {
    frame = 0
    const holder = of.holder()
    const { value } = scene
    if (!holder || !painter || !value || holder.clientWidth === 0 || beganMs === undefined) return
    const sinceMs = Math.max(0, nowMs - beganMs)
    const screen = { width: holder.clientWidth, height: holder.clientHeight }
    const { pose, spread } = of.viewNow(value.stack, screen)
    const whole = buildingFilmAt(value.stack, sinceMs)
    const film = { ...whole, parted: whole.parted * spread }
    const { parted, risen } = film
    const picture = JSON.stringify([pose, screen, parted, risen, devicePixelRatio])
    if (picture !== painted) painter.draw({ pose, screen, parted, risen })
    painted = picture
    const overMs = sinceMs - buildingFilmMs(value.stack)
    const isMoving = Number.isFinite(sinceMs)
    const highlight = film.isOver && isMoving ? filmAt(overMs + drawnMs).highlight : undefined
    of.onShown({ film, pose, screen, highlight })
    if (film.isOver && !hasEnded) {
      hasEnded = true
      of.onEnded()
    }
    if (isMoving) goOn(film.isOver ? stillForMs(overMs + drawnMs) : 0)
  }

  function goOn(stillMs: number): void {
    clearTimeout(sleep)
    if (stillMs === 0) request()
    else sleep = setTimeout(request, stillMs)
  }

  let size: ResizeObserver | undefined
  onMounted(() => {
    const holder = of.holder()
    size = new ResizeObserver(request)
    if (holder) size.observe(holder)
  })
  onBeforeUnmount(() => {
    opening++
    size?.disconnect()
    cancelAnimationFrame(frame)
    clearTimeout(sleep)
    painter?.dispose()
    painter = undefined
  })
  return {
    scene: scene as Readonly<Ref<BuildingScene | undefined>>,
    open,
    play,
    request,
    canvas: () => painter?.canvas,
  }
}
