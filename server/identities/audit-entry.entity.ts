import { EntitySchema } from 'typeorm'
import type { Json, VenueId } from '../../maps/model/index.ts'

/** Something that was changed, and by whom. Entries are only ever added. */
export interface AuditEntryRow {
  /** UUID version 7: sorts by time. */
  readonly entryId: string
  readonly at: Date
  /** `account:…`, `device:…`, or `system` for the command line and the server itself. */
  readonly actor: string
  /** `account.created`, `version.published`. */
  readonly action: string
  /** What was changed: `account:…`. */
  readonly subject: string
  readonly venueId: VenueId | null
  readonly requestId: string | null
  /** What changed, without secrets and names. */
  readonly facts: Readonly<Record<string, Json>>
}

export const auditEntryEntity = new EntitySchema<AuditEntryRow>({
  name: 'audit_entry',
  tableName: 'audit_entry',
  columns: {
    entryId: { name: 'entry_id', type: 'uuid', primary: true },
    at: { type: 'timestamptz' },
    actor: { type: 'text' },
    action: { type: 'text' },
    subject: { type: 'text' },
    venueId: { name: 'venue_id', type: 'uuid', nullable: true },
    requestId: { name: 'request_id', type: 'text', nullable: true },
    facts: { type: 'jsonb' },
  },
  indices: [{ name: 'audit_entry_venue', columns: ['venueId', 'entryId'] }],
})
