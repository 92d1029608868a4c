import { EntitySchema } from 'typeorm'
import type { LevelId, VenueId } from '../../maps/model/index.ts'
import type { LeftCause, PresenceZone } from './presence-event.ts'

/** That somebody was in a zone: no track, no position. */
export interface VisitRow {
  readonly venueId: VenueId
  readonly visitId: string
  readonly visitorId: string
  readonly zoneId: string
  readonly zoneKind: PresenceZone['kind']
  readonly levelId: LevelId
  readonly enteredAt: Date
  readonly leftAt: Date
  readonly dwellMs: number
  /** Why it ended. */
  readonly ended: LeftCause['why']
}

export const visitEntity = new EntitySchema<VisitRow>({
  name: 'visit',
  tableName: 'visit',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    visitId: { name: 'visit_id', type: 'uuid', primary: true },
    visitorId: { name: 'visitor_id', type: 'uuid' },
    zoneId: { name: 'zone_id', type: 'text' },
    zoneKind: { name: 'zone_kind', type: 'text' },
    levelId: { name: 'level_id', type: 'text' },
    enteredAt: { name: 'entered_at', type: 'timestamptz' },
    leftAt: { name: 'left_at', type: 'timestamptz' },
    dwellMs: { name: 'dwell_ms', type: 'integer' },
    ended: { type: 'text' },
  },
  indices: [
    { name: 'visit_visitor', columns: ['visitorId'] },
    { name: 'visit_zone', columns: ['venueId', 'zoneId', 'enteredAt'] },
    { name: 'visit_left', columns: ['leftAt'] },
  ],
})
