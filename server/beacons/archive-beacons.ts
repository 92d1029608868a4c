import { z } from 'zod'
import type { Archive, LevelId } from '../../maps/model/index.ts'
import { newBeaconFields } from './beacon.ts'
import type { BeaconFields, BeaconIdentity } from './beacon.ts'

const collection = z.object({
  features: z.array(
    z.object({
      geometry: z.object({ type: z.literal('Point'), coordinates: z.tuple([z.number(), z.number()]) }),
      properties: z.object({
        level_id: z.string(),
        uuid: z.guid().toLowerCase(),
        major: z.int().min(0).max(65_535),
        minor: z.int().min(0).max(65_535),
        txPowerDbm: z.int().min(-100).max(-20),
        intervalMs: z.int().min(20).max(10_240),
        mountHeightM: z.number().min(0).max(50),
      }),
    }),
  ),
})

/**
 * The beacons an archive brings along in its extension `beacon` (`maps/demo/README.md`), as installed ones; none when it
 * has no such extension or one of another form. O(beacons).
 */
export function beaconsOfArchive(
  archive: Archive,
): { readonly identity: BeaconIdentity; readonly fields: BeaconFields }[] {
  const parsed = collection.safeParse(archive.extensions.beacon)
  if (!parsed.success) return []
  const levels = new Set<string>(archive.features.level.map(({ id }) => id))
  return parsed.data.features
    .filter(({ properties }) => levels.has(properties.level_id))
    .map(({ geometry, properties }) => ({
      identity: { uuid: properties.uuid, major: properties.major, minor: properties.minor },
      fields: {
        ...newBeaconFields,
        state: 'installed',
        // One of the archive's own levels, as checked above.
        levelId: properties.level_id as LevelId,
        lon: geometry.coordinates[0],
        lat: geometry.coordinates[1],
        mountHeightM: properties.mountHeightM,
        measuredPowerDbm: properties.txPowerDbm,
        intervalMs: properties.intervalMs,
      },
    }))
}
