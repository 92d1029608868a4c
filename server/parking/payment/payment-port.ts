import type { VenueId } from '../../../maps/model/index.ts'

/** What is to be paid, and by when. */
export interface PaymentOrder {
  readonly venueId: VenueId
  /** Ours, unique for all time; the provider's number for the order is made from it. */
  readonly paymentId: string
  readonly amountFen: number
  /** What the payer reads on the bill. */
  readonly description: string
  /** The provider takes no money after this. */
  readonly expiresAtMs: number
  /** Who pays in the mini-program, as the provider knows them; absent: whoever scans the code. */
  readonly payer?: string
}

/** What a client needs to have a payment made, by method. */
export type PayBy =
  /** Parameters of `wx.requestPayment`. */
  | {
      readonly method: 'wechat'
      readonly timeStamp: string
      readonly nonceStr: string
      readonly package: string
      readonly signType: 'RSA'
      readonly paySign: string
    }
  /** An address to show as a QR code, for a phone that is not ours: kiosks and the venue's people. */
  | { readonly method: 'wechat-code'; readonly codeUrl: string }
  /** Nothing is charged: a button that says so calls `payDemo`. */
  | { readonly method: 'demo' }

/** What the provider knows of an order of ours. */
export type ProviderPayment =
  | {
      readonly state: 'paid'
      readonly transactionId: string
      readonly amountFen: number
      /** When the payer paid, by the provider's clock; the notice may come a day later. */
      readonly paidAtMs: number
    }
  | { readonly state: 'open' }
  /** Closed, failed or never heard of: nothing was and nothing will be paid on it. */
  | { readonly state: 'closed' }

export type ProviderRefund =
  { readonly state: 'done'; readonly doneAtMs: number } | { readonly state: 'processing' | 'failed' }

/** What a provider tells of its own accord; at least once, in any order, some never. */
export type PaymentNotice = {
  /** The provider's number of the notice: a repeat has the same. */
  readonly noticeId: string
  readonly paymentId: string
  /** Absent when the provider did not give back what it was told with the order. */
  readonly venueId?: string
} & (
  | { readonly kind: 'payment'; readonly payment: ProviderPayment }
  | {
      readonly kind: 'refund'
      /** Our id of the refund, or the number somebody gave it who refunded at the provider itself. */
      readonly refundId: string
      readonly amountFen: number
      readonly refund: ProviderRefund
    }
  /** Nothing we act upon. */
  | { readonly kind: 'other' }
)

/** One paid order on the provider's own list of a day. */
export interface BilledPayment {
  readonly paymentId: string
  readonly transactionId: string
  readonly amountFen: number
  readonly paidAtMs: number
  readonly venueId?: string
}

/** One refund on the provider's own list of a day: that of its asking. */
export interface BilledRefund {
  readonly paymentId: string
  /** Ours, or that of somebody who refunded at the provider itself. */
  readonly refundId: string
  readonly amountFen: number
  readonly refund: ProviderRefund
  readonly venueId?: string
}

/** The provider cannot be asked, or did not accept what it was asked; `facts` hold no secrets. */
export interface PaymentRefusal {
  readonly refused: 'payment-unavailable'
  readonly facts: Readonly<Record<string, string>>
}

/** Header fields of a request, by name in lower case. */
export type HeaderReader = (name: string) => string

/** Somebody who takes money for us. Every call may be repeated with the same ids and does its work once. */
export interface PaymentProvider {
  readonly method: 'wechat' | 'demo'
  /** True when an order of a shopper's own phone needs to name its payer. */
  readonly needsPayer: boolean
  prepay(order: PaymentOrder): Promise<PayBy | PaymentRefusal>
  query(paymentId: string): Promise<ProviderPayment | PaymentRefusal>
  /** Makes sure that nothing will be paid on an order any more. */
  close(paymentId: string): Promise<PaymentRefusal | undefined>
  /** `failed`: refused for good; asked again it would be refused again. */
  refund(order: RefundOrder): Promise<ProviderRefund | PaymentRefusal>
  queryRefund(refundId: string): Promise<ProviderRefund | PaymentRefusal>
  /** All payments of a day (`2026-11-22`, China's clocks) as the provider lists them. */
  bill(date: string): Promise<readonly BilledPayment[] | PaymentRefusal>
  /** All refunds asked for on a day, the same way, also those that nobody asked for here. */
  refundBill(date: string): Promise<readonly BilledRefund[] | PaymentRefusal>
  /** Reads a notice. `forged`: it does not come from the provider, or was changed on its way. */
  readNotice(headers: HeaderReader, body: Uint8Array): PaymentNotice | { readonly refused: 'forged' }
}

export interface RefundOrder {
  readonly paymentId: string
  readonly refundId: string
  readonly amountFen: number
  /** What was paid in all. */
  readonly paidFen: number
  readonly reason: string
}
