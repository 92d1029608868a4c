import { computed, onScopeDispose, ref } from 'vue'

/** How long nobody touches the screen until it belongs to the next person, and how long that is announced. */
export interface IdleTimes {
  readonly idleS: number
  readonly noticeS: number
}

const standard: IdleTimes = { idleS: 60, noticeS: 10 }
const leastS = 4

/** A screen in a place where people stand longer may be given more time: `?idle=120`, seconds. */
export function idleTimesOf(search: string): IdleTimes {
  const asked = Number(new URLSearchParams(search).get('idle'))
  if (!Number.isFinite(asked) || asked < leastS) return standard
  return { idleS: Math.min(asked, 600), noticeS: Math.min(standard.noticeS, asked / 2) }
}

const signs = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const

/**
 * Ends a visit when nobody has touched the screen for a while.
 *
 * @param isWorth whether there is anything to end: then the last seconds are counted down for all to see
 * @returns seconds left while they are counted down, else undefined
 */
export function useIdle(options: {
  readonly times: IdleTimes
  readonly isWorth: () => boolean
  readonly onSign: () => void
  readonly onEnd: () => void
}) {
  const { times, isWorth, onSign, onEnd } = options
  let lastSignMs = performance.now()
  const leftS = ref<number>()
  const touched = () => {
    lastSignMs = performance.now()
    leftS.value = undefined
    onSign()
  }
  const look = () => {
    const left = times.idleS - (performance.now() - lastSignMs) / 1000
    if (left <= 0) {
      lastSignMs = performance.now()
      leftS.value = undefined
      onEnd()
    } else leftS.value = left <= times.noticeS && isWorth() ? Math.ceil(left) : undefined
  }
  for (const sign of signs) window.addEventListener(sign, touched, { capture: true, passive: true })
  const looking = setInterval(look, 250)
  onScopeDispose(() => {
    clearInterval(looking)
    for (const sign of signs) window.removeEventListener(sign, touched, { capture: true })
  })
  return { leftS: computed(() => leftS.value) }
}
