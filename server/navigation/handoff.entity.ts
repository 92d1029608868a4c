import { EntitySchema } from 'typeorm'
import type { LevelId, VenueId } from '../../maps/model/index.ts'
import type { Profile } from '../../maps/routes/index.ts'

/** Where a handed-over way begins, stops or ends: a destination of the map, or a point in metres of a level. */
export type HandoffSpot =
  { readonly place: string } | { readonly levelId: LevelId; readonly x: number; readonly y: number }

/** A way as it is handed over: what was asked for, so that the phone finds it by the map it has. */
export interface HandoffWay {
  readonly from: HandoffSpot
  readonly to: readonly HandoffSpot[]
  readonly profile: Profile
  readonly lang: 'zh' | 'en'
}

/** A way that waits for a phone, or was opened by one. Nothing of a person is in it. */
export interface HandoffRow {
  readonly venueId: VenueId
  readonly handoffId: string
  /** SHA-256 of the code, hexadecimal. */
  readonly codeHash: string
  readonly way: HandoffWay
  readonly createdAt: Date
  readonly expiresAt: Date
  /** SHA-256 of the key of the phone that opened it. */
  readonly phoneHash: string | null
}

export const handoffEntity = new EntitySchema<HandoffRow>({
  name: 'handoff',
  tableName: 'handoff',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    handoffId: { name: 'handoff_id', type: 'uuid', primary: true },
    codeHash: { name: 'code_hash', type: 'text' },
    way: { type: 'jsonb' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    expiresAt: { name: 'expires_at', type: 'timestamptz' },
    phoneHash: { name: 'phone_hash', type: 'text', nullable: true },
  },
  uniques: [{ name: 'handoff_code', columns: ['codeHash'] }],
  indices: [{ name: 'handoff_expiry', columns: ['expiresAt'] }],
})
