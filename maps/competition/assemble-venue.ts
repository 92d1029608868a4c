import { componentsOf, ringsOf, signedAreaM2, union } from '../geometry/index.ts'
import { levelFrameOf, toLonLat } from '../model/index.ts'
import type { Archive, Areal, LevelFeature, LevelFrame } from '../model/index.ts'
import type { LevelContents, VenueFacts } from './build-level.ts'
import { idOf } from './ids.ts'

export interface NamedVenue extends VenueFacts {
  readonly name: string
  /** Id of one of the source's features that the venue's own ids are made of. */
  readonly key: string
  /** ISO 8601; when the source was last written. */
  readonly created: string
}

/** The archive of a venue from its levels, lowest first: one building, one footprint, no address. */
export function assembleVenue(levels: readonly LevelContents[], venue: NamedVenue): Archive {
  const outlines = levels.map(({ level }) => level)
  const ground = outlines.find(({ properties }) => properties.ordinal === 0) ?? outlines[0]
  return {
    manifest: {
      version: '1.0.0',
      created: venue.created,
      generated_by: 'Atrium',
      language: venue.language,
      extensions: null,
    },
    features: {
      address: [],
      venue: [
        {
          id: idOf.venue(venue.key),
          type: 'Feature',
          feature_type: 'venue',
          geometry: extentOf(outlines),
          properties: {
            category: 'shoppingcenter',
            restriction: null,
            name: { [venue.language]: venue.name },
            alt_name: null,
            hours: null,
            phone: null,
            website: null,
            display_point: null,
            address_id: null,
          },
        },
      ],
      building: [
        {
          id: venue.buildingId,
          type: 'Feature',
          feature_type: 'building',
          geometry: null,
          properties: {
            name: { [venue.language]: venue.name },
            alt_name: null,
            category: 'unspecified',
            restriction: null,
            display_point: null,
            address_id: null,
          },
        },
      ],
      footprint: ground
        ? [
            {
              id: idOf.footprint(venue.key),
              type: 'Feature',
              feature_type: 'footprint',
              geometry: ground.geometry,
              properties: { category: 'ground', name: null, building_ids: [venue.buildingId] },
            },
          ]
        : [],
      level: outlines,
      unit: levels.flatMap(({ units }) => units),
      section: [],
      fixture: [],
      detail: [],
      opening: [],
      kiosk: [],
      amenity: levels.flatMap(({ amenities }) => amenities),
      anchor: levels.flatMap(({ anchors }) => anchors),
      occupant: levels.flatMap(({ occupants }) => occupants),
      geofence: [],
      relationship: [],
    },
    extensions: {},
  }
}

/** What the outlines cover together, holes filled: the ground that the venue stands on. */
function extentOf(levels: readonly LevelFeature[]): Areal {
  const [first] = levels
  if (!first) return { type: 'MultiPolygon', coordinates: [] }
  const frame: LevelFrame = levelFrameOf(first)
  const rings = union(levels.flatMap(({ geometry }) => ringsOf(geometry, frame)))
  const outers = componentsOf(rings.filter((ring) => signedAreaM2(ring) > 0)).flatMap((part) => part.rings)
  return {
    type: 'MultiPolygon',
    coordinates: outers.map((ring) => {
      const positions = ring.map((at) => toLonLat(frame, at).map((value) => Number(value.toFixed(9))))
      return [[...positions, ...positions.slice(0, 1)]]
    }),
  }
}
