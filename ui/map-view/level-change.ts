import { wantsStillness } from '../motion.ts'
import type { SharedMap } from './shared-map.ts'

/** The look's level change: the old level moves this far away and fades, the new one comes from there. */
const distancePx = 24
const durationMs = 320
const easing = 'cubic-bezier(.2,.7,.2,1)'

/** Longest wait for the new level to be drawn before it is shown as far as it is. */
const patienceMs = 800

/**
 * Changes what a map draws as one walks to another level: the old picture leaves downwards when one goes
 * up. Where stillness is wanted the levels swap without moving.
 *
 * @param direction 1 upwards, -1 downwards, 0 for a change without a way (first level, another venue)
 */
export async function changeLevel(map: SharedMap, direction: -1 | 0 | 1, change: () => void): Promise<void> {
  if (direction === 0 || wantsStillness()) {
    change()
    return
  }
  const former = await pictureOf(map)
  const canvas = map.getCanvas()
  canvas.parentElement?.append(former)
  change()
  await drawn(map)
  const away = `translateY(${String(distancePx * direction)}px)`
  const opposite = `translateY(${String(-distancePx * direction)}px)`
  const timing = { duration: durationMs, easing }
  canvas.animate([{ transform: opposite }, { transform: 'none' }], timing)
  const leaving = former.animate([{ opacity: 1 }, { opacity: 0, transform: away }], timing)
  await leaving.finished.catch(() => undefined)
  former.remove()
}

/** A copy of what the map shows; a WebGL canvas can only be read while it is being drawn. */
export function pictureOf(map: SharedMap): Promise<HTMLCanvasElement> {
  return new Promise((resolve) => {
    map.once('render', () => {
      const canvas = map.getCanvas()
      const picture = document.createElement('canvas')
      picture.className = 'map-picture'
      picture.width = canvas.width
      picture.height = canvas.height
      picture.getContext('2d')?.drawImage(canvas, 0, 0)
      resolve(picture)
    })
    map.triggerRepaint()
  })
}

function drawn(map: SharedMap): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      map.off('idle', done)
      resolve()
    }
    const timer = setTimeout(done, patienceMs)
    map.once('idle', done)
  })
}
