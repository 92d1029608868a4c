import { parkingContract as contract } from '../../contract/parking.contract.ts'
import { route } from '../../http/index.ts'
import type { Identity, Route } from '../../http/index.ts'
import type { VenueId } from '../../../maps/model/index.ts'
import { carsOfVisitor, debtsOfVisitor, openTicketOf } from '../cars/find-cars.ts'
import { isShopper, occasionOf, providerOf, ticketOfHandle } from '../parking-services.ts'
import type { ParkingServices } from '../parking-services.ts'
import { paymentEntity } from '../parking.entity.ts'
import type { PaymentRow } from '../parking.entity.ts'
import {
  presentDebt,
  presentPayment,
  presentQuote,
  presentReconciliation,
  presentTariff,
} from '../parking.presenter.ts'
import { plateOf } from '../stays/rebuild-stays.ts'
import { tariffFaults } from '../tariff/index.ts'
import { applyNotice } from './apply-notice.command.ts'
import type { NoticeOutcome } from './apply-notice.command.ts'
import { reconciliationsOf } from './reconcile.ts'
import { grantBenefit, setTariff } from './set-prices.command.ts'
import { quoteStay } from './quote-stay.command.ts'
import { finishRefund, requestRefund } from './refund-payment.command.ts'
import { settlePayment } from './settle-payment.command.ts'
import { startPayment } from './start-payment.command.ts'
import { tariffAt } from './ticket-account.ts'

/** A tariff may be said to hold from so long ago: clocks differ. Further back it would price anew who is inside. */
const clockToleranceMs = 5 * 60_000

/** What parking costs, and paying it. */
export function paymentsRoutes(services: ParkingServices): Route[] {
  return [...priceRoutes(services), ...payRoutes(services), ...providerRoutes(services)]
}

function priceRoutes(services: ParkingServices): Route[] {
  const { database, clock, vault } = services
  const { manager } = database.dataSource
  return [
    route(contract.readTariff, async ({ params: { venueId } }) => {
      const row = await tariffAt(manager, venueId, new Date(clock()))
      return row ? { status: 200, body: presentTariff(row) } : { status: 204 }
    }),
    route(contract.setTariff, async (call) => {
      const { validFromMs, definition } = call.body
      const faults = tariffFaults(definition)
      if (validFromMs < clock() - clockToleranceMs) faults.push('validFromMs: lies in the past')
      if (faults.length > 0) return { refused: 'bad-tariff', facts: { faults } }
      const { venueId } = call.params
      const known: readonly unknown[] = await call.manager.query('SELECT FROM venue WHERE venue_id = $1', [
        venueId,
      ])
      if (known.length === 0) return { refused: 'unknown-venue' }
      const wish = { venueId, validFromMs, definition }
      const row = await setTariff(call.manager, occasionOf(services, call), wish)
      return { status: 201, body: presentTariff(row) }
    }),
    route(contract.grantBenefit, async (call) => {
      const { venueId } = call.params
      const { car, ...benefit } = call.body
      let ticketId: string | undefined
      if ('plate' in car) {
        const plate = plateOf(car.plate)
        if (!plate) return { refused: 'no-plate' }
        ticketId = (await openTicketOf(manager, vault, { venueId, plate }))?.ticketId
      } else ticketId = ticketOfHandle(services, call.identity, { venueId, candidate: car.candidate })
      if (ticketId === undefined) return { refused: 'unknown-ticket' }
      const wish = { venueId, ticketId, ...benefit }
      const granted = await database.transaction((inside) =>
        grantBenefit(inside, occasionOf(services, call), wish),
      )
      return 'refused' in granted ? granted : { status: 200, body: { id: granted.benefitId } }
    }),
    route(contract.quote, async (call) => {
      const { venueId } = call.params
      const ticketId = await ticketAsked(services, { venueId, identity: call.identity, car: call.body.car })
      if (ticketId === undefined) return { refused: 'unknown-ticket' }
      const quoted = await database.transaction((inside) =>
        quoteStay(inside, occasionOf(services, call), { venueId, ticketId }),
      )
      if ('refused' in quoted) return quoted
      return {
        status: 200,
        body: presentQuote(quoted, call.identity.kind === 'device' ? 'screen' : 'person'),
      }
    }),
    route(contract.listMyDebts, async ({ params: { venueId }, identity }) => {
      const debts = await debtsOfVisitor(manager, vault, { venueId, visitorId: identity.id })
      return { status: 200, body: debts.map(presentDebt) }
    }),
  ]
}

