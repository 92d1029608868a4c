import { EntitySchema } from 'typeorm'

/** A secret of a beacon's hardware, sealed. */
export const beaconSecretEntity = new EntitySchema({
  name: 'beacon_secret',
  tableName: 'beacon_secret',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    address: { type: 'text', primary: true },
    versionId: { name: 'version_id', type: 'uuid', primary: true },
    driverId: { name: 'driver_id', type: 'text' },
    state: { type: 'text' },
    keyId: { name: 'key_id', type: 'text' },
    sealed: { type: 'bytea' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    createdBy: { name: 'created_by', type: 'text' },
    provenAt: { name: 'proven_at', type: 'timestamptz', nullable: true },
  },
})
