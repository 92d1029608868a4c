import { z } from 'zod'
import { parkingContract as contract } from '../../../contract/parking.contract.ts'
import { newUuid } from '../../../platform/ids.ts'
import type { OnParking } from '../../testing/parking-server.ts'
import { createPlateVault } from '../../plates/index.ts'
import { forgetOld, parkingHolder } from '../../retention.ts'
import { recordBarrierEvent } from '../../stays/record-barrier-event.command.ts'
import { refreshUnpaid } from '../ticket-account.ts'
import { numberOf } from '../wechat/wechat-pay.ts'
import { asksFor, give, paid, unpaidOf } from './pay-harness.ts'
import type { ParkingServer } from '../../testing/parking-server.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

const shownLines = z.array(z.object({ text: z.object({ en: z.string() }), amountFen: z.number() }))

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

  onParking('nothing is booked as given back that nobody can give back', async (t, server) => {
    const { client, tokens, venueId, database } = server
    const { paymentId } = await paid(server, '浙A10001')
    // Paid by a method that has been switched off since.
    await database.dataSource.query(`UPDATE parking_payment SET method = 'demo'`)
    const operator = client(tokens.operator)
    const params = { venueId, paymentId }
    const body = { amountFen: 300, reference: 'till 7', reason: 'test' }
    t.is((await operator.call(contract.refundPayment, { params, body })).status, 409)
    const read = await operator.call(contract.readPayment, { params })
    t.true(read.ok && read.body.refundedFen === 0)
    t.is(await asksFor(server, '浙A10001'), 'open 0')
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
    const operator = client(await server.tokenOf('operator'))
    const priceOf = (ticketId: string) =>
      operator.call(contract.quote, { params: { venueId }, body: { car: { ticketId } } })
    t.is((await priceOf(missed.ticketId)).status, 404, 'and nobody can say what it owes')
    const given = await tell({ plate: '浙A10010', atMs: clock.nowMs - 90 * minuteMs })
    t.is((await priceOf(given!)).status, 200)
    const params = { venueId, ticketId: given! }
    t.is((await operator.call(contract.endStay, { params })).status, 204)
    t.is((await priceOf(given!)).status, 404)
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

  onParking(
    'a quote is honoured until it expires, and then the time that passed is due',
    async (t, server) => {
      const { standIn, notify, clock } = server
      const inTime = await server.begunPayment('浙A10001', 110)
      const tooLate = await server.begunPayment('浙A10002', 110)
      t.deepEqual([inTime.amountFen, tooLate.amountFen], [1000, 1000])
      // The third hour begins, and the quote is good for a minute more.
      clock.nowMs += 14 * minuteMs
      t.is(await asksFor(server, '浙A10001'), 'pay 1500')
      standIn.pay(inTime.number)
      await notify(standIn.noticeOf(inTime.number))
      t.is(await asksFor(server, '浙A10001'), 'open 0')
      clock.nowMs += 2 * minuteMs
      standIn.pay(tooLate.number)
      await notify(standIn.noticeOf(tooLate.number))
      t.is(await asksFor(server, '浙A10002'), 'pay 500', 'it had expired: the third hour is due')
      clock.nowMs += 13 * minuteMs
      t.is(await asksFor(server, '浙A10001'), 'open 0', 'a quarter of an hour after paying')
      clock.nowMs += 1
      t.is(await asksFor(server, '浙A10001'), 'pay 500')
    },
  )

  onParking('a tariff prices who drives in under it, and nobody before', async (t, server) => {
    const { client, tokens, venueId, clock } = server
    const params = { venueId }
    const read = async () => {
      const answer = await client().call(contract.readTariff, { params })
      if (!answer.ok || !answer.body) throw new Error(JSON.stringify(answer))
      return answer.body
    }
    const now = await read()
    const dear = structuredClone(now.definition)
    for (const day of Object.values(dear.days)) for (const band of day.bands) band.fenPerUnit = 9000
    const wish = { validFromMs: clock.nowMs + 60 * minuteMs, definition: dear }
    const operator = await server.tokenOf('operator')
    const set = await client(operator).call(contract.setTariff, { params, body: wish })
    t.is(set.status, 201)
    t.is((await read()).id, now.id, 'not yet')
    await server.tell({ plate: '浙A10001' })
    clock.nowMs += 61 * minuteMs
    t.is((await read()).validFromMs, wish.validFromMs)
    t.is(await asksFor(server, '浙A10001'), 'pay 1000', 'it drove in before')
    await server.tell({ plate: '浙A10002' })
    clock.nowMs += 40 * minuteMs
    t.not(await asksFor(server, '浙A10002'), 'pay 500')
    t.is((await client(tokens.kiosk).call(contract.setTariff, { params, body: wish })).status, 403)
  })

  onParking('a coupon is taken off once for its code, and for one car', async (t, server) => {
    const { client, tokens, venueId } = server
    for (const plate of ['浙A10001', '浙A10002']) {
      await server.tell({ plate, atMs: server.clock.nowMs - 90 * minuteMs })
    }
    const grant = async (plate: string, value: number, reference = 'coupon 1') => {
      const body = { car: { plate }, reference, from: 'coupon', kind: 'amount', value } as const
      const granted = await client(tokens.system).call(contract.grantBenefit, { params: { venueId }, body })
      return granted.ok ? granted.body.id : granted.status
    }
    const both = await Promise.all([grant('浙A10001', 300), grant('浙A10001', 300)])
    t.is(both[0], both[1])
    t.is(await grant('浙A10001', 300), both[0])
    t.is(await asksFor(server, '浙A10001'), 'pay 700')
    t.is(await grant('浙A10001', 400), 409)
    t.is(await grant('浙A10002', 300), 409)
    t.is(await asksFor(server, '浙A10002'), 'pay 1000')
    t.is(await grant('浙A10003', 300, 'coupon 2'), 404)
    t.is(await grant('no plate', 300, 'coupon 2'), 422)
  })

  onParking('what a car left without paying is paid later, by its owner or at a desk', async (t, server) => {
    const { client, tokens, venueId, clock, standIn, notify } = server
    const params = { venueId }
    const { token } = await server.shopper('浙A10001')
    const left = async (plate: string) => {
      const ticketId = await server.tell({ plate, atMs: clock.nowMs - 90 * minuteMs + 12_345 })
      await server.tell({ kind: 'exit', plate, atMs: clock.nowMs - 1 })
      return ticketId!
    }
    const [mine, other] = [await left('浙A10001'), await left('浙A10002')]
    clock.nowMs += 30 * minuteMs
    const debts = async (who: string) => {
      const listed = await client(who).call(contract.listMyDebts, { params })
      return listed.ok ? listed.body : listed.status
    }
    t.deepEqual(await debts(token), [
      {
        ...{ ticketId: mine, plate: '浙A•••01', unpaidFen: 1000 },
        ...{ enteredAtMs: clock.nowMs - 120 * minuteMs, leftAtMs: clock.nowMs - 31 * minuteMs },
      },
    ])
    t.deepEqual(await debts((await server.shopper()).token), [])
    const pay = async (who: string, ticketId: string) => {
      const quoted = await client(who).call(contract.quote, { params, body: { car: { ticketId } } })
      if (!quoted.ok || quoted.body.quoteId === undefined) return quoted.status
      t.is(quoted.body.dueFen, 1000, 'the time after leaving costs nothing')
      const key = { venueId, quoteId: quoted.body.quoteId }
      const begun = await client(who).call(contract.payQuote, { params: key, body: { method: 'wechat' } })
      if (!begun.ok) return begun.status
      standIn.pay(numberOf(begun.body.paymentId))
      await notify(standIn.noticeOf(numberOf(begun.body.paymentId)))
      return begun.body.pay.method
    }
    t.is(await pay(token, other), 404, 'nobody else’s')
    t.is(await pay(token, mine), 'wechat')
    t.is(await pay(tokens.operator, other), 'wechat-code', 'the payer scans it at the desk')
    t.deepEqual(
      [await unpaidOf(server, mine), await unpaidOf(server, other)],
      [
        ['exit', 0],
        ['exit', 0],
      ],
    )
    t.deepEqual(await debts(token), [])
  })

  onParking('a kiosk pays by a code, and learns no more than it shows', async (t, server) => {
    const { client, tokens, venueId, standIn, notify, clock, ask } = server
    const params = { venueId }
    const kiosk = client(tokens.kiosk)
    const ticketId = await server.tell({ plate: '浙A10001', atMs: clock.nowMs - 90 * minuteMs - 12_345 })
    const benefit = { reference: 'receipt 9', from: 'member', kind: 'minutes', value: 60 } as const
    await client(tokens.system).call(contract.grantBenefit, {
      params,
      body: { car: { plate: '浙A10001' }, ...benefit },
    })
    const found = await kiosk.call(contract.searchCars, { params, body: { ending: '10001' } })
    const candidate = found.ok ? found.body.candidates[0]!.candidate : ''
    // Every field that leaves to a screen. A new one has to be written down here, and thought about.
    const sent = async (path: string, body?: object) => {
      const answer = await ask(`/v1/venues/${venueId}/parking/${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${tokens.kiosk}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      t.notRegex(answer.text, new RegExp(`10001|${ticketId!}|receipt|会员|[Mm]ember|浙A`), path)
      return answer.json as Record<string, unknown>
    }
    const quote = await sent('quotes', { car: { candidate } })
    t.deepEqual(Object.keys(quote).sort(), [
      ...['benefitFen', 'dueFen', 'enteredAtMs', 'expiresAtMs', 'grossFen', 'lines', 'paidFen', 'quoteId'],
    ])
    t.is(Number(quote.enteredAtMs) % minuteMs, 0)
    t.deepEqual(
      shownLines
        .parse(quote.lines)
        .map(({ text, amountFen }) => [text.en.replace(/^2026-11-20 /, ''), amountFen]),
      [
        ['(workday), day: 2 started 60 min × ¥5.00', 1000],
        ['Benefits', -500],
      ],
    )
    const begun = await sent(`quotes/${String(quote.quoteId)}/payments`, { method: 'wechat' })
    t.deepEqual(Object.keys(begun).sort(), ['amountFen', 'expiresAtMs', 'pay', 'paymentId'])
    t.deepEqual(Object.keys(begun.pay as object).sort(), ['codeUrl', 'method'])
    const again = await sent(`quotes/${String(quote.quoteId)}/payments`, { method: 'wechat' })
    t.is(again.paymentId, begun.paymentId, 'a second tap is no second order')
    standIn.pay(numberOf(String(begun.paymentId)))
    await notify(standIn.noticeOf(numberOf(String(begun.paymentId))))
    const paid = await sent(`payments/${String(begun.paymentId)}`)
    t.deepEqual(Object.keys(paid).sort(), [
      ...['askedFen', 'id', 'leaveByMs', 'paidAtMs', 'receivedFen', 'refundedFen', 'state'],
    ])
    t.is(await asksFor(server, '浙A10001'), 'open 0')
  })

  onParking('a shopper’s payments go with them, and stay without them', async (t, server) => {
    const vault = createPlateVault([Uint8Array.from(Buffer.from('11'.repeat(32), 'hex'))])
    const holder = parkingHolder(vault)
    const begun = await paid(server, '浙A10001')
    const [row]: readonly { visitor_id: string }[] = await server.database.dataSource.query(
      'SELECT visitor_id FROM parking_payment',
    )
    const visitorId = row!.visitor_id
    const { manager } = server.database.dataSource
    t.like(await holder.exportOf(manager, visitorId), { payments: { length: 1 } })
    const toId = newUuid()
    await holder.join?.(manager, { fromId: visitorId, toId })
    t.is(await holder.exportOf(manager, visitorId), null)
    t.like(await holder.exportOf(manager, toId), { payments: { length: 1 }, plates: { length: 1 } })
    await holder.erase(manager, toId)
    t.is(await holder.exportOf(manager, toId), null)
    const kept: readonly object[] = await server.database.dataSource.query(
      'SELECT visitor_id, received_fen FROM parking_payment WHERE payment_id = $1',
      [begun.paymentId],
    )
    t.deepEqual(kept, [{ visitor_id: null, received_fen: 1000 }], 'the books stay')
  })

  onParking(
    'a notice is written down once for its number, and forgotten after a month',
    async (t, server) => {
      const { standIn, notify, database, clock } = server
      const begun = await server.begunPayment('浙A10001')
      standIn.pay(begun.number)
      for (let time = 0; time < 3; time++) await notify(standIn.noticeOf(begun.number))
      await notify(standIn.noticeOf(begun.number, { noticeId: 'another' }))
      const kept = async () => {
        const rows: readonly { outcome: string }[] = await database.dataSource.query(
          'SELECT outcome FROM parking_notice ORDER BY outcome',
        )
        return rows.map(({ outcome }) => outcome)
      }
      t.deepEqual(await kept(), ['known', 'settled'])
      await forgetOld(database, clock.nowMs + 29 * dayMs)
      t.is((await kept()).length, 2)
      await forgetOld(database, clock.nowMs + 31 * dayMs)
      t.deepEqual(await kept(), [])
    },
  )
}
