import type { Json } from '../../../maps/model/index.ts'
import { isOfferRule } from '../../../server/contract/offer-rules.ts'
import type { OfferRule } from '../../../server/contract/offer-rules.ts'
import { offersContract } from '../../../server/contract/offers.contract.ts'
import type { ResponseOf } from '../../../server/contract/endpoint.ts'
import { Away, Refused } from './http.ts'
import type { Http } from './http.ts'
import type { Live } from './live.ts'
import { hasKeys } from './memory.ts'
import type { Memory } from './memory.ts'

export type Offer = ResponseOf<typeof offersContract.readMyOffer>
type Code = ResponseOf<typeof offersContract.readOfferCode>

/** Why there is nothing to be had, for `refusalWords`. */
export type ClaimRefusal = OfferRule | 'gone' | 'away'

/** The code to show at a till, and how long it stays. */
export interface ShownCode {
  readonly digits: string
  /** Until the next one, ms. */
  readonly leftMs: number
}

/** The shopper's offers: as the server says them live, as they were last while it is away. */
export interface Wallet {
  /** Whose wallet it is: follows what the server says of this visitor. */
  enter(visitorId: string): void
  /** Held and not over, the one that ends first in front. */
  held(): readonly Offer[]
  /** Used, run out or given back; the latest in front. */
  past(): readonly Offer[]
  find(offerId: string): Offer | undefined
  /** Offers that came by themselves and were not looked at yet, the latest in front. */
  unseen(): readonly Offer[]
  see(offerId: string): void
  /** Asks the server for everything of a venue. @throws Away, Refused */
  refresh(venueId: string): Promise<void>
  claim(venueId: string, campaignId: string): Promise<Offer | { readonly refused: ClaimRefusal }>
  /** Gives an offer back. @throws Away, Refused */
  decline(offer: Offer): Promise<void>
  /** The code of an offer now, from what the phone has; undefined when it has none that is good. */
  code(offerId: string): ShownCode | undefined
  /** For how long the phone can show codes without the server, ms. */
  codesForMs(offerId: string): number
  /** Gets the codes of the next minutes. @throws Away, Refused */
  fetchCodes(offer: Offer): Promise<void>
  /** Forgets everything: the person has erased what is kept about them. */
  forget(): void
}

interface Kept {
  readonly offers: readonly Offer[]
  readonly seen: readonly string[]
}

interface CodeBook {
  readonly offerId: string
  readonly codes: readonly Pick<Code, 'digits' | 'refreshAtMs' | 'goodUntilMs'>[]
  /** What the server's clock is ahead of the phone's. */
  readonly aheadMs: number
}

/** Offers and marks kept on the phone; the oldest go. */
const mostKept = 100
const mostBooks = 5

const isKept = (value: unknown): value is Kept => hasKeys('offers', 'seen')(value)
const isBooks = (value: unknown): value is CodeBook[] =>
  Array.isArray(value) && value.every(hasKeys('offerId', 'codes', 'aheadMs'))
const isOffer = (value: unknown): value is Offer => hasKeys('id', 'state', 'name', 'heldUntilMs')(value)

/**
 * @param parts.now of the device, epoch ms
 * @param parts.newKey a fresh idempotency key: a claim sent twice is one claim
 * @param parts.onChange told when there is something else to show
 */
