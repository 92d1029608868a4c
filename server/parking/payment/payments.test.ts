import { parkingContract as contract } from '../../contract/parking.contract.ts'
import type { Database } from '../../database/index.ts'
import { newUuid } from '../../platform/ids.ts'
import { entities, migrations } from '../../schema.ts'
import { databaseTests } from '../../testing/databases.ts'
import { silentLog } from '../../testing/silent-log.ts'
import { startParkingServer } from '../testing/parking-server.ts'
import type { BegunPayment, ParkingServer } from '../testing/parking-server.ts'
import { askAboutOpen, reconcileDay } from './reconcile.ts'
import { numberOf } from './wechat/wechat-pay.ts'

const onDatabases = databaseTests({ entities, migrations })
const minuteMs = 60_000

async function stateOf({ database }: ParkingServer, { paymentId }: BegunPayment) {
  const rows: readonly {
    state: string
    received_fen: number | null
    settled_by: string | null
    leave_by: Date | null
  }[] = await database.dataSource.query(
    'SELECT state, received_fen, settled_by, leave_by FROM parking_payment WHERE payment_id = $1',
    [paymentId],
  )
  return rows[0]
}

/** What the barrier is told of a plate. */
async function barrier({ client, tokens, venueId }: ParkingServer, plate: string) {
  const checked = await client(tokens.system).call(contract.checkExit, {
    params: { venueId },
    body: { plate },
  })
  if (!checked.ok) throw new Error(JSON.stringify(checked))
  return { decision: checked.body.decision, dueFen: checked.body.dueFen }
}

function parts({ database, clock, provider }: ParkingServer) {
  return { database, provider, clock: () => clock.nowMs, newId: newUuid, log: silentLog as never }
}

async function settledTimes({ dataSource }: Database, { paymentId }: BegunPayment): Promise<number> {
  const rows: readonly unknown[] = await dataSource.query(
    `SELECT FROM audit_entry WHERE action = 'parking.paid' AND subject = $1`,
    [`parking-payment:${paymentId}`],
  )
  return rows.length
}

onDatabases(
  'a notice that comes once, three times, or twice at once is applied once',
  async (t, database) => {
    const server = await startParkingServer(t, database)
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
    t.is(await settledTimes(database, thrice), 1)
    // Other numbers of the same payment are other notices, and still one payment.
    t.is(await notify(standIn.noticeOf(thrice.number, { noticeId: 'another' })), 204)
    t.is(await settledTimes(database, thrice), 1)
    const twice = await server.begunPayment('浙A10003')
    standIn.pay(twice.number)
    const same = standIn.noticeOf(twice.number)
    const other = standIn.noticeOf(twice.number, { noticeId: 'at the same moment' })
    t.deepEqual(await Promise.all([same, same, other, other].map(notify)), [204, 204, 204, 204])
    t.is(await settledTimes(database, twice), 1)
    t.deepEqual(await barrier(server, '浙A10003'), { decision: 'open', dueFen: 0 })
  },
)

onDatabases(
  'a notice that never comes is found by asking, and an order nobody paid is closed',
  async (t, database) => {
    const server = await startParkingServer(t, database)
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
    t.is(await settledTimes(database, lost), 1)
  },
)

onDatabases(
  'a late notice counts from the time of paying, also when the car has left',
  async (t, database) => {
    const server = await startParkingServer(t, database)
    const { standIn, clock } = server
    const left = await server.begunPayment('浙A10001')
    const stayed = await server.begunPayment('浙A10002')
    standIn.pay(left.number)
    standIn.pay(stayed.number)
    const paidAtMs = clock.nowMs
    clock.nowMs += 10 * minuteMs
    await server.tell({ kind: 'exit', plate: '浙A10001', gate: 'south' })
    const unpaidFen = async (ticketId: string) => {
      const rows: readonly { unpaid_fen: number | null }[] = await database.dataSource.query(
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
  },
)

onDatabases(
  'a forged notice changes nothing, and one of a payment that is not ours neither',
  async (t, database) => {
    const server = await startParkingServer(t, database)
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

onDatabases('a wrong amount counts as what it is', async (t, database) => {
  const server = await startParkingServer(t, database)
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

onDatabases(
  'who stays too long after paying owes the difference, and a second payment settles it',
  async (t, database) => {
    const server = await startParkingServer(t, database)
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

onDatabases(
  'the comparison with the bill of the day finds what was lost and what differs',
  async (t, database) => {
    const server = await startParkingServer(t, database)
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
    t.deepEqual(await run(), rest, 'the second run finds what is left for a person')
    const listed = await server
      .client(server.tokens.operator)
      .call(contract.listReconciliations, { params: { venueId } })
    t.true(listed.ok && listed.body[0]?.found === rest.length && listed.body[0].checked === 4)
  },
)

onDatabases(
  'two who pay for one car at once are both noted, and the comparison names the one too many',
  async (t, database) => {
    const server = await startParkingServer(t, database)
    const { standIn, notify } = server
    const [first, second] = [await server.begunPayment('浙A10001'), await server.begunPayment('浙A10001')]
    t.is(first.ticketId, second.ticketId)
    t.not(first.paymentId, second.paymentId)
    for (const { number } of [first, second]) {
      standIn.pay(number)
      await notify(standIn.noticeOf(number))
    }
    for (const one of [first, second]) t.like(await stateOf(server, one), { state: 'paid' })
    t.deepEqual(await barrier(server, '浙A10001'), { decision: 'open', dueFen: 0 })
    const found = await reconcileDay(parts(server), '2026-11-20')
    const overpaid = (found?.get(server.venueId) ?? []).filter(({ kind }) => kind === 'overpaid')
    t.true(overpaid.length > 0)
    t.true(overpaid.every(({ facts }) => facts.ticketId === first.ticketId))
  },
)

onDatabases('gives back no more than was received, once, and the barrier knows', async (t, database) => {
  const server = await startParkingServer(t, database)
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
    const rows: readonly { state: string }[] = await database.dataSource.query(
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
