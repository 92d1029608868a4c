import { parkingContract as contract } from '../../../contract/parking.contract.ts'
import { newUuid } from '../../../platform/ids.ts'
import { silentLog } from '../../../testing/silent-log.ts'
import type { BegunPayment, ParkingServer } from '../../testing/parking-server.ts'

export async function stateOf({ database }: ParkingServer, { paymentId }: BegunPayment) {
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
export async function barrier({ client, tokens, venueId }: ParkingServer, plate: string) {
  const checked = await client(tokens.system).call(contract.checkExit, {
    params: { venueId },
    body: { plate },
  })
  if (!checked.ok) throw new Error(JSON.stringify(checked))
  return { decision: checked.body.decision, dueFen: checked.body.dueFen }
}

export function parts({ database, clock, provider }: ParkingServer) {
  return { database, provider, clock: () => clock.nowMs, newId: newUuid, log: silentLog as never }
}

export async function settledTimes(
  { database: { dataSource } }: ParkingServer,
  { paymentId }: BegunPayment,
): Promise<number> {
  const rows: readonly unknown[] = await dataSource.query(
    `SELECT FROM audit_entry WHERE action = 'parking.paid' AND subject = $1`,
    [`parking-payment:${paymentId}`],
  )
  return rows.length
}

export async function paid(server: ParkingServer, plate: string, amountFen?: number): Promise<BegunPayment> {
  const begun = await server.begunPayment(plate)
  server.standIn.pay(begun.number, amountFen)
  await server.notify(server.standIn.noticeOf(begun.number))
  return begun
}

export async function give(
  { client, tokens, venueId }: ParkingServer,
  { paymentId }: BegunPayment,
  amountFen: number,
  reference = newUuid(),
) {
  const given = await client(tokens.operator).call(contract.refundPayment, {
    params: { venueId, paymentId },
    body: { amountFen, reference, reason: 'test' },
  })
  if (!given.ok) throw new Error(JSON.stringify(given))
  return given.body
}

export async function unpaidOf({ database }: ParkingServer, ticketId: string) {
  const rows: readonly { ended_by: string | null; unpaid_fen: number | null }[] =
    await database.dataSource.query('SELECT ended_by, unpaid_fen FROM parking_ticket WHERE ticket_id = $1', [
      ticketId,
    ])
  return [rows[0]?.ended_by, rows[0]?.unpaid_fen]
}

/** What the barrier is told of a plate, in a word. */
export async function asksFor(server: ParkingServer, plate: string): Promise<string> {
  const { decision, dueFen } = await barrier(server, plate)
  return `${decision} ${String(dueFen)}`
}
