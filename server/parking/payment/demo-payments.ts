import type { Clock } from '../../platform/clock.ts'
import type { PaymentProvider, ProviderPayment } from './payment-port.ts'

/**
 * Takes no money and says so: for evaluation, where there is no merchant. A payment counts as paid when somebody
 * presses the button that says "demo". Nobody outside is asked, so there is nothing to reconcile and no notices.
 */
export interface DemoPayments extends PaymentProvider {
  /** Presses the button. */
  pay(paymentId: string, amountFen: number): ProviderPayment & { readonly state: 'paid' }
}

/** Payments that are remembered so that a query finds them; beyond that the oldest is forgotten. */
const maxKept = 1000

export function createDemoPayments(clock: Clock): DemoPayments {
  const paid = new Map<string, ProviderPayment & { readonly state: 'paid' }>()
  return {
    method: 'demo',
    needsPayer: false,
    prepay: () => Promise.resolve({ method: 'demo' }),
    query: (paymentId) => Promise.resolve(paid.get(paymentId) ?? { state: 'closed' }),
    close: () => Promise.resolve(undefined),
    refund: () => Promise.resolve({ state: 'done', doneAtMs: clock() }),
    queryRefund: () => Promise.resolve({ state: 'done', doneAtMs: clock() }),
    bill: () => Promise.resolve([]),
    refundBill: () => Promise.resolve([]),
    readNotice: () => ({ refused: 'forged' }),
    pay(paymentId, amountFen) {
      const payment = {
        state: 'paid',
        transactionId: `demo-${paymentId}`,
        amountFen,
        paidAtMs: clock(),
      } as const
      paid.set(paymentId, payment)
      for (const oldest of paid.keys()) {
        if (paid.size <= maxKept) break
        paid.delete(oldest)
      }
      return payment
    },
  }
}
