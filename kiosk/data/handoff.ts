import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { Profile } from '../../maps/routes/offline.ts'
import { navigationContract } from '../../server/contract/navigation.contract.ts'
import type { RequestOf } from '../../server/contract/endpoint.ts'
import { language } from '../../ui/i18n.ts'
import { useKiosk } from '../kiosk.ts'
import { apiOf, bodyOf } from './api.ts'

type Wanted = NonNullable<RequestOf<typeof navigationContract.createHandoff>['body']>['to']

/** What is to be taken along. */
export interface Taken {
  readonly to: Wanted
  readonly profile: Profile
}

/**
 * A one-time code for a phone: asked for with `ask`, counted down, and over when its time is.
 */
export function useHandoff() {
  const { token, venue, home, nowMs } = useKiosk()
  const state = shallowRef<
    'none' | 'asking' | 'away' | { readonly url: string; readonly expiresAtMs: number }
  >('none')
  const asked = ref(0)
  onScopeDispose(() => {
    asked.value++
  })

  async function ask({ to, profile }: Taken): Promise<void> {
    const number = ++asked.value
    state.value = 'asking'
    const { levelId, x, y } = home.value
    const request = {
      params: { venueId: venue.value.entry.id },
      body: {
        from: { levelId: levelId as (typeof venue.value.entry.levels)[number]['id'], x, y },
        to,
        profile,
        lang: language.value,
      },
    }
    const next = await apiOf(() => token)
      .call(navigationContract.createHandoff, request)
      .then(bodyOf)
      .then(({ url, expiresAtMs }) => ({ url: new URL(url, location.origin).href, expiresAtMs }))
      .catch(() => 'away' as const)
    if (number === asked.value) state.value = next
  }

  return {
    ask,
    code: computed(() => (typeof state.value === 'object' ? state.value : undefined)),
    isAsking: computed(() => state.value === 'asking'),
    isAway: computed(() => state.value === 'away'),
    leftS: computed(() =>
      typeof state.value === 'object'
        ? Math.max(0, Math.floor((state.value.expiresAtMs - nowMs.value) / 1000))
        : 0,
    ),
  }
}
