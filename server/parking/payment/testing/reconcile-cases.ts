import { parkingContract as contract } from '../../../contract/parking.contract.ts'
import { newUuid } from '../../../platform/ids.ts'
import type { OnParking } from '../../testing/parking-server.ts'
import { askAboutOpen } from '../ask-about-open.ts'
import { reconcileDay, reconcileMissed } from '../reconcile.ts'
import { numberOf } from '../wechat/wechat-pay.ts'
import { barrier, give, paid, parts, stateOf } from './pay-harness.ts'
import type { BegunPayment } from '../../testing/parking-server.ts'

const minuteMs = 60_000

/** What comparing with the provider finds, and what becomes of refunds. */
export function reconcileCases(onParking: OnParking): void {
  onParking(
    'the comparison with the bill of the day finds what was lost and what differs',
    async (t, server) => {
      const { standIn, notify, provider, venueId, clock } = server
      const plates = ['浙A10001', '浙A10002', '浙A10003', '浙A10004', '浙A10005'] as const
      const begun: BegunPayment[] = []
      for (const plate of plates) begun.push(await server.begunPayment(plate))
      const [good, lost, differs, gone, wrong] = begun as [
        BegunPayment,
        BegunPayment,
        BegunPayment,
        BegunPayment,
        BegunPayment,
      ]
      for (const { number } of [good, lost, differs, gone]) standIn.pay(number)
      standIn.pay(wrong.number, 999)
      for (const { number } of [good, differs, gone, wrong]) await notify(standIn.noticeOf(number))
      standIn.orders.get(differs.number)!.paidFen = 900
      standIn.orders.delete(gone.number)
      const foreign = newUuid()
      const order = { venueId, paymentId: foreign, amountFen: 700, description: 'x', payer: 'o' }
      await provider.prepay({ ...order, expiresAtMs: clock.nowMs + minuteMs })
      standIn.pay(numberOf(foreign))
      const run = async () => {
        const found = await reconcileDay(parts(server), '2026-11-20')
        return (found?.get(venueId) ?? []).map(({ kind, paymentId }) => `${kind} ${paymentId}`).sort()
      }
      const rest = [
        `amount-differs ${differs.paymentId}`,
        `not-on-bill ${gone.paymentId}`,
        `unknown-payment ${foreign}`,
        `wrong-amount ${wrong.paymentId}`,
      ]
      t.deepEqual(await run(), [...rest, `lost-notice ${lost.paymentId}`].sort())
      t.like(await stateOf(server, lost), { state: 'paid', settled_by: 'bill' })
      t.deepEqual(await barrier(server, '浙A10002'), { decision: 'open', dueFen: 0 })
      t.deepEqual(
        await run(),
        [...rest, `lost-notice ${lost.paymentId}`].sort(),
        'an earlier run may have been broken off',
      )
      const listed = await server
        .client(server.tokens.operator)
        .call(contract.listReconciliations, { params: { venueId } })
      t.true(listed.ok && listed.body[0]?.found === rest.length + 1 && listed.body[0].checked === 4)
    },
  )

  onParking(
    'two who pay for one car at once are both noted, and the comparison names the one too many',
    async (t, server) => {
      const { standIn, notify, clock } = server
      const [first, second] = [await server.begunPayment('浙A10001'), await server.begunPayment('浙A10001')]
      t.is(first.ticketId, second.ticketId)
      t.not(first.paymentId, second.paymentId)
      for (const { number } of [first, second]) {
        standIn.pay(number)
        await notify(standIn.noticeOf(number))
        clock.nowMs += 1000
      }
      for (const one of [first, second]) t.like(await stateOf(server, one), { state: 'paid' })
      t.deepEqual(await barrier(server, '浙A10001'), { decision: 'open', dueFen: 0 })
      const found = await reconcileDay(parts(server), '2026-11-20')
      const overpaid = (found?.get(server.venueId) ?? []).filter(({ kind }) => kind === 'overpaid')
      t.deepEqual(
        overpaid.map(({ paymentId, facts }) => [paymentId, facts.ticketId]),
        [[second.paymentId, first.ticketId]],
      )
    },
  )

  onParking('gives back no more than was received, once, and the barrier knows', async (t, server) => {
    const { standIn, notify, client, tokens, venueId, clock } = server
    const begun = await server.begunPayment('浙A10001')
    standIn.pay(begun.number)
    await notify(standIn.noticeOf(begun.number))
    const give = (amountFen: number, reference = newUuid()) =>
      client(tokens.operator).call(contract.refundPayment, {
        params: { venueId, paymentId: begun.paymentId },
        body: { amountFen, reference, reason: 'test' },
      })
    const both = await Promise.all([give(700), give(700)])
    t.is(both.filter(({ ok }) => ok).length, 1)
    const [made] = both.filter((one) => one.ok)
    const { refundId } = made!.body
    t.deepEqual(await barrier(server, '浙A10001'), { decision: 'pay', dueFen: 700 })
    standIn.settleRefund(numberOf(refundId))
    t.is(await notify(standIn.refundNoticeOf(numberOf(refundId))), 204)
    t.is(await notify(standIn.refundNoticeOf(numberOf(refundId))), 204)
    const refundState = async (id: string) => {
      const rows: readonly { state: string }[] = await server.database.dataSource.query(
        'SELECT state FROM parking_refund WHERE refund_id = $1',
        [id],
      )
      return rows[0]?.state
    }
    t.is(await refundState(refundId), 'done')
    // One that never arrived is sent again, once; one that fails gives the sum back.
    standIn.failNext('broken')
    const unsure = await give(300)
    t.true(unsure.ok && unsure.body.state === 'processing')
    if (!unsure.ok) return
    const refunds = () => standIn.requests.filter((one) => one === 'POST /v3/refund/domestic/refunds').length
    const sentBefore = refunds()
    clock.nowMs += 3 * minuteMs
    await askAboutOpen(parts(server))
    t.is(refunds(), sentBefore, 'it had arrived, only its answer was lost')
    standIn.settleRefund(numberOf(unsure.body.refundId), 'ABNORMAL')
    t.is((await askAboutOpen(parts(server))).refunds, 1)
    t.is(await refundState(unsure.body.refundId), 'failed')
    const read = await client(tokens.operator).call(contract.readPayment, {
      params: { venueId, paymentId: begun.paymentId },
    })
    t.true(read.ok && read.body.refundedFen === 700)
  })

  onParking(
    'a refund made at WeChat itself counts once, and is for a person to look at',
    async (t, server) => {
      const { standIn, notify, venueId } = server
      const [told, untold] = [await paid(server, '浙A10001'), await paid(server, '浙A10002')]
      standIn.refundByHand(told.number, 'desk 1', 400)
      t.is(await notify(standIn.refundNoticeOf('desk 1')), 204, 'taken in while it is under way')
      standIn.settleRefund('desk 1')
      t.is(await notify(standIn.refundNoticeOf('desk 1')), 204)
      t.deepEqual(await barrier(server, '浙A10001'), { decision: 'pay', dueFen: 400 })
      standIn.refundByHand(untold.number, 'desk 2', 1000)
      standIn.settleRefund('desk 2')
      t.deepEqual(await barrier(server, '浙A10002'), { decision: 'open', dueFen: 0 }, 'nobody told us')
      for (let run = 0; run < 2; run++) {
        const found = (await reconcileDay(parts(server), '2026-11-20'))?.get(venueId) ?? []
        const unknown = { kind: 'refund-unknown' } as const
        t.deepEqual(found, [
          { ...unknown, paymentId: told.paymentId, facts: { amountFen: 400, refund: 'desk 1' } },
          { ...unknown, paymentId: untold.paymentId, facts: { amountFen: 1000, refund: 'desk 2' } },
        ])
        t.deepEqual(await barrier(server, '浙A10001'), { decision: 'pay', dueFen: 400 })
        t.deepEqual(await barrier(server, '浙A10002'), { decision: 'pay', dueFen: 1000 })
      }
      // Nor is it sent to WeChat as if it were ours.
      server.clock.nowMs += 60 * minuteMs
      await askAboutOpen(parts(server))
      t.false(standIn.requests.includes('POST /v3/refund/domestic/refunds'))
    },
  )

  onParking(
    'a refund refused for good ends, and one that comes through after all counts',
    async (t, server) => {
      const { standIn, notify, venueId } = server
      const [refused, returned] = [await paid(server, '浙A10001'), await paid(server, '浙A10002')]
      standIn.orders.get(refused.number)!.paidFen = 999
      t.like(await give(server, refused, 500), { state: 'failed' })
      t.deepEqual(
        await barrier(server, '浙A10001'),
        { decision: 'open', dueFen: 0 },
        'nothing was given back',
      )
      standIn.orders.get(refused.number)!.paidFen = 1000
      const { refundId } = await give(server, returned, 300)
      standIn.settleRefund(numberOf(refundId), 'ABNORMAL')
      t.is(await notify(standIn.refundNoticeOf(numberOf(refundId))), 204)
      t.deepEqual(await barrier(server, '浙A10002'), { decision: 'open', dueFen: 0 })
      const open = await give(server, returned, 100)
      const kinds = async () =>
        ((await reconcileDay(parts(server), '2026-11-20'))?.get(venueId) ?? []).map(({ kind }) => kind).sort()
      t.deepEqual(await kinds(), ['refund-failed', 'refund-failed', 'refund-open'])
      standIn.settleRefund(numberOf(refundId))
      standIn.settleRefund(numberOf(open.refundId))
      for (const id of [refundId, open.refundId, refundId]) {
        t.is(await notify(standIn.refundNoticeOf(numberOf(id))), 204)
      }
      t.deepEqual(await barrier(server, '浙A10002'), { decision: 'pay', dueFen: 400 })
      t.deepEqual(await kinds(), ['refund-failed'])
    },
  )

  onParking(
    'a refund made at WeChat that failed leaves the day to be compared, and nothing owed',
    async (t, server) => {
      const { standIn, venueId } = server
      const [failed, nothing] = [await paid(server, '浙A10001'), await paid(server, '浙A10002')]
      standIn.refundByHand(failed.number, 'desk 3', 400)
      standIn.settleRefund('desk 3', 'ABNORMAL')
      standIn.refundByHand(nothing.number, 'desk 4', 0)
      standIn.settleRefund('desk 4')
      const found = await reconcileDay(parts(server), '2026-11-20')
      t.deepEqual(found?.get(venueId), [])
      for (const plate of ['浙A10001', '浙A10002']) {
        t.deepEqual(await barrier(server, plate), { decision: 'open', dueFen: 0 })
      }
    },
  )

  onParking('nobody owes what was given back beyond what they paid', async (t, server) => {
    const { standIn, notify, clock } = server
    const begun = await paid(server, '浙A10001')
    for (const number of ['desk 5', 'desk 6']) {
      standIn.refundByHand(begun.number, number, 900)
      standIn.settleRefund(number)
      t.is(await notify(standIn.refundNoticeOf(number)), 204)
    }
    clock.nowMs += 20 * minuteMs
    t.deepEqual(await barrier(server, '浙A10001'), { decision: 'pay', dueFen: 1000 }, 'the stay, and no more')
    const price = await server.client(server.tokens.operator).call(contract.quote, {
      params: { venueId: server.venueId },
      body: { car: { ticketId: begun.ticketId } },
    })
    t.true(price.ok && price.body.paidFen === 0)
  })

  onParking('news of a refund waits for that of its payment', async (t, server) => {
    const { standIn, notify } = server
    const begun = await server.begunPayment('浙A10001')
    standIn.pay(begun.number)
    const paidNotice = standIn.noticeOf(begun.number)
    standIn.refundByHand(begun.number, 'desk 1', 1000)
    standIn.settleRefund('desk 1')
    t.is(await notify(standIn.refundNoticeOf('desk 1')), 404, 'it comes again')
    t.is(await notify(paidNotice), 204)
    t.is(await notify(standIn.refundNoticeOf('desk 1')), 204)
    t.deepEqual(await barrier(server, '浙A10001'), { decision: 'pay', dueFen: 1000 })
  })

  onParking('every day of the last thirty is compared once, quiet ones too', async (t, server) => {
    const { standIn, clock, venueId } = server
    const lost = await server.begunPayment('浙A10001')
    standIn.pay(lost.number)
    clock.nowMs += 12 * 24 * 60 * minuteMs
    standIn.failNext('unsigned')
    const dates = await reconcileMissed(parts(server))
    t.is(dates.length, 29, 'of the first the bill could not be had')
    t.true(dates.includes('2026-11-20'), 'also the day that nobody compared at its time')
    t.like(await stateOf(server, lost), { state: 'paid', settled_by: 'bill' })
    t.deepEqual(await reconcileMissed(parts(server)), ['2026-11-02'])
    const before = standIn.requests.length
    t.deepEqual(await reconcileMissed(parts(server)), [])
    t.is(standIn.requests.length, before, 'nothing is asked for again')
    const operator = await server.tokenOf('operator')
    const listed = await server.client(operator).call(contract.listReconciliations, { params: { venueId } })
    t.is(listed.ok && listed.body.length, 30)
    t.is(listed.ok && listed.body.filter(({ found }) => found > 0).length, 1)
  })
}
