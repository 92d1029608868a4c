import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { Profile } from '../../maps/routes/offline.ts'
import { navigationContract } from '../../server/contract/navigation.contract.ts'
import type { RequestOf } from '../../server/contract/endpoint.ts'
import { language } from '../../ui/i18n.ts'
import { useKiosk } from '../kiosk.ts'
import { apiOf, bodyOf } from './api.ts'

type Spot = NonNullable<RequestOf<typeof navigationContract.createHandoff>['body']>['to'][number]
export type HandoffLevel = Extract<Spot, { x: number }>['levelId']

/** What is to be taken along. */
export interface Taken {
  readonly to: readonly Spot[]
  readonly profile: Profile
}

/** Whoever leafs through screens stays on none of them so long: no code is made for them. */
const settledMs = 800

/**
 * A one-time code for a phone: made by itself once a way has stood on the screen for a moment, at once with
 * `ask`; another way has another code. It is counted down, and over when its time is.
 *
 * @param taken what is on screen; undefined while there is nothing to take along
 */
export function useHandoff(taken: () => Taken | undefined) {
  const { token, venue, home, nowMs, live } = useKiosk()
  const state = shallowRef<
    'none' | 'asking' | 'away' | { readonly url: string; readonly expiresAtMs: number }
  >('none')
  const wanted = computed(() => {
    const what = taken()
    if (what === undefined || what.to.length === 0) return ''
    const { levelId, x, y } = home.value
    const { to, profile } = what
    return JSON.stringify({ from: { levelId, x, y }, to, profile, lang: language.value })
  })
  const asked = ref(0)
  let settling: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => {
    asked.value++
    clearTimeout(settling)
  })

  async function ask(): Promise<void> {
    clearTimeout(settling)
    if (wanted.value === '') return
    const number = ++asked.value
    state.value = 'asking'
    const request = {
      params: { venueId: venue.value.entry.id },
      body: JSON.parse(wanted.value) as NonNullable<
        RequestOf<typeof navigationContract.createHandoff>['body']
      >,
    }
    const next = await apiOf(() => token)
      .call(navigationContract.createHandoff, request)
      .then(bodyOf)
      .then(({ url, expiresAtMs }) => ({ url: new URL(url, location.origin).href, expiresAtMs }))
      .catch(() => 'away' as const)
    if (number === asked.value) state.value = next
  }

  const leftS = computed(() =>
    typeof state.value === 'object'
      ? Math.max(0, Math.floor((state.value.expiresAtMs - nowMs.value) / 1000))
      : 0,
  )
  const url = computed(() =>
    typeof state.value === 'object' && leftS.value > 0 ? state.value.url : undefined,
  )

  watch(
    [wanted, live.isConnected],
    ([now], [before]) => {
      // What is asked for already holds; what failed is tried again once the server is back.
      if (now === before && state.value !== 'away') return
      asked.value++
      state.value = 'none'
      clearTimeout(settling)
      if (live.isConnected.value) settling = setTimeout(() => void ask(), settledMs)
    },
    { immediate: true },
  )

  return {
    /** What the QR code is to hold; undefined while there is no code that is good. */
    url,
    /** Seconds for which it is good. */
    leftS,
    ask,
    isAway: computed(() => state.value === 'away'),
    isOver: computed(() => typeof state.value === 'object' && leftS.value === 0),
  }
}

export type Handoff = ReturnType<typeof useHandoff>
