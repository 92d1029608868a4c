import { parkingContract as contract } from '../../../contract/parking.contract.ts'
import { newUuid } from '../../../platform/ids.ts'
import type { OnParking } from '../../testing/parking-server.ts'
import { createPlateVault } from '../../plates/index.ts'
import { forgetOld } from '../../retention.ts'
import { recordBarrierEvent } from '../../stays/record-barrier-event.command.ts'
import { refreshUnpaid } from '../ticket-account.ts'
import { asksFor, give, paid, unpaidOf } from './pay-harness.ts'
import type { ParkingServer } from '../../testing/parking-server.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Who owes what: quotes, refunds, exits and corrections. */
export function debtCases(onParking: OnParking): void {
  onParking('a refund asked for twice under one reference is given once', async (t, server) => {
    const begun = await paid(server, '浙A10001')
    const both = await Promise.all([give(server, begun, 300, 'till 7'), give(server, begun, 300, 'till 7')])
    t.is(both[0].refundId, both[1].refundId)
    t.is((await give(server, begun, 300, 'till 7')).refundId, both[0].refundId)
    t.is(await asksFor(server, '浙A10001'), 'pay 300')
    t.not((await give(server, begun, 100, 'till 8')).refundId, both[0].refundId)
    t.is(await asksFor(server, '浙A10001'), 'pay 400')
  })

  onParking('one stay has one quote while it is good, and old ones are forgotten', async (t, server) => {
    const { client, venueId, clock } = server
    const begun = await server.begunPayment('浙A10001')
    const quote = async (token = begun.token) => {
      const body = { car: { ticketId: begun.ticketId } }
      const quoted = await client(token).call(contract.quote, { params: { venueId }, body })
      return quoted.ok ? quoted.body.quoteId : quoted.status
    }
    const first = await quote()
    t.is(await quote(), first)
    const pay = () =>
      client(begun.token).call(contract.payQuote, {
        params: { venueId, quoteId: String(first) },
        body: { method: 'wechat' },
      })
    const again = await pay()
    t.is(again.ok && again.body.paymentId, begun.paymentId, 'one order')
    t.is(await quote((await server.shopper()).token), 404, 'nobody else’s ticket')
    clock.nowMs += 14 * minuteMs
    t.not(await quote(), first, 'one that is about to expire is made anew')
    clock.nowMs += 2 * minuteMs
    t.is((await pay()).status, 409, 'it has expired')
    const quotes = async () => {
      const rows: readonly { quote_id: string }[] = await server.database.dataSource.query(
        'SELECT quote_id FROM parking_quote',
      )
      return rows.map(({ quote_id: id }) => id)
    }
    t.is((await quotes()).length, 2)
    await forgetOld(server.database, clock.nowMs + 31 * dayMs)
    t.deepEqual(await quotes(), [first], 'the one with a payment stays')
  })

  onParking('nobody is said to owe what they do not owe', async (t, server) => {
    const { client, tokens, venueId, clock } = server
    const tell = (event: Parameters<ParkingServer['tell']>[0]) => server.tell(event)
    // Too much was paid and given back: the time to leave holds, also when the next hour begins meanwhile.
    const over = await server.begunPayment('浙A10004', 110)
    server.standIn.pay(over.number, 5000)
    await server.notify(server.standIn.noticeOf(over.number))
    await give(server, over, 5000 - over.amountFen)
    clock.nowMs += 12 * minuteMs
    t.is(await asksFor(server, '浙A10004'), 'open 0')
    await give(server, over, 1)
    t.not(await asksFor(server, '浙A10004'), 'open 0', 'what was given back of the price itself is due again')
    // Goodwill after leaving is no debt; given back before leaving it is.
    const goodwill = await paid(server, '浙A10005')
    await tell({ kind: 'exit', plate: '浙A10005' })
    clock.nowMs += minuteMs
    await give(server, goodwill, 1000)
    t.deepEqual(await unpaidOf(server, goodwill.ticketId), ['exit', 0])
    const before = await paid(server, '浙A10006')
    await give(server, before, 400)
    clock.nowMs += minuteMs
    await tell({ kind: 'exit', plate: '浙A10006' })
    t.deepEqual(await unpaidOf(server, before.ticketId), ['exit', 400])
    // An exit read as another car's: nothing is owed, and the world is told that it is inside.
    const reopened = await tell({ plate: '浙A10007', atMs: clock.nowMs - 90 * minuteMs })
    await tell({ kind: 'exit', eventId: 'misread', plate: '浙A10007' })
    t.deepEqual(await unpaidOf(server, reopened!), ['exit', 1000])
    const body = { plate: '浙A19999' }
    const correct = { params: { venueId, eventId: 'misread' }, body }
    t.is((await client(tokens.operator).call(contract.correctPlate, correct)).status, 204)
    t.deepEqual(await unpaidOf(server, reopened!), [null, null])
    const topics: readonly { topic: string }[] = await server.database.dataSource.query(
      `SELECT topic FROM outbox_event WHERE payload ->> 'ticketId' = $1 ORDER BY seq`,
      [reopened],
    )
    t.deepEqual(
      topics.map(({ topic }) => topic),
      ['parking.entered', 'parking.left', 'parking.reopened'],
    )
    // An entry seen earlier than thought makes the stay longer, and what was left unpaid more.
    const longer = await tell({ plate: '浙A10008', atMs: clock.nowMs - 119 * minuteMs })
    await tell({ kind: 'exit', plate: '浙A10008' })
    t.deepEqual(await unpaidOf(server, longer!), ['exit', 1000])
    await tell({ plate: '浙A10008', atMs: clock.nowMs - 121 * minuteMs })
    t.deepEqual(await unpaidOf(server, longer!), ['exit', 1500])
    // Its exit was missed and it came back the next day: nobody knows when it left.
    const missed = await paid(server, '浙A10009')
    clock.nowMs += dayMs
    await tell({ plate: '浙A10009' })
    t.deepEqual(await unpaidOf(server, missed.ticketId), ['next-entry', null])
  })

  onParking('a payment that becomes known while its car leaves is taken off', async (t, server) => {
    // Two transactions at once need two connections, which the embedded database has not.
    if (server.database.engine === 'embedded') {
      t.pass('one connection: nothing is at once')
      return
    }
    const { venueId, clock } = server
    const begun = await server.begunPayment('浙A10001')
    server.standIn.pay(begun.number, 400)
    const tools = {
      vault: createPlateVault([Uint8Array.from(Buffer.from('11'.repeat(32), 'hex'))]),
      newId: newUuid,
    }
    const occasion = { actor: 'system', nowMs: clock.nowMs, newId: newUuid } as const
    let settling: Promise<number> | undefined
    await server.database.transaction(async (manager) => {
      const seen = { eventId: 'out', kind: 'exit', atMs: clock.nowMs, gate: 's', plate: '浙A10001' } as const
      const { changes } = await recordBarrierEvent(manager, occasion, { venueId, seen }, tools)
      for (const { ticketId } of changes) await refreshUnpaid(manager, { venueId, ticketId })
      settling = server.notify(server.standIn.noticeOf(begun.number))
      // Either it waits for this transaction, as it should, or it is done: both are seen in the database.
      for (let tries = 0; tries < 500; tries++) {
        const [row]: readonly { waits: string; paid: string }[] = await server.database.dataSource.query(
          `SELECT (SELECT count(*) FROM pg_locks WHERE NOT granted) AS waits,
           (SELECT count(*) FROM parking_payment WHERE received_fen = 400) AS paid`,
        )
        if (row && (row.waits !== '0' || row.paid !== '0')) break
      }
    })
    t.is(await settling, 204)
    t.deepEqual(await unpaidOf(server, begun.ticketId), ['exit', 600])
  })
}
