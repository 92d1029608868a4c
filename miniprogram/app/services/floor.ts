import type { Json } from '../../../maps/model/index.ts'
import { areHours, closuresAt, isWithin } from '../../../server/contract/in-force.ts'
import type { ContentCard } from '../../../server/contract/kiosk-values.ts'
import type { ClosureNotice, KernelClosure } from '../../../server/contract/navigation.contract.ts'
import { liveLimits } from '../../../server/contract/realtime.contract.ts'
import { offersContract } from '../../../server/contract/offers.contract.ts'
import type { ResponseOf } from '../../../server/contract/endpoint.ts'
import type { Http } from './http.ts'
import type { Live } from './live.ts'
import { hasKeys } from './memory.ts'
import type { Memory } from './memory.ts'

export type Campaign = ResponseOf<typeof offersContract.listLiveCampaigns>[number]

interface Known {
  readonly campaigns: readonly Campaign[]
  readonly cards: readonly ContentCard[]
  readonly closures: readonly ClosureNotice[]
  /** When the server last said so, by the phone's clock. */
  readonly atMs: number
}

/** What a mall says of itself now: its offers, what is on, what is closed. As it was last while the server is away. */
export interface Floor {
  /** Follows a venue; what was known of it last is there at once. */
  enter(venueId: string): void
  campaigns(): readonly Campaign[]
  /** Asks what is offered and how much of it is left, which the stream does not say. @throws Away, Refused */
  refresh(): Promise<void>
  campaign(id: string): Campaign | undefined
  /** Announcements and cards to be shown now, the most important first. */
  cards(): readonly ContentCard[]
  /** What is closed now, for the router. */
  closures(): readonly KernelClosure[]
  /** False while what is known may be out of date: the server has not confirmed it for two of its beats. */
  isCurrent(): boolean
  /** When the server last said something, by the phone's clock; undefined before that. */
  knownAtMs(): number | undefined
}

const nothing: Known = { campaigns: [], cards: [], closures: [], atMs: 0 }
const isKnown = (value: unknown): value is Known => hasKeys('campaigns', 'cards', 'closures', 'atMs')(value)
const isCampaign = (value: unknown): value is Campaign => hasKeys('id', 'name', 'coupon', 'redeemAt')(value)
const isCard = (value: unknown): value is ContentCard => hasKeys('id', 'kind', 'title', 'order')(value)
const isClosure = (value: unknown): value is ClosureNotice => hasKeys('id', 'closures', 'fromMs')(value)

/**
 * @param parts.now of the device, epoch ms
 * @param parts.onChange told when offers, content or closures are others than before
 */
export function createFloor(parts: {
  readonly http: Http
  readonly live: Live
  readonly memory: Memory
  readonly now: () => number
  readonly onChange: () => void
}): Floor {
  const { http, live, memory, now, onChange } = parts
  let venueId: string | undefined
  let known = nothing
  let last: readonly Json[] = []
  let leave: (() => void) | undefined

  const take = (state: ReadonlyMap<string, Json>): void => {
    // People are counted every second; only what pages show of a floor is looked at.
    const entries = [...state].filter(([key]) => key === 'campaigns' || /^(?:closure|content):/.test(key))
    const values = entries.map(([, value]) => value)
    if (known.atMs > 0 && values.length === last.length && values.every((value, i) => value === last[i]))
      return
    last = values
    const campaigns = state.get('campaigns')
    known = {
      campaigns: Array.isArray(campaigns) ? campaigns.filter(isCampaign) : [],
      cards: values.filter(isCard),
      closures: values.filter(isClosure),
      atMs: now(),
    }
    keep()
  }

  const keep = (): void => {
    if (venueId !== undefined) memory.set(`floor-${venueId}`, known)
    onChange()
  }

  return {
    enter(id) {
      if (id === venueId) return
      leave?.()
      venueId = id
      known = memory.get(`floor-${id}`, isKnown) ?? nothing
      last = []
      leave = live.follow(`mall:${id}`, take)
    },
    campaigns: () => known.campaigns.filter(({ untilMs }) => untilMs === undefined || now() < untilMs),
    async refresh() {
      const asked = venueId
      if (asked === undefined) return
      const params = { venueId: asked }
      const campaigns = await http.call(offersContract.listLiveCampaigns, { params })
      if (asked !== venueId) return
      known = { ...known, campaigns, atMs: now() }
      keep()
    },
    campaign: (id) => known.campaigns.find((each) => each.id === id),
    cards() {
      const at = new Date(now())
      const minute = { weekday: (at.getDay() + 6) % 7, minute: at.getHours() * 60 + at.getMinutes() }
      // A card's hours are those of the mall, where the phone is.
      const shown = known.cards.filter((card) => isWithin(card, now()) && areHours(card.hours, minute))
      return shown.sort((a, b) => a.order - b.order || (a.id < b.id ? 1 : -1))
    },
    closures: () => closuresAt(known.closures, now()),
    isCurrent() {
      if (!live.isConnected()) return false
      const ageMs = venueId === undefined ? undefined : live.ageMs(`mall:${venueId}`)
      return ageMs !== undefined && ageMs <= 2 * liveLimits.beatMs
    },
    knownAtMs: () => (known.atMs === 0 ? undefined : known.atMs),
  }
}
