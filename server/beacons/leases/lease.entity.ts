import { EntitySchema } from 'typeorm'

/** A block of minors of one uuid and major that one installer may give to beacons. */
export const beaconNumberLeaseEntity = new EntitySchema({
  name: 'beacon_number_lease',
  tableName: 'beacon_number_lease',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    leaseId: { name: 'lease_id', type: 'uuid', primary: true },
    levelId: { name: 'level_id', type: 'text' },
    uuid: { type: 'uuid' },
    major: { type: 'integer' },
    fromMinor: { name: 'from_minor', type: 'integer' },
    toMinor: { name: 'to_minor', type: 'integer' },
    leasedTo: { name: 'leased_to', type: 'text' },
    leasedAt: { name: 'leased_at', type: 'timestamptz' },
    expiresAt: { name: 'expires_at', type: 'timestamptz' },
  },
})
