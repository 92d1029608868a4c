import test from 'ava'
import type { Json } from '../maps/model/index.ts'
import { codeOf } from './app/services/handoff.ts'
import { Away, Refused } from './app/services/http.ts'
import type { Http } from './app/services/http.ts'
import type { Live } from './app/services/live.ts'
import { createMemory } from './app/services/memory.ts'
import { refusalWords } from './app/services/offer-words.ts'
import { createWallet } from './app/services/wallet.ts'
import { offerRules } from '../server/contract/offer-rules.ts'
import type { OfferRule } from '../server/contract/offer-rules.ts'

const startMs = 1_795_000_000_000
const stepMs = 30_000

function offerAs(id: string, state: string, heldForMs = 3_600_000): Json {
  const name = { zh: id, en: id }
  const coupon = { kind: 'cash', offFen: 100 }
  const times = { grantedAtMs: startMs, heldUntilMs: startMs + heldForMs }
  return { id, venueId: 'mall', campaignId: `of ${id}`, state, name, coupon, redeemAt: [], ...times }
}

/** A wallet on a phone whose server answers as told, by the id of the endpoint. */
function walletWith(answers: Record<string, unknown>, stored = new Map<string, unknown>()) {
  const clock = { nowMs: startMs }
  const asked: string[] = []
  let say: (state: ReadonlyMap<string, Json>) => void = () => undefined
  const http = {
    call(endpoint: { readonly id: string }) {
      asked.push(endpoint.id)
      const answer = answers[endpoint.id]
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
  } as unknown as Http
  const live = {
    follow(_: string, listener: typeof say) {
      say = listener
      return () => undefined
    },
  } as unknown as Live
  const memory = createMemory({
    getStorageSync: (key) => stored.get(key),
    setStorageSync: (key, value) => void stored.set(key, structuredClone(value)),
    removeStorageSync: (key) => void stored.delete(key),
  })
  const now = () => clock.nowMs
  const wallet = createWallet({ http, live, memory, now, newKey: () => 'key', onChange: () => undefined })
  wallet.enter('visitor')
  const tell = (...offers: readonly Json[]) => {
    say(new Map(offers.map((offer) => [`offer:${(offer as { id: string }).id}`, offer])))
  }
  return { wallet, clock, asked, tell, stored, answers }
}

const ids = (offers: readonly { readonly id: string }[]) => offers.map(({ id }) => id)

test('an offer that comes by itself is new until it was looked at, also after a restart', (t) => {
  const { wallet, tell, stored } = walletWith({})
  tell(offerAs('a', 'held'))
  t.deepEqual(ids(wallet.unseen()), ['a'])
  wallet.see('a')
  t.deepEqual(ids(wallet.unseen()), [])
  const again = walletWith({}, stored)
  t.deepEqual(ids(again.wallet.held()), ['a'], 'known without the server')
  t.deepEqual(ids(again.wallet.unseen()), [])
})

test('an offer that is no longer held is asked how it ended, and one nobody knows goes', async (t) => {
  const { wallet, tell, answers } = walletWith({ readMyOffer: offerAs('a', 'redeemed') })
  tell(offerAs('a', 'held'))
  tell()
  await new Promise(setImmediate)
  t.deepEqual(ids(wallet.held()), [])
  t.is(wallet.find('a')?.state, 'redeemed')

  answers.readMyOffer = new Refused(404, 'unknown-offer', 'none')
  tell(offerAs('b', 'held'))
  tell()
  await new Promise(setImmediate)
  t.is(wallet.find('b'), undefined)
})

test('an offer runs out by the clock, whoever is away', (t) => {
  const { wallet, tell, clock } = walletWith({})
  tell(offerAs('a', 'held', 1000))
  clock.nowMs += 1001
  t.deepEqual(ids(wallet.held()), [])
  t.deepEqual(ids(wallet.past()), ['a'])
})

test('a code is shown in its own half minute by the server’s clock, and none when all are over', async (t) => {
  const serverAheadMs = 90_000
  const serverMs = startMs + serverAheadMs
  const codes = Array.from({ length: 3 }, (_, i) => ({
    digits: String(i),
    refreshAtMs: serverMs + 10_000 + i * stepMs,
    goodUntilMs: serverMs + 10_000 + (i + 1) * stepMs,
  }))
  const [first, ...ahead] = codes
  const { wallet, tell, clock, stored } = walletWith({ readOfferCode: { ...first, nowMs: serverMs, ahead } })
  tell(offerAs('a', 'held'))
  await wallet.fetchCodes(wallet.find('a')!)
  t.deepEqual(wallet.code('a'), { digits: '0', leftMs: 10_000 })
  t.is(wallet.codesForMs('a'), 70_000)
  clock.nowMs += 10_000
  t.deepEqual(wallet.code('a'), { digits: '1', leftMs: 30_000 })
  const again = walletWith({}, stored)
  again.clock.nowMs = clock.nowMs + 59_999
  t.deepEqual(again.wallet.code('a'), { digits: '2', leftMs: 1 }, 'kept over a restart')
  again.clock.nowMs += 1
  t.is(again.wallet.code('a'), undefined)
})

test('a claim says why not, in the server’s own rule, and a claimed offer is not news', async (t) => {
  const { wallet, answers } = walletWith({ claimOffer: offerAs('a', 'held') })
  t.like(await wallet.claim('mall', 'of a'), { id: 'a' })
  t.deepEqual(ids(wallet.unseen()), [])
  answers.claimOffer = new Refused(409, 'no-offer', 'no', { rule: 'members-only' })
  t.deepEqual(await wallet.claim('mall', 'of b'), { refused: 'members-only' })
  answers.claimOffer = new Refused(404, 'unknown-campaign', 'no')
  t.deepEqual(await wallet.claim('mall', 'of b'), { refused: 'gone' })
  answers.claimOffer = new Away('no network')
  t.deepEqual(await wallet.claim('mall', 'of b'), { refused: 'away' })
})

test('every refusal of the server has words', (t) => {
  for (const rule of Object.keys(offerRules)) t.true(refusalWords(rule as OfferRule).length > 3, rule)
})

test('finds the code of a screen however WeChat hands it over', (t) => {
  const code = '7XK2M9QRT4WBD'
  t.is(codeOf({ code: code.toLowerCase() }), code)
  t.is(codeOf({ scene: encodeURIComponent(`code=${code}`) }), code)
  t.is(codeOf({ q: encodeURIComponent(`https://mall.example/go/${code}?lang=en`) }), code)
  t.is(codeOf({ q: '%E0%A4%A' }), '%E0%A4%A')
  t.is(codeOf({ to: 'somewhere' }), undefined)
})
