import { EntitySchema } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { DeviceRole } from '../contract/endpoint.ts'

/** A device of a venue: a kiosk screen that may show its state, or another system that tells what it sees. */
export interface KioskDeviceRow {
  readonly venueId: VenueId
  readonly deviceId: string
  readonly name: string
  readonly role: DeviceRole
  /** SHA-256 of the token, hexadecimal. */
  readonly tokenHash: string
  readonly createdAt: Date
  readonly createdBy: string
  readonly lastSeenAt: Date | null
  readonly revokedAt: Date | null
}

export const kioskDeviceEntity = new EntitySchema<KioskDeviceRow>({
  name: 'kiosk_device',
  tableName: 'kiosk_device',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    deviceId: { name: 'device_id', type: 'uuid', primary: true },
    name: { type: 'text' },
    role: { type: 'text' },
    tokenHash: { name: 'token_hash', type: 'text' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    createdBy: { name: 'created_by', type: 'text' },
    lastSeenAt: { name: 'last_seen_at', type: 'timestamptz', nullable: true },
    revokedAt: { name: 'revoked_at', type: 'timestamptz', nullable: true },
  },
  uniques: [{ name: 'kiosk_device_token', columns: ['tokenHash'] }],
})
