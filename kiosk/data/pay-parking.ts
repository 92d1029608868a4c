import { onScopeDispose, shallowRef } from 'vue'
import type { ResponseOf } from '../../server/contract/endpoint.ts'
import { paymentEndpoints } from '../../server/contract/parking-payment.contract.ts'
import type { Kiosk } from '../kiosk.ts'
import { apiOf, bodyOf, Refused } from './api.ts'
import type { FoundCar } from './find-car.ts'

/** How often it is asked whether the phone has paid. */
const askMs = 2000
/** Whoever paid in the last second of a code is heard of later: it is asked for so much longer. */
const lateMs = 60_000

export type ParkingQuote = ResponseOf<typeof paymentEndpoints.quote>
export type ParkingPayment = ResponseOf<typeof paymentEndpoints.readPayment>

/** How far paying is. */
export type Paying =
  | { readonly at: 'asking' | 'away' | 'off' | 'over' }
  | { readonly at: 'free'; readonly quote: ParkingQuote }
  | {
      readonly at: 'code'
      readonly quote: ParkingQuote
      readonly paymentId: string
      readonly codeUrl: string
      readonly expiresAtMs: number
    }
  /** The demonstration: nobody pays, a key says so. */
  | { readonly at: 'demo'; readonly quote: ParkingQuote; readonly paymentId: string }
  | { readonly at: 'paid'; readonly payment: ParkingPayment }

/**
 * Pays for a car that was found: what is due, a code that the driver's WeChat scans, and when it has paid.
 * Begins at once; what was begun is not asked about any more when the scope ends.
 */
export function usePayParking({ token, settings }: Kiosk, { candidate }: FoundCar) {
  const api = apiOf(() => token)
  const { venueId } = settings.value
  const state = shallowRef<Paying>({ at: 'asking' })
  let isOver = false
  /** Counts what was begun: an answer about the payment before changes nothing any more. */
  let begun = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => {
    isOver = true
    clearTimeout(timer)
  })

  async function begin(): Promise<void> {
    clearTimeout(timer)
    const mine = ++begun
    state.value = { at: 'asking' }
    try {
      const request = { params: { venueId }, body: { car: { candidate } } }
      const quote = bodyOf(await api.call(paymentEndpoints.quote, request))
      const next =
        quote.quoteId === undefined ? { at: 'free' as const, quote } : await pay(quote, quote.quoteId)
      if (isOver || mine !== begun) return
      state.value = next
      if (next.at === 'code') watchFor(next, mine)
    } catch (error) {
      if (!isOver && mine === begun) state.value = { at: error instanceof Refused ? 'off' : 'away' }
    }
  }

  async function pay(quote: ParkingQuote, quoteId: string): Promise<Paying> {
    const by = async (method: 'wechat' | 'demo') =>
      api.call(paymentEndpoints.payQuote, { params: { venueId, quoteId }, body: { method } })
    const byWeChat = await by('wechat')
    const made = bodyOf(byWeChat.ok || byWeChat.status >= 500 ? byWeChat : await by('demo'))
    const { paymentId, expiresAtMs } = made
    if (made.pay.method === 'demo') return { at: 'demo', quote, paymentId }
    if (made.pay.method !== 'wechat-code') return { at: 'off' }
    return { at: 'code', quote, paymentId, codeUrl: made.pay.codeUrl, expiresAtMs }
  }

  function watchFor({ paymentId, expiresAtMs }: { paymentId: string; expiresAtMs: number }, mine: number) {
    const ask = async (): Promise<void> => {
      const answer = await api
        .call(paymentEndpoints.readPayment, { params: { venueId, paymentId } })
        .catch(() => undefined)
      if (isOver || mine !== begun) return
      if (answer?.ok && answer.body.state === 'paid') {
        state.value = { at: 'paid', payment: answer.body }
        return
      }
      const isClosed = answer?.ok === true && answer.body.state !== 'pending'
      if (isClosed || Date.now() > expiresAtMs) state.value = { at: 'over' }
      if (!isClosed && Date.now() < expiresAtMs + lateMs) timer = setTimeout(() => void ask(), askMs)
    }
    timer = setTimeout(() => void ask(), askMs)
  }

  /** Counts the demonstration's payment as paid; no money moves. */
  async function payDemo(paymentId: string): Promise<void> {
    const answer = await api
      .call(paymentEndpoints.payDemo, { params: { venueId, paymentId } })
      .catch(() => undefined)
    if (isOver) return
    state.value = answer?.ok ? { at: 'paid', payment: answer.body } : { at: 'away' }
  }

  void begin()
  return { state, begin, payDemo }
}
