import { IsNull } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import { recordAudit } from '../../identities/index.ts'
import type { Occasion } from '../../identities/index.ts'
import { ticketEntity } from '../parking.entity.ts'
import { dropTokens } from './rebuild-stays.ts'

/**
 * Ends a stay of a car that is not there, though nobody saw it leave. Nothing is owed for it. Should the car be
 * seen driving out after all, that ends the stay as always.
 * @returns false when no such stay is open
 */
export async function giveUpStay(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, ticketId }: { readonly venueId: VenueId; readonly ticketId: string },
): Promise<boolean> {
  const { affected } = await manager.update(
    ticketEntity,
    { venueId, ticketId, endedAt: IsNull() },
    { endedAt: new Date(occasion.nowMs), endedBy: 'given-up', unpaidFen: null },
  )
  if (!affected) return false
  await dropTokens(manager, venueId, ticketId)
  await recordAudit(manager, occasion, {
    action: 'parking.stay-ended',
    subject: `parking-ticket:${ticketId}`,
    venueId,
    facts: {},
  })
  return true
}
