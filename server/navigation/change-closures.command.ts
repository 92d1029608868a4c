import { MoreThan, Or, IsNull } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { maxClosures } from '../contract/navigation.contract.ts'
import type { ClosedThing, ClosureNotice } from '../contract/navigation.contract.ts'
import { recordAudit } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import { appendOutbox } from '../outbox/index.ts'
import { closureEntity, closureStateAt } from './closure.entity.ts'
import type { ClosureRow } from './closure.entity.ts'

/** What an operator closes, why and for how long. */
export interface ClosureWish {
  readonly what: ClosedThing
  readonly reason: ClosureNotice['reason']
  readonly fromMs?: number
  readonly untilMs?: number
}

/**
 * Closes something that is on the map: whoever calls has looked.
 * @returns the closure, or a refusal: already-over, too-many-closures
 */
export async function createClosure(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, wish }: { readonly venueId: VenueId; readonly wish: ClosureWish },
): Promise<ClosureRow | Refusal<'already-over' | 'too-many-closures'>> {
  const now = new Date(occasion.nowMs)
  const { what, reason, fromMs, untilMs } = wish
  if (untilMs !== undefined && untilMs <= occasion.nowMs) return { refused: 'already-over' }
  // One at a time for a venue, so that the bound holds.
  await manager.query('SELECT 1 FROM venue WHERE venue_id = $1 FOR NO KEY UPDATE', [venueId])
  const open = await manager.countBy(closureEntity, {
    venueId,
    endedAt: IsNull(),
    untilAt: Or(IsNull(), MoreThan(now)),
  })
  if (open >= maxClosures) return { refused: 'too-many-closures', facts: { maxClosures } }
  const row: ClosureRow = {
    venueId,
    closureId: occasion.newId(),
    ...{ what, reason },
    fromAt: new Date(fromMs ?? occasion.nowMs),
    untilAt: untilMs === undefined ? null : new Date(untilMs),
    createdAt: now,
    createdBy: occasion.actor,
    endedAt: null,
  }
  await manager.insert(closureEntity, row)
  await recordChange(manager, occasion, row, 'closure.created')
  return row
}

/** Ends a closure now; one that is over stays as it is. @returns undefined when there is none */
export async function endClosure(
  manager: EntityManager,
  occasion: Occasion,
  key: { readonly venueId: VenueId; readonly closureId: string },
): Promise<ClosureRow | undefined> {
  const row = await manager.findOne(closureEntity, { where: key, lock: { mode: 'pessimistic_write' } })
  if (!row || closureStateAt(row, occasion.nowMs) === 'over') return row ?? undefined
  const ended = { ...row, endedAt: new Date(occasion.nowMs) }
  await manager.update(closureEntity, key, { endedAt: ended.endedAt })
  await recordChange(manager, occasion, ended, 'closure.ended')
  return ended
}

async function recordChange(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, closureId, what }: ClosureRow,
  action: 'closure.created' | 'closure.ended',
): Promise<void> {
  const facts = { kind: what.kind, ...('id' in what ? { id: what.id } : { levelId: what.levelId }) }
  await recordAudit(manager, occasion, { action, subject: `closure:${closureId}`, venueId, facts })
  await appendOutbox(manager, occasion, { venueId, topic: action, payload: { closureId, ...facts } })
}