/** The ticket somebody may ask about: one a search found, one of a shopper's own, any for the venue's people. */
async function ticketAsked(
  services: ParkingServices,
  asked: {
    readonly venueId: VenueId
    readonly identity: Identity
    readonly car: { readonly candidate: string } | { readonly ticketId: string }
  },
): Promise<string | undefined> {
  const { venueId, identity, car } = asked
  if ('candidate' in car) return ticketOfHandle(services, identity, { venueId, candidate: car.candidate })
  if (identity.kind === 'account') return car.ticketId
  const map = isShopper(identity) ? await services.maps.get(venueId) : undefined
  if (!map) return undefined
  const { database, vault, clock } = services
  const { manager } = database.dataSource
  const mine = { map, visitorId: identity.id, nowMs: clock() }
  const inside = await carsOfVisitor(manager, vault, mine)
  const left = await debtsOfVisitor(manager, vault, { venueId, visitorId: identity.id })
  return [...inside, ...left].find(({ ticket }) => ticket?.ticketId === car.ticketId)?.ticket?.ticketId
}

function payRoutes(services: ParkingServices): Route[] {
  const { database, demoOf, payerOf, clock } = services
  return [
    route(contract.payQuote, async (call) => {
      const { params, body, identity } = call
      const { method } = body
      const provider = providerOf(services, { method, venueId: params.venueId })
      if (!provider) return { refused: 'method-off' }
      // A shopper pays on their own phone; who pays at a kiosk or at a desk scans a code with theirs.
      const isOwnPhone = isShopper(identity) && provider.needsPayer
      const payer = isOwnPhone ? await payerOf(identity.id) : undefined
      if (isOwnPhone && payer === undefined) return { refused: 'payer-needed' }
      const visitorId = isShopper(identity) ? { visitorId: identity.id } : {}
      const payment = await database.transaction((manager) =>
        startPayment(manager, occasionOf(services, call), { ...params, method, ...visitorId }),
      )
      if ('refused' in payment) return payment
      const { venueId, paymentId, askedFen: amountFen, expiresAt } = payment
      const pay = await provider.prepay({
        ...{ venueId, paymentId, amountFen, description: '停车费 Parking' },
        expiresAtMs: expiresAt.getTime(),
        ...(payer === undefined ? {} : { payer }),
      })
      if ('refused' in pay) {
        call.log.warn({ facts: pay.facts }, 'a payment could not be prepared')
        return { refused: pay.refused }
      }
      return { status: 201, body: { paymentId, amountFen, expiresAtMs: expiresAt.getTime(), pay } }
    }),
    route(contract.readPayment, async ({ params, identity }) => {
      const row = await paymentFor(services, identity, params)
      return row ? { status: 200, body: presentPayment(row) } : { refused: 'unknown-payment' }
    }),
    route(contract.payDemo, async (call) => {
      const { venueId, paymentId } = call.params
      const demo = demoOf(venueId)
      if (!demo) return { refused: 'method-off' }
      const row = await paymentFor(services, call.identity, { venueId, paymentId })
      if (row?.method !== 'demo') return { refused: 'unknown-payment' }
      if (row.state === 'pending' && row.expiresAt.getTime() > clock()) {
        const paid = demo.pay(paymentId, row.askedFen)
        await database.transaction((manager) =>
          settlePayment(manager, occasionOf(services, call), { venueId, paymentId, paid, by: 'demo' }),
        )
      }
      const now = await database.dataSource.manager.findOneByOrFail(paymentEntity, { venueId, paymentId })
      return { status: 200, body: presentPayment(now) }
    }),
  ]
}

