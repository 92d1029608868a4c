import { EntitySchema } from 'typeorm'
import type { Labels, VenueId } from '../../maps/model/index.ts'

/** A mall: what stays when its map changes. */
export interface VenueRow {
  /** Id of the venue feature in its archives, so that the same mall is the same venue on every server. */
  readonly venueId: VenueId
  /** Short name for addresses, `yuntai-place`. */
  readonly slug: string
  /** As in the archive imported last. */
  readonly name: Labels
  /** IANA name of the zone by whose clocks it opens and closes. */
  readonly timeZone: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

export const venueEntity = new EntitySchema<VenueRow>({
  name: 'venue',
  tableName: 'venue',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    slug: { type: 'text' },
    name: { type: 'jsonb' },
    timeZone: { name: 'time_zone', type: 'text', default: 'Asia/Shanghai' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    updatedAt: { name: 'updated_at', type: 'timestamptz' },
  },
  uniques: [{ name: 'venue_slug', columns: ['slug'] }],
})
