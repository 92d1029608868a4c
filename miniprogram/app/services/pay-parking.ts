import type { ResponseOf } from '../../../server/contract/endpoint.ts'
import type { VenueId } from '../../../maps/model/index.ts'
import { parkingContract } from '../../../server/contract/parking.contract.ts'
import { Refused } from './http.ts'
import type { Http } from './http.ts'

export type Quote = ResponseOf<typeof parkingContract.quote>
export type Payment = ResponseOf<typeof parkingContract.readPayment>
type Begun = ResponseOf<typeof parkingContract.payQuote>
type WeChatPay = Extract<Begun['pay'], { method: 'wechat' }>

/** The part of `wx` that pays. */
export interface PaymentPlatform {
  requestPayment(
    options: Omit<WeChatPay, 'method'> & {
      readonly success: () => void
      readonly fail: (error: { readonly errMsg: string }) => void
    },
  ): unknown
}

/**
 * How paying ended. `waiting`: WeChat took the money and the server has not heard of it yet; it will.
 * `off`: the mall takes no payments here.
 */
export type PayResult =
  | { readonly kind: 'paid'; readonly payment: Payment; readonly isDemo: boolean }
  | { readonly kind: 'cancelled' | 'waiting' | 'expired' | 'already-paid' | 'off' | 'sign-in-failed' }

/** Asks so often, and so far apart, what became of a payment that WeChat says is done. */
const asks = { most: 8, apartMs: 1_000 } as const

/**
 * Pays a quote: by WeChat Pay where the mall takes it, else by the demonstration, which takes no money and is
 * asked about in words that say so.
 *
 * @param parts.signIn makes the shopper somebody WeChat can charge; @throws Refused when it cannot
 * @param parts.confirmDemo whether the person goes on, told that no money moves
 * @param parts.wait so many ms
 * @throws Away when the server does not answer
 */
export async function payQuote(
  parts: {
    readonly http: Pick<Http, 'call'>
    readonly platform: PaymentPlatform
    readonly signIn: () => Promise<void>
    readonly confirmDemo: (amountFen: number) => Promise<boolean>
    readonly wait: (ms: number) => Promise<void>
  },
  { venueId, quoteId }: { readonly venueId: VenueId; readonly quoteId: string },
): Promise<PayResult> {
  const { http, platform, signIn, confirmDemo, wait } = parts
  const begin = (method: 'wechat' | 'demo') =>
    http.call(parkingContract.payQuote, { params: { venueId, quoteId }, body: { method } })
  const read = (paymentId: string) =>
    http.call(parkingContract.readPayment, { params: { venueId, paymentId } })

  const begun = await firstThatWorks(begin, signIn)
  if ('kind' in begun) return begun
  const { paymentId, amountFen, pay } = begun
  if (pay.method === 'demo') {
    if (!(await confirmDemo(amountFen))) return { kind: 'cancelled' }
    const payment = await http.call(parkingContract.payDemo, { params: { venueId, paymentId } })
    return { kind: 'paid', payment, isDemo: true }
  }
  // A code to scan is for screens.
  if (pay.method !== 'wechat') return { kind: 'off' }
  if (!(await askWeChat(platform, pay))) return { kind: 'cancelled' }
  for (let ask = 0; ask < asks.most; ask++) {
    const payment = await read(paymentId)
    if (payment.state === 'paid') return { kind: 'paid', payment, isDemo: false }
    await wait(asks.apartMs)
  }
  return { kind: 'waiting' }
}

/** Begins a payment by the first method the mall takes, signing in where WeChat has to know whom to charge. */
async function firstThatWorks(
  begin: (method: 'wechat' | 'demo') => Promise<Begun>,
  signIn: () => Promise<void>,
): Promise<Begun | Exclude<PayResult, { kind: 'paid' }>> {
  const tries = [() => begin('wechat'), () => begin('demo')]
  let hasSignedIn = false
  for (let next = tries.shift(); next; next = tries.shift()) {
    try {
      return await next()
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.problem === 'quote-expired' || error.problem === 'unknown-quote') return { kind: 'expired' }
      if (error.problem === 'already-paid') return { kind: 'already-paid' }
      if (error.problem === 'payer-needed' && !hasSignedIn) {
        hasSignedIn = true
        try {
          await signIn()
        } catch (refusal) {
          if (refusal instanceof Refused) return { kind: 'sign-in-failed' }
          throw refusal
        }
        tries.unshift(() => begin('wechat'))
      } else if (error.problem !== 'method-off') throw error
    }
  }
  return { kind: 'off' }
}

function askWeChat(platform: PaymentPlatform, pay: WeChatPay): Promise<boolean> {
  const { timeStamp, nonceStr, package: order, signType, paySign } = pay
  return new Promise((resolve) => {
    platform.requestPayment({
      ...{ timeStamp, nonceStr, package: order, signType, paySign },
      success: () => {
        resolve(true)
      },
      // Closed by the person, or refused by WeChat, which has told them why.
      fail: () => {
        resolve(false)
      },
    })
  })
}

/** Money as a shopper reads it: `15 元`, `7.50 元`, `¥15`. */
export function moneyText(fen: number, language: 'zh' | 'en'): string {
  const yuan = fen % 100 === 0 ? String(fen / 100) : (fen / 100).toFixed(2)
  if (language === 'zh') return `${yuan} 元`
  return fen < 0 ? `-¥${yuan.slice(1)}` : `¥${yuan}`
}