export function createWallet(parts: {
  readonly http: Http
  readonly live: Live
  readonly memory: Memory
  readonly now: () => number
  readonly newKey: () => string
  readonly onChange: () => void
}): Wallet {
  const { http, live, memory, now, newKey, onChange } = parts
  let kept: Kept = memory.get('wallet', isKept) ?? { offers: [], seen: [] }
  let books: readonly CodeBook[] = memory.get('codes', isBooks) ?? []
  let visitorId: string | undefined
  let leave: (() => void) | undefined

  const keep = (next: Kept): void => {
    kept = { offers: next.offers.slice(0, mostKept), seen: next.seen.slice(-mostKept) }
    memory.set('wallet', kept)
    onChange()
  }

  /** Puts offers in place of what was known of them, the latest grant in front. */
  const put = (offers: readonly Offer[]): void => {
    const ids = new Set(offers.map(({ id }) => id))
    const all = [...offers, ...kept.offers.filter(({ id }) => !ids.has(id))]
    keep({ ...kept, offers: all.sort((a, b) => b.grantedAtMs - a.grantedAtMs) })
  }

  const follow = (state: ReadonlyMap<string, Json>): void => {
    const held = [...state.values()].filter(isOffer)
    const ids = new Set(held.map(({ id }) => id))
    const gone = kept.offers.filter((each) => isHeld(each) && !ids.has(each.id))
    put(held)
    // The stream says that an offer is no longer held; how it ended is asked for.
    for (const offer of gone) void ended(offer)
  }

  const ended = async ({ id: offerId, venueId }: Offer): Promise<void> => {
    try {
      put([await http.call(offersContract.readMyOffer, { params: { venueId, offerId } })])
    } catch (error) {
      if (error instanceof Refused) keep({ ...kept, offers: kept.offers.filter(({ id }) => id !== offerId) })
      else if (!(error instanceof Away)) throw error
    }
  }

  const isHeld = ({ state, heldUntilMs }: Offer) => state === 'held' && heldUntilMs > now()

  /** The codes from the present one on. */
  const codesFrom = (offerId: string) => {
    const book = books.find((each) => each.offerId === offerId)
    const serverMs = now() + (book?.aheadMs ?? 0)
    return { serverMs, codes: (book?.codes ?? []).filter(({ refreshAtMs }) => refreshAtMs > serverMs) }
  }

  return {
    enter(id) {
      if (id === visitorId) return
      leave?.()
      visitorId = id
      leave = live.follow(`visitor:${id}`, follow)
    },
    held: () => kept.offers.filter(isHeld).sort((a, b) => a.heldUntilMs - b.heldUntilMs),
    past: () => kept.offers.filter((each) => !isHeld(each)),
    find: (offerId) => kept.offers.find(({ id }) => id === offerId),
    unseen: () => kept.offers.filter((each) => isHeld(each) && !kept.seen.includes(each.id)),
    see(offerId) {
      if (!kept.seen.includes(offerId)) keep({ ...kept, seen: [...kept.seen, offerId] })
    },
    async refresh(venueId) {
      const query = { state: 'all' as const, limit: mostKept }
      put(await http.call(offersContract.listMyOffers, { params: { venueId }, query }))
    },
    async claim(venueId, campaignId) {
      try {
        const offer = await http.call(
          offersContract.claimOffer,
          { params: { venueId, campaignId } },
          { idempotencyKey: newKey() },
        )
        kept = { ...kept, seen: [...kept.seen, offer.id] }
        put([offer])
        return offer
      } catch (error) {
        return { refused: refusalOf(error) }
      }
    },
    async decline({ id: offerId, venueId }) {
      put([await http.call(offersContract.declineOffer, { params: { venueId, offerId } })])
    },
    code(offerId) {
      const { serverMs, codes } = codesFrom(offerId)
      const [first] = codes
      return first && { digits: first.digits, leftMs: first.refreshAtMs - serverMs }
    },
    codesForMs(offerId) {
      const { serverMs, codes } = codesFrom(offerId)
      const last = codes[codes.length - 1]
      return last ? last.refreshAtMs - serverMs : 0
    },
    async fetchCodes({ id: offerId, venueId }) {
      const { nowMs, ahead, ...first } = await http.call(offersContract.readOfferCode, {
        params: { venueId, offerId },
      })
      const book = { offerId, codes: [first, ...ahead], aheadMs: nowMs - now() }
      books = [book, ...books.filter((each) => each.offerId !== offerId)].slice(0, mostBooks)
      memory.set('codes', books)
    },
    forget() {
      leave?.()
      visitorId = undefined
      books = []
      memory.remove('codes')
      keep({ offers: [], seen: [] })
    },
  }
}

function refusalOf(error: unknown): ClaimRefusal {
  if (error instanceof Away) return 'away'
  if (!(error instanceof Refused)) throw error
  const { rule } = error.facts
  return isOfferRule(rule) ? rule : 'gone'
}
