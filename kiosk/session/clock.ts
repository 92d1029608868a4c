import { onScopeDispose, readonly, ref } from 'vue'
import type { Ref } from 'vue'

/** The time of the device, epoch ms; every second is often enough for what a screen says. */
export function useClock(): Readonly<Ref<number>> {
  const nowMs = ref(Date.now())
  const ticking = setInterval(() => {
    nowMs.value = Date.now()
  }, 1000)
  onScopeDispose(() => {
    clearInterval(ticking)
  })
  return readonly(nowMs)
}
