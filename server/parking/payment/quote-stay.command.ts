import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import type { Refusal } from '../../contract/endpoint.ts'
import type { Occasion } from '../../identities/index.ts'
import { quoteEntity } from '../parking.entity.ts'
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
 * until the time given to leave, whatever the tariff does meanwhile.
 */
export async function quoteStay(
  manager: EntityManager,
  occasion: Occasion,
  key: { readonly venueId: VenueId; readonly ticketId: string },
): Promise<QuotedStay | Refusal<'unknown-ticket'>> {
  const account = await accountOf(manager, key)
  if (!account) return { refused: 'unknown-ticket' }
  const { ticket, tariff } = account
  const settlement = settle(account, occasion.nowMs)
  if (settlement.dueFen === 0 || !tariff) return { ticket, settlement }
  const quote: QuoteRow = {
    ...key,
    quoteId: occasion.newId(),
    dueFen: settlement.dueFen,
    lines: settlement.lines,
    pricedAt: new Date(occasion.nowMs),
    expiresAt: new Date(occasion.nowMs + tariff.definition.quoteMinutes * minuteMs),
    exitMinutes: tariff.definition.exitMinutes,
  }
  await manager.insert(quoteEntity, { ...quote, lines: [...quote.lines] })
  return { ticket, settlement, quote }
}