/** A payment for who may see it: a shopper theirs, a kiosk those made without a shopper, the venue's people all. */
async function paymentFor(
  { database }: ParkingServices,
  identity: Identity,
  key: { readonly venueId: VenueId; readonly paymentId: string },
): Promise<PaymentRow | undefined> {
  const row = await database.dataSource.manager.findOneBy(paymentEntity, key)
  if (!row || identity.kind === 'account') return row ?? undefined
  return row.visitorId === (isShopper(identity) ? identity.id : null) ? row : undefined
}

/** Outcomes of a notice that somebody has to look at. */
const needSomebody: ReadonlySet<NoticeOutcome> = new Set([
  ...(['wrong-amount', 'second-transaction', 'nothing-received', 'refund-unknown'] as const),
])

function providerRoutes(services: ParkingServices): Route[] {
  const { database, weChatPay, onNotice } = services
  return [
    route(contract.refundPayment, async (call) => {
      const { venueId, paymentId } = call.params
      const occasion = occasionOf(services, call)
      const known = await paymentFor(services, call.identity, { venueId, paymentId })
      if (!known) return { refused: 'unknown-payment' }
      // First of all: what is written down counts as given back, and nobody would ever give it.
      const provider = providerOf(services, { method: known.method, venueId })
      if (!provider) return { refused: 'method-off' }
      const made = await database.transaction((manager) =>
        requestRefund(manager, occasion, { venueId, paymentId, ...call.body }),
      )
      if ('refused' in made) return made
      const { refund, payment } = made
      const { refundId, amountFen, reason } = refund
      // Asked for again it may have ended; what is under way is sent again under its number, and carried out once.
      if (refund.state !== 'processing')
        return { status: 201, body: { refundId, state: refund.state, amountFen } }
      const paidFen = payment.receivedFen ?? 0
      const told = await provider.refund({ paymentId, refundId, amountFen, paidFen, reason })
      // Not knowing is no "no": what became of it is asked until it is known.
      const state = 'refused' in told ? 'processing' : told.state
      if ('refused' in told) call.log.warn({ facts: told.facts, refundId }, 'a refund could not be asked for')
      else {
        await database.transaction((manager) =>
          finishRefund(manager, occasion, { venueId, paymentId, refundId, amountFen, refund: told }),
        )
      }
      return { status: 201, body: { refundId, state, amountFen } }
    }),
    route(contract.weChatNotice, async (call) => {
      if (!weChatPay) return { refused: 'method-off' }
      const notice = weChatPay.readNotice(call.header, call.body)
      if ('refused' in notice) {
        onNotice('forged')
        return { refused: 'bad-notice' }
      }
      const outcome = await database.transaction((manager) =>
        applyNotice(manager, occasionOf(services, call), { notice, method: 'wechat' }),
      )
      onNotice(outcome)
      if (outcome === 'refund-early')
        return { refused: 'unknown-payment', detail: 'Its payment comes first.' }
      if (outcome === 'unknown-payment' || outcome === 'wrong-venue') {
        call.log.error(
          { outcome, noticeId: notice.noticeId },
          'WeChat Pay told of a payment that is not ours',
        )
        return { refused: 'unknown-payment' }
      }
      if (needSomebody.has(outcome)) {
        call.log.error({ outcome, paymentId: notice.paymentId }, 'a payment needs somebody to look at it')
      }
      return { status: 204 }
    }),
    route(contract.listReconciliations, async ({ params: { venueId } }) => {
      const rows = await reconciliationsOf(database.dataSource.manager, venueId)
      return { status: 200, body: rows.map(presentReconciliation) }
    }),
  ]
}
