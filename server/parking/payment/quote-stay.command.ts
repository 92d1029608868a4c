import { In, MoreThan } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import type { Refusal } from '../../contract/endpoint.ts'
import type { Occasion } from '../../identities/index.ts'
import { paymentEntity, quoteEntity } from '../parking.entity.ts'
import type { QuoteRow, TicketRow } from '../parking.entity.ts'
import type { Settlement } from '../tariff/index.ts'
import { accountOf, settle } from './ticket-account.ts'

/** What a stay costs now; with something due a quote that is honoured until it expires. */
export interface QuotedStay {
  readonly ticket: TicketRow
  readonly settlement: Settlement
  readonly quote?: QuoteRow
}

const minuteMs = 60_000

/**
 * Prices a stay and, with something due, writes down the quote: who pays it before it expires owes nothing more
 * until the time given to leave, whatever the tariff does meanwhile. Asked again soon for the same sum it gives the
 * same quote, so that one stay has not two orders to pay.
 */
export async function quoteStay(
  manager: EntityManager,
  occasion: Occasion,
  key: { readonly venueId: VenueId; readonly ticketId: string },
): Promise<QuotedStay | Refusal<'unknown-ticket'>> {
  // Two who ask at once follow one another.
  await manager.query('SELECT FROM parking_ticket WHERE venue_id = $1 AND ticket_id = $2 FOR UPDATE', [
    key.venueId,
    key.ticketId,
  ])
  const account = await accountOf(manager, key)
  if (!account) return { refused: 'unknown-ticket' }
  const { ticket, tariff } = account
  // Nobody knows when such a car left, and it owes nothing.
  if (ticket.endedBy === 'next-entry' || ticket.endedBy === 'given-up') return { refused: 'unknown-ticket' }
  const settlement = settle(account, occasion.nowMs)
  if (settlement.dueFen === 0 || !tariff) return { ticket, settlement }
  const goodMs = tariff.definition.quoteMinutes * minuteMs
  const [same] = await manager.find(quoteEntity, {
    where: {
      ...{ venueId: key.venueId, ticketId: key.ticketId, dueFen: settlement.dueFen },
      expiresAt: MoreThan(new Date(occasion.nowMs + goodMs / 2)),
    },
    order: { expiresAt: 'DESC' },
    take: 1,
  })
  if (same && !(await isPaid(manager, same))) return { ticket, settlement, quote: same }
  const quote: QuoteRow = {
    ...key,
    quoteId: occasion.newId(),
    dueFen: settlement.dueFen,
    lines: settlement.lines,
    pricedAt: new Date(occasion.nowMs),
    expiresAt: new Date(occasion.nowMs + goodMs),
    exitMinutes: tariff.definition.exitMinutes,
  }
  await manager.insert(quoteEntity, { ...quote, lines: [...quote.lines] })
  return { ticket, settlement, quote }
}

async function isPaid(manager: EntityManager, { venueId, quoteId }: QuoteRow): Promise<boolean> {
  return manager.existsBy(paymentEntity, { venueId, quoteId, state: In(['paid', 'wrong-amount']) })
}
