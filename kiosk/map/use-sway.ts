import { onBeforeUnmount, watch } from 'vue'
import type { MapView } from '../../ui/map-view/map-view.ts'
import { wantsStillness } from '../../ui/motion.ts'

/** The look: two degrees to either side, there and back in forty seconds. */
const swingDeg = 2
const periodMs = 40_000
/** Enough for a movement this slow, and a processor stays cool. */
const stepMs = 90

/**
 * Lets the map sway while nobody is there. Not with reduced motion, and not where the processor draws in
 * place of a graphics card: there it would be busy day and night for it.
 *
 * @param swaying the map that is to sway now; undefined for none
 * @param restingDeg the bearing it sways around
 */
export function useSway(swaying: () => MapView | undefined, restingDeg: () => number): void {
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = (map: MapView | undefined) => {
    if (timer === undefined) return
    clearInterval(timer)
    timer = undefined
    map?.sway(restingDeg(), 0)
  }
  watch(swaying, (map, former) => {
    stop(former)
    if (!map || wantsStillness() || isDrawnBySoftware()) return
    const beganMs = performance.now()
    timer = setInterval(() => {
      const turn = ((performance.now() - beganMs) / periodMs) * 2 * Math.PI
      if (!document.hidden) map.sway(restingDeg(), swingDeg * Math.sin(turn))
    }, stepMs)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
  })
}

let software: boolean | undefined

function isDrawnBySoftware(): boolean {
  if (software !== undefined) return software
  const gl = document.createElement('canvas').getContext('webgl2')
  const info = gl?.getExtension('WEBGL_debug_renderer_info')
  const name: unknown = info && gl ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : ''
  gl?.getExtension('WEBGL_lose_context')?.loseContext()
  software = /swiftshader|llvmpipe|software|basic render/i.test(String(name))
  return software
}
