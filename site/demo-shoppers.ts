import { onScopeDispose, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import { fetchDemoShoppers } from './api.ts'
import type { DemoShoppers } from './api.ts'

/** How often one asks: dots glide from one answer to the next. */
export const askEveryMs = 2000

/**
 * Where the simulated shoppers of a demonstration are, asked while `isOn` and the page is seen; empty otherwise, and
 * while the server is away.
 */
export function useDemoShoppers(isOn: Readonly<Ref<boolean>>) {
  const shoppers = shallowRef<DemoShoppers['shoppers']>([])
  const venueId = shallowRef<string>()
  let asking: ReturnType<typeof setInterval> | undefined

  async function ask(): Promise<void> {
    if (document.hidden) return
    // Nobody waits for it: what does not come now comes with the next question.
    const answer = await fetchDemoShoppers().catch(() => undefined)
    shoppers.value = answer?.shoppers ?? []
    venueId.value = answer?.venueId
  }

  const stop = () => {
    clearInterval(asking)
    asking = undefined
  }
  watch(
    isOn,
    (on) => {
      stop()
      if (!on) return
      void ask()
      asking = setInterval(() => void ask(), askEveryMs)
    },
    { immediate: true },
  )
  onScopeDispose(stop)
  return { shoppers, venueId }
}
