import { EntitySchema } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { ClosedThing, ClosureNotice } from '../contract/navigation.contract.ts'

/** Something that is not as the map says for a while. It stays in its table when it is over. */
export interface ClosureRow {
  readonly venueId: VenueId
  readonly closureId: string
  /** By the ids of the map at the time; what the router takes is derived from the map of the day. */
  readonly what: ClosedThing
  readonly reason: ClosureNotice['reason']
  readonly fromAt: Date
  /** As planned; null: until somebody ends it. */
  readonly untilAt: Date | null
  readonly createdAt: Date
  readonly createdBy: string
  /** When an operator ended it before its time. */
  readonly endedAt: Date | null
}

export const closureEntity = new EntitySchema<ClosureRow>({
  name: 'closure',
  tableName: 'closure',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    closureId: { name: 'closure_id', type: 'uuid', primary: true },
    what: { type: 'jsonb' },
    reason: { type: 'jsonb' },
    fromAt: { name: 'from_at', type: 'timestamptz' },
    untilAt: { name: 'until_at', type: 'timestamptz', nullable: true },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    createdBy: { name: 'created_by', type: 'text' },
    endedAt: { name: 'ended_at', type: 'timestamptz', nullable: true },
  },
  checks: [{ name: 'closure_order', expression: 'until_at IS NULL OR from_at < until_at' }],
})

/** When a closure is over, ms; undefined while nobody knows. */
export function overAtMs({ untilAt, endedAt }: Pick<ClosureRow, 'untilAt' | 'endedAt'>): number | undefined {
  return (endedAt ?? untilAt)?.getTime()
}

/** How a closure stands at a moment. */
export function closureStateAt(row: ClosureRow, nowMs: number): 'planned' | 'in-force' | 'over' {
  if ((overAtMs(row) ?? Infinity) <= nowMs) return 'over'
  return row.fromAt.getTime() > nowMs ? 'planned' : 'in-force'
}
