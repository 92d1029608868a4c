import { openMapCanvas } from '../../../../maps/canvas/index.ts'
import type {
  CanvasPalette,
  Follow,
  MapCanvas,
  MapContext,
  MapHit,
  MapTouch,
} from '../../../../maps/canvas/index.ts'
import { dark, light } from 'virtual:tokens'
import { symbolPaths } from '../../../../ui/icons/symbols.ts'
import { language } from '../../services/messages.ts'

interface CanvasNode {
  width: number
  height: number
  getContext(type: '2d'): MapContext
  requestAnimationFrame(task: () => void): number
  cancelAnimationFrame(handle: number): void
}

/** What a page gets of the map once its canvas is there. */
export interface MapReady {
  readonly map: MapCanvas
  readonly width: number
  readonly height: number
}

interface State {
  node?: CanvasNode
  map?: MapCanvas
  frame?: number | undefined
  wait?: number | undefined
  themeChanged?: () => void
}

const states = new WeakMap<object, State>()

function stateOf(component: object): State {
  const state = states.get(component) ?? {}
  states.set(component, state)
  return state
}

function paletteNow(): CanvasPalette {
  // The build puts every token of `ui/tokens.css` there; the map asks for some of them.
  return (wx.getAppBaseInfo().theme === 'dark' ? dark : light) as CanvasPalette
}

/** Milliseconds of the clock that touches and frames share. */
const clock = () => Date.now()

/**
 * The mall's map on a canvas (`maps/canvas`). Events: `ready` with the map once it can be drawn, `place`
 * with what was tapped, `follow` when a finger has taken the camera. Draws only while something moves.
 */
Component({
  lifetimes: {
    ready() {
      this.createSelectorQuery()
        .select('#canvas')
        .fields({ node: true, size: true })
        .exec((results: readonly ({ node: CanvasNode; width: number; height: number } | null)[]) => {
          const [result] = results
          if (result) this.begin(result)
        })
    },
    detached() {
      const state = stateOf(this)
      if (state.frame !== undefined) state.node?.cancelAnimationFrame(state.frame)
      if (state.wait !== undefined) clearTimeout(state.wait)
      if (state.themeChanged) wx.offThemeChange(state.themeChanged)
    },
  },
  methods: {
    begin({ node, width, height }: { node: CanvasNode; width: number; height: number }) {
      const state = stateOf(this)
      const dpr = Math.min(3, wx.getWindowInfo().pixelRatio)
      node.width = Math.round(width * dpr)
      node.height = Math.round(height * dpr)
      state.node = node
      const map = openMapCanvas({
        context: node.getContext('2d'),
        size: { width, height },
        dpr,
        palette: paletteNow(),
        glyphs: symbolPaths,
        fontFamily: '-apple-system, Roboto, "PingFang SC", "Noto Sans CJK SC", sans-serif',
        language: language(),
        makeSurface: (widthPx, heightPx) => {
          const canvas = wx.createOffscreenCanvas({ type: '2d', width: widthPx, height: heightPx })
          const context: unknown = canvas.getContext('2d')
          return context ? { image: canvas, context: context as MapContext } : undefined
        },
        onTap: (hit: MapHit | undefined) => {
          this.triggerEvent('place', { hit })
        },
        onFollow: (follow: Follow) => {
          this.triggerEvent('follow', { follow })
        },
        onDirty: () => {
          this.wake()
        },
      })
      state.map = map
      state.themeChanged = () => {
        map.setLook({ palette: paletteNow() })
        this.wake()
      }
      wx.onThemeChange(state.themeChanged)
      this.triggerEvent('ready', { map, width, height } satisfies MapReady)
      this.wake()
    },
    /** Something has changed: a frame is drawn, and as many more as the map wants. */
    wake() {
      const state = stateOf(this)
      if (state.wait !== undefined) clearTimeout(state.wait)
      state.wait = undefined
      if (state.frame !== undefined || !state.node) return
      state.frame = state.node.requestAnimationFrame(() => {
        state.frame = undefined
        const waitMs = state.map?.draw(clock()) ?? Infinity
        if (waitMs <= 0) this.wake()
        else if (waitMs !== Infinity) {
          state.wait = setTimeout(() => {
            this.wake()
          }, waitMs)
        }
      })
    },
    touch(kind: MapTouch['kind'], event: WechatMiniprogram.TouchCanvas) {
      const touches = event.touches.map((each) => ({ id: each.identifier, x: each.x, y: each.y }))
      stateOf(this).map?.touch({ kind, touches }, clock())
      this.wake()
    },
    touchStart(event: WechatMiniprogram.TouchCanvas) {
      this.touch('start', event)
    },
    touchMove(event: WechatMiniprogram.TouchCanvas) {
      this.touch('move', event)
    },
    touchEnd(event: WechatMiniprogram.TouchCanvas) {
      this.touch('end', event)
    },
    touchCancel(event: WechatMiniprogram.TouchCanvas) {
      this.touch('cancel', event)
    },
  },
})
