import { parkingContract as contract } from '../../contract/parking.contract.ts'
import { newUuid } from '../../platform/ids.ts'
import { parkingTests } from '../testing/parking-server.ts'
import { askAboutOpen } from './ask-about-open.ts'
import { debtCases } from './testing/debt-cases.ts'
import { barrier, parts, settledTimes, stateOf } from './testing/pay-harness.ts'
import { reconcileCases } from './testing/reconcile-cases.ts'
import { numberOf } from './wechat/wechat-pay.ts'

const onParking = parkingTests()
const minuteMs = 60_000

onParking('a notice that comes once, three times, or twice at once is applied once', async (t, server) => {
  const { standIn, notify } = server
  const once = await server.begunPayment('浙A10001')
  t.is(once.amountFen, 1000)
  t.deepEqual(await barrier(server, '浙A10001'), { decision: 'pay', dueFen: 1000 })
  standIn.pay(once.number)
  t.is(await notify(standIn.noticeOf(once.number)), 204)
  t.deepEqual(await barrier(server, '浙A10001'), { decision: 'open', dueFen: 0 })
  t.like(await stateOf(server, once), {
    ...{ state: 'paid', received_fen: 1000, settled_by: 'notice' },
    leave_by: new Date(server.clock.nowMs + 15 * minuteMs),
  })
  const thrice = await server.begunPayment('浙A10002')
  standIn.pay(thrice.number)
  for (let time = 0; time < 3; time++) t.is(await notify(standIn.noticeOf(thrice.number)), 204)
  t.like(await stateOf(server, thrice), { state: 'paid', received_fen: 1000 })
  t.is(await settledTimes(server, thrice), 1)
  // Other numbers of the same payment are other notices, and still one payment.
  t.is(await notify(standIn.noticeOf(thrice.number, { noticeId: 'another' })), 204)
  t.is(await settledTimes(server, thrice), 1)
  const twice = await server.begunPayment('浙A10003')
  standIn.pay(twice.number)
  const same = standIn.noticeOf(twice.number)
  const other = standIn.noticeOf(twice.number, { noticeId: 'at the same moment' })
  t.deepEqual(await Promise.all([same, same, other, other].map(notify)), [204, 204, 204, 204])
  t.is(await settledTimes(server, twice), 1)
  t.deepEqual(await barrier(server, '浙A10003'), { decision: 'open', dueFen: 0 })
})

onParking(
  'a notice that never comes is found by asking, and an order nobody paid is closed',
  async (t, server) => {
    const { standIn, clock } = server
    const lost = await server.begunPayment('浙A10001')
    const unpaid = await server.begunPayment('浙A10002')
    standIn.pay(lost.number)
    t.deepEqual(await askAboutOpen(parts(server)), { settled: 0, closed: 0, refunds: 0 }, 'too soon to ask')
    clock.nowMs += 3 * minuteMs
    standIn.failNext('unsigned')
    await askAboutOpen(parts(server))
    const { settled } = await askAboutOpen(parts(server))
    t.true(settled <= 1)
    t.like(await stateOf(server, lost), { state: 'paid', settled_by: 'query' })
    t.deepEqual(await barrier(server, '浙A10001'), { decision: 'open', dueFen: 0 })
    t.like(await stateOf(server, unpaid), { state: 'pending' })
    clock.nowMs += 30 * minuteMs
    t.deepEqual(await askAboutOpen(parts(server)), { settled: 0, closed: 1, refunds: 0 })
    t.like(await stateOf(server, unpaid), { state: 'closed' })
    t.is(standIn.orders.get(unpaid.number)?.state, 'CLOSED', 'nobody can pay it any more')
    // Its notice, should it come now, is the same payment.
    t.is(await server.notify(standIn.noticeOf(lost.number)), 204)
    t.is(await settledTimes(server, lost), 1)
  },
)

onParking('a late notice counts from the time of paying, also when the car has left', async (t, server) => {
  const { standIn, clock } = server
  const left = await server.begunPayment('浙A10001')
  const stayed = await server.begunPayment('浙A10002')
  standIn.pay(left.number)
  standIn.pay(stayed.number)
  const paidAtMs = clock.nowMs
  clock.nowMs += 10 * minuteMs
  await server.tell({ kind: 'exit', plate: '浙A10001', gate: 'south' })
  const unpaidFen = async (ticketId: string) => {
    const rows: readonly { unpaid_fen: number | null }[] = await server.database.dataSource.query(
      'SELECT unpaid_fen FROM parking_ticket WHERE ticket_id = $1',
      [ticketId],
    )
    return rows[0]?.unpaid_fen
  }
  t.is(await unpaidFen(left.ticketId), 1000, 'as far as we know it left without paying')
  clock.nowMs = paidAtMs + 23 * 60 * minuteMs
  for (const { number } of [left, stayed]) t.is(await server.notify(standIn.noticeOf(number)), 204)
  t.is(await unpaidFen(left.ticketId), 0, 'it had paid')
  t.like(await stateOf(server, stayed), { leave_by: new Date(paidAtMs + 15 * minuteMs) })
  const { decision, dueFen } = await barrier(server, '浙A10002')
  t.is(decision, 'pay', 'a day later the time to leave is over')
  t.true(dueFen > 0)
})

