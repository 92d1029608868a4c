import { computed, reactive, shallowRef } from 'vue'
import type { Target } from '../../maps/routes/offline.ts'
import type { ShopCategory } from '../../maps/model/index.ts'

/** What stands on the screen. */
export type Screen =
  | { readonly name: 'home' }
  | { readonly name: 'search' }
  | { readonly name: 'directory'; readonly category?: ShopCategory }
  | { readonly name: 'amenities' }
  | { readonly name: 'offers' }
  | { readonly name: 'parking' }
  | { readonly name: 'car' }
  | { readonly name: 'shop'; readonly id: string }
  | { readonly name: 'route'; readonly goals: readonly Target[] }

/** How a person wants the screen, for as long as they stand before it. */
interface Comfort {
  /** Everything one touches in the lower half: for a wheelchair, or a child. */
  low: boolean
  large: boolean
  contrast: boolean
  calm: boolean
}

/**
 * Everything one person did at the screen. A new one takes its place when they are gone: what is not in it
 * cannot stay behind, and screens keep nothing of their own longer than it lives.
 */
export interface Visit {
  /** Counts the visits since the page was loaded. */
  readonly number: number
  /** The screens one came by, the present one last; never empty. */
  screens: readonly Screen[]
  query: string
  readonly filters: { open: boolean; offer: boolean; levelId: string | undefined }
  /** Places to visit on one trip. */
  stops: readonly string[]
  stepFree: boolean
  readonly comfort: Comfort
  /** True once somebody has touched the screen. */
  isAwake: boolean
}

/** One would have to press back more often than anybody does. */
const mostScreens = 30

function fresh(number: number): Visit {
  return reactive({
    number,
    screens: [{ name: 'home' }],
    query: '',
    filters: { open: false, offer: false, levelId: undefined },
    stops: [],
    stepFree: false,
    comfort: { low: false, large: false, contrast: false, calm: false },
    isAwake: false,
  })
}

/** The visit of whoever stands before the screen, and how to move in it. */
export function useVisits(onWipe: () => void) {
  const visit = shallowRef(fresh(1))
  return {
    visit,
    screen: computed((): Screen => visit.value.screens[visit.value.screens.length - 1] ?? { name: 'home' }),
    go(screen: Screen): void {
      const { screens } = visit.value
      visit.value.screens = [...screens.slice(-mostScreens), screen]
    },
    /** Takes the place of the present screen: back leads to where one was before it. */
    replace(screen: Screen): void {
      visit.value.screens = [...visit.value.screens.slice(0, -1), screen]
    },
    back(): void {
      const { screens } = visit.value
      if (screens.length > 1) visit.value.screens = screens.slice(0, -1)
    },
    /** Leaves nothing of the person. */
    wipe(): void {
      visit.value = fresh(visit.value.number + 1)
      onWipe()
    },
  }
}

export type Visits = ReturnType<typeof useVisits>
