import { onBeforeUnmount, onMounted } from 'vue'
import { wantsStillness } from '../../ui/motion.ts'
import { drawOverlay } from './draw-overlay.ts'
import type { Overlay, RouteFilm } from './draw-overlay.ts'
import { filmAt, stillForMs, wholeFilm } from './film.ts'

/**
 * The canvas over the map. It is drawn when asked for and while a film runs, and between two highlights of
 * the way it sleeps: a screen that stands for hours draws nothing while nothing moves.
 *
 * @param overlayAt what there is to draw at a moment of the film; undefined before there is a map
 */
export function useOverlay(
  canvas: () => HTMLCanvasElement | null,
  overlayAt: (film: RouteFilm) => Overlay | undefined,
) {
  let frame = 0
  let sleep: ReturnType<typeof setTimeout> | undefined
  let beganMs: number | undefined

  function draw(nowMs: number): void {
    frame = 0
    const sinceMs = beganMs === undefined ? undefined : Math.max(0, nowMs - beganMs)
    paint(canvas(), overlayAt(sinceMs === undefined ? wholeFilm : filmAt(sinceMs)))
    if (sinceMs === undefined) return
    clearTimeout(sleep)
    const stillMs = stillForMs(sinceMs)
    if (stillMs === 0) request()
    else sleep = setTimeout(request, stillMs)
  }

  function request(): void {
    if (frame === 0) frame = requestAnimationFrame(draw)
  }

  /** Draws the way from the start to the end, and goes on with the highlights. */
  function startFilm(): void {
    const isStill = wantsStillness()
    beganMs = isStill ? undefined : performance.now()
    request()
  }

  function stopFilm(): void {
    beganMs = undefined
    clearTimeout(sleep)
    request()
  }

  let size: ResizeObserver | undefined
  onMounted(() => {
    const element = canvas()
    size = new ResizeObserver(request)
    if (element) size.observe(element)
  })
  onBeforeUnmount(() => {
    size?.disconnect()
    cancelAnimationFrame(frame)
    clearTimeout(sleep)
  })
  return { request, startFilm, stopFilm }
}

function paint(element: HTMLCanvasElement | null, overlay: Overlay | undefined): void {
  const context = element?.getContext('2d')
  if (!element || !context) return
  const ratio = devicePixelRatio
  const [width, height] = [element.clientWidth * ratio, element.clientHeight * ratio].map(Math.round)
  if (element.width !== width) element.width = width ?? 0
  if (element.height !== height) element.height = height ?? 0
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, element.clientWidth, element.clientHeight)
  if (overlay) drawOverlay(context, overlay)
}