onParking(
  'a forged notice changes nothing, and one of a payment that is not ours neither',
  async (t, server) => {
    const { standIn, notify } = server
    const begun = await server.begunPayment('浙A10001')
    standIn.pay(begun.number)
    for (const forged of ['key', 'body', 'time'] as const) {
      t.is(await notify(standIn.noticeOf(begun.number, { forged })), 422, forged)
    }
    t.is(await notify({ headers: {}, body: '{}' }), 422)
    const { headers } = standIn.noticeOf(begun.number)
    t.is(
      await notify({ headers, body: standIn.noticeOf(begun.number).body }),
      422,
      'headers of another notice',
    )
    t.like(await stateOf(server, begun), { state: 'pending', received_fen: null })
    t.deepEqual(await barrier(server, '浙A10001'), { decision: 'pay', dueFen: 1000 })
    const foreign = {
      venueId: server.venueId,
      paymentId: newUuid(),
      amountFen: 1,
      description: 'x',
      payer: 'o',
    }
    await server.provider.prepay({ ...foreign, expiresAtMs: server.clock.nowMs + minuteMs })
    standIn.pay(numberOf(foreign.paymentId))
    t.is(await notify(standIn.noticeOf(numberOf(foreign.paymentId))), 404)
    standIn.orders.get(begun.number)!.attach = newUuid()
    t.is(await notify(standIn.noticeOf(begun.number)), 404, 'it names another venue')
    t.like(await stateOf(server, begun), { state: 'pending' })
  },
)

onParking('a wrong amount counts as what it is', async (t, server) => {
  const { standIn, notify } = server
  const less = await server.begunPayment('浙A10001')
  standIn.pay(less.number, 400)
  t.is(await notify(standIn.noticeOf(less.number)), 204)
  t.like(await stateOf(server, less), { state: 'wrong-amount', received_fen: 400, leave_by: null })
  t.deepEqual(await barrier(server, '浙A10001'), { decision: 'pay', dueFen: 600 })
  const more = await server.begunPayment('浙A10002')
  standIn.pay(more.number, 5000)
  t.is(await notify(standIn.noticeOf(more.number)), 204)
  t.like(await stateOf(server, more), { state: 'wrong-amount', received_fen: 5000 })
  t.deepEqual(await barrier(server, '浙A10002'), { decision: 'open', dueFen: 0 })
})

onParking(
  'who stays too long after paying owes the difference, and a second payment settles it',
  async (t, server) => {
    const { standIn, notify, clock, client, venueId } = server
    const first = await server.begunPayment('浙A10001')
    standIn.pay(first.number)
    await notify(standIn.noticeOf(first.number))
    clock.nowMs += 15 * minuteMs
    t.deepEqual(await barrier(server, '浙A10001'), { decision: 'open', dueFen: 0 })
    clock.nowMs += 30 * minuteMs
    t.deepEqual(await barrier(server, '浙A10001'), { decision: 'pay', dueFen: 500 })
    const quoted = await client(first.token).call(contract.quote, {
      params: { venueId },
      body: { car: { ticketId: first.ticketId } },
    })
    t.true(quoted.ok)
    if (!quoted.ok) return
    const { quoteId, dueFen, lines } = quoted.body
    t.is(dueFen, 500)
    t.is(
      lines.reduce((sum, { amountFen }) => sum + amountFen, 0),
      500,
    )
    const pay = () =>
      client(first.token).call(contract.payQuote, {
        params: { venueId, quoteId: quoteId! },
        body: { method: 'wechat' },
      })
    const [one, two] = await Promise.all([pay(), pay()])
    t.true(one.ok && two.ok)
    if (!one.ok || !two.ok) return
    t.is(one.body.paymentId, two.body.paymentId, 'two taps are one order')
    standIn.pay(numberOf(one.body.paymentId))
    await notify(standIn.noticeOf(numberOf(one.body.paymentId)))
    t.deepEqual(await barrier(server, '浙A10001'), { decision: 'open', dueFen: 0 })
    const again = await pay()
    t.false(again.ok)
  },
)

debtCases(onParking)
reconcileCases(onParking)
