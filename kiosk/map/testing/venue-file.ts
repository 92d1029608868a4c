import { demoMall } from '../../../maps/demo/index.ts'
import { connectorsOf } from '../../../maps/connectors/index.ts'
import { destinationsOf } from '../../../maps/directory/index.ts'
import type { Archive, Destination } from '../../../maps/model/index.ts'
import { levelGeoJson, nameIn } from '../../../maps/render/index.ts'
import { buildRoutingTables, encodeRoutingTables } from '../../../maps/routes/index.ts'
import { realMall } from '../../../maps/routes/testing/real-mall.ts'
import type { KioskLevel } from '../model.ts'

/** What a kiosk keeps of a venue, as one file for the page under test. */
export interface VenueFile {
  readonly levels: readonly KioskLevel[]
  readonly destinations: readonly Destination[]
  /** `encodeRoutingTables`. */
  readonly tables: string
}

/** The demo mall as a kiosk knows it. */
export function demoVenueFile(): VenueFile {
  return venueFileOf(demoMall())
}

/** The real mall, where it is at hand. */
export function realVenueFile(): VenueFile | undefined {
  const mall = realMall()
  return mall && venueFileOf(mall.archive)
}

function venueFileOf(archive: Archive): VenueFile {
  if (connectorsOf(archive).length === 0) throw new Error('The venue has no connectors to route over')
  const destinations = destinationsOf(archive)
  const features = [...archive.features.level].sort((a, b) => a.properties.ordinal - b.properties.ordinal)
  const levels = features.map(({ id, properties: { short_name, ordinal } }): KioskLevel => {
    const map = levelGeoJson(archive, id, destinations)
    if (!map) throw new Error(`Level ${id} is not drawn`)
    return { id, name: nameIn(short_name, archive.manifest.language), ordinal, map }
  })
  return {
    levels,
    destinations,
    tables: encodeRoutingTables(buildRoutingTables(archive, destinations), 'test'),
  }
}
