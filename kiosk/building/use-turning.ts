import { onBeforeUnmount, onMounted } from 'vue'

/** How somebody has turned the building by hand. */
export interface Turning {
  /** Added to the bearing it is shown at. */
  readonly turnedRad: number
  /** How much nearer it is than the view that shows all of it. */
  readonly nearer: number
}

export const unturned: Turning = { turnedRad: 0, nearer: 1 }

/** Half a turn for this share of the width. */
const halfTurnShare = 0.9
const zoom = { least: 0.8, most: 3 } as const
const doubleTapMs = 350
const stillPx = 12

interface Finger {
  readonly x: number
  readonly y: number
}

/**
 * Turns with one finger, comes nearer with two, goes back with two taps. A finger that did not move is
 * left to whatever it touched.
 */
export function useTurning(
  element: () => HTMLElement | null,
  now: () => Turning,
  onTurn: (turning: Turning) => void,
): void {
  const fingers = new Map<number, Finger>()
  let movedPx = 0
  let lastTapMs = -Infinity

  function down(event: PointerEvent): void {
    if (event.target instanceof HTMLElement && event.target.closest('button')) return
    fingers.set(event.pointerId, at(event))
    movedPx = 0
  }

  function move(event: PointerEvent): void {
    const before = fingers.get(event.pointerId)
    const box = element()
    if (!before || !box) return
    const after = at(event)
    movedPx += Math.hypot(after.x - before.x, after.y - before.y)
    const { turnedRad, nearer } = now()
    if (fingers.size === 1) {
      const byRad = ((after.x - before.x) / (box.clientWidth * halfTurnShare)) * Math.PI
      onTurn({ turnedRad: turnedRad - byRad, nearer })
    } else {
      const spread = spreadOf(fingers)
      fingers.set(event.pointerId, after)
      const factor = spread > 0 ? spreadOf(fingers) / spread : 1
      onTurn({ turnedRad, nearer: bounded(nearer * factor) })
    }
    fingers.set(event.pointerId, after)
  }

  function up(event: PointerEvent): void {
    if (!fingers.delete(event.pointerId) || fingers.size > 0 || movedPx > stillPx) return
    if (event.timeStamp - lastTapMs < doubleTapMs) onTurn(unturned)
    lastTapMs = event.timeStamp
  }

  function cancel(event: PointerEvent): void {
    fingers.delete(event.pointerId)
  }

  function wheel(event: WheelEvent): void {
    event.preventDefault()
    const { turnedRad, nearer } = now()
    onTurn({ turnedRad, nearer: bounded(nearer * Math.exp(-event.deltaY / 600)) })
  }

  onMounted(() => {
    const box = element()
    box?.addEventListener('pointerdown', down)
    box?.addEventListener('wheel', wheel, { passive: false })
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', up)
    window.addEventListener('pointercancel', cancel)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', up)
    window.removeEventListener('pointercancel', cancel)
  })
}

function at({ clientX, clientY }: PointerEvent): Finger {
  return { x: clientX, y: clientY }
}

function spreadOf(fingers: ReadonlyMap<number, Finger>): number {
  const [a, b] = [...fingers.values()]
  return a && b ? Math.hypot(b.x - a.x, b.y - a.y) : 0
}

function bounded(nearer: number): number {
  return Math.min(zoom.most, Math.max(zoom.least, nearer))
}
