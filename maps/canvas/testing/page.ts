/**
 * The page of the bench: a map on a canvas, driven by scripts of touches in one go, so that what is measured
 * is the work of a frame and not the pace of a screen. Runs in a browser; `open-page.ts` serves it.
 */
import type { MapSurface } from '../context.ts'
import { openMapCanvas } from '../index.ts'
import type { CanvasLevel, CanvasPalette, GlyphPaths, MapCanvas, MapTouch, Size } from '../index.ts'
import { runPeer } from './peer.ts'

/** What of a browser the page uses: the kernel is checked without the types of one. */
interface PageCanvas {
  width: number
  height: number
  readonly style: { width: string; height: string }
  getContext(kind: '2d', options?: object): (MapSurface['context'] & PixelReader) | null
}
interface PixelReader {
  getImageData(x: number, y: number, width: number, height: number): unknown
}
declare const document: {
  createElement(tag: 'canvas'): PageCanvas
  readonly body: { replaceChildren(...nodes: unknown[]): void }
}
declare const performance: { now(): number }
declare const OffscreenCanvas: new (width: number, height: number) => Pick<PageCanvas, 'getContext'>

export interface PageScene {
  readonly level: CanvasLevel
  readonly palette: CanvasPalette
  readonly glyphs: GlyphPaths
  readonly size: Size
  readonly dpr: number
  readonly language: string
}

export type Script = 'pan' | 'pinch' | 'rotate'

/** The map as a test sees it. */
export interface CanvasPage {
  open(scene: PageScene): void
  map(): MapCanvas
  /** Draws frames until none is wanted, in the map's own time. */
  settle(): void
  /** Milliseconds of each frame of a script; painting is waited for. */
  run(script: Script, frames: number): number[]
  /** The same in maplibre-gl, panning. */
  runPeer(scene: PageScene, frames: number): Promise<number[]>
}

const families = '"Noto Sans SC", "Noto Sans CJK SC", sans-serif'
const frameMs = 1000 / 60

let map: MapCanvas | undefined
let canvas: PageCanvas | undefined
let reader: PixelReader | undefined
let size: Size = { width: 0, height: 0 }
let nowMs = 0

const page: CanvasPage = {
  open(scene) {
    canvas = document.createElement('canvas')
    size = scene.size
    canvas.width = size.width * scene.dpr
    canvas.height = size.height * scene.dpr
    canvas.style.width = `${size.width}px`
    canvas.style.height = `${size.height}px`
    document.body.replaceChildren(canvas)
    const context = canvas.getContext('2d', { alpha: false })
    if (!context) throw new Error('This browser gives no 2D canvas')
    reader = context
    nowMs = 1000
    map = openMapCanvas({
      ...scene,
      context,
      fontFamily: families,
      makeSurface: (width, height) => {
        const image = new OffscreenCanvas(width, height)
        const surface = image.getContext('2d', { alpha: false })
        return surface ? { image, context: surface } : undefined
      },
    })
    map.setLevel(scene.level, nowMs)
  },
  map: () => opened(),
  settle() {
    for (let frame = 0; frame < 600; frame++) {
      const waitMs = opened().draw(nowMs)
      if (waitMs === Infinity) return
      nowMs += Math.max(frameMs, Math.min(waitMs, 400))
    }
  },
  run(script, frames) {
    const times: number[] = []
    for (let frame = 0; frame < frames; frame++) {
      const before = performance.now()
      opened().touch(touchOf(script, frame, frames), nowMs)
      opened().draw(nowMs)
      // Reading a pixel back waits until everything asked for has been painted.
      reader?.getImageData(0, 0, 1, 1)
      times.push(performance.now() - before)
      nowMs += frameMs
    }
    opened().touch({ kind: 'cancel', touches: [] }, nowMs)
    return times
  },
  runPeer,
}

function opened(): MapCanvas {
  if (!map) throw new Error('open() comes first')
  return map
}

/** Fingers of one frame: a hand that pans in loops at up to 60 px a frame, parts to and fro, or turns to and fro. */
function touchOf(script: Script, frame: number, frames: number): MapTouch {
  const kind = frame === 0 ? 'start' : 'move'
  const share = (frame / frames) * 2 * Math.PI
  const [x, y] = [size.width / 2, size.height / 2]
  if (script === 'pan') {
    const finger = { id: 1, x: x + 380 * Math.sin(share * 2), y: y + 380 * Math.sin(share * 3) }
    return { kind, touches: [finger] }
  }
  const reach = script === 'pinch' ? 80 * (1.6 - Math.cos(share)) : 100
  const turn = script === 'rotate' ? Math.sin(share) * 1.5 : 0
  const [dx, dy] = [Math.cos(turn) * reach, Math.sin(turn) * reach]
  const touches = [
    { id: 1, x: x - dx, y: y - dy },
    { id: 2, x: x + dx, y: y + dy },
  ]
  return { kind, touches }
}

Object.assign(globalThis, { canvasPage: page })
