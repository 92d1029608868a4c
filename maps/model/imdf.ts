import type { LineString, MultiLineString, MultiPolygon, Point, Polygon } from 'geojson'
import type {
  AmenityId,
  AnchorId,
  FeatureId,
  LevelId,
  OccupantId,
  OpeningId,
  UnitId,
  VenueId,
} from './ids.ts'

/**
 * The venue model is IMDF 1.0.0 as it is written (OGC 20-094): GeoJSON features in WGS 84 with the
 * standard's own property names. Properties that the standard does not know stay on the object
 * untouched, so that import then export is lossless.
 * Source: OGC 20-094, Indoor Mapping Data Format.
 */

/** Text by BCP 47 language tag, for example `{ zh: '星巴克', en: 'Starbucks' }`. */
export type Labels = Readonly<Record<string, string>>

/** JSON as it came; what an archive holds beyond the standard. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export type Areal = Polygon | MultiPolygon
export type Linear = LineString | MultiLineString

/** One IMDF feature; `properties` may hold more than the type names. */
export interface Feature<Type extends string, Id extends string, Geometry, Properties> {
  readonly id: Id
  readonly type: 'Feature'
  readonly feature_type: Type
  readonly geometry: Geometry
  readonly properties: Properties & Extra
}

interface Extra {
  /** True on what Atrium computed (a door nobody drew): a re-import may replace it. */
  readonly derived?: boolean
}

interface Named {
  readonly name?: Labels | null
  readonly alt_name?: Labels | null
}

interface Shown {
  readonly display_point?: Point | null
}

interface Classified {
  readonly category: string
  readonly restriction?: string | null
  readonly accessibility?: readonly string[] | null
}

interface Contact {
  /** OSM `opening_hours` syntax, as the standard asks. */
  readonly hours?: string | null
  readonly phone?: string | null
  readonly website?: string | null
}

export type AddressFeature = Feature<
  'address',
  FeatureId,
  null,
  {
    readonly address: string
    readonly unit?: string | null
    readonly locality: string
    readonly province?: string | null
    readonly country: string
    readonly postal_code?: string | null
  }
>

export type VenueFeature = Feature<
  'venue',
  VenueId,
  Areal,
  Named & Shown & Classified & Contact & { readonly name: Labels; readonly address_id: string | null }
>

export type BuildingFeature = Feature<
  'building',
  FeatureId,
  null,
  Named & Shown & Classified & { readonly address_id?: string | null }
>

export type FootprintFeature = Feature<
  'footprint',
  FeatureId,
  Areal,
  Named & { readonly category: string; readonly building_ids: readonly string[] }
>

export type LevelFeature = Feature<
  'level',
  LevelId,
  Areal,
  Named &
    Shown &
    Classified & {
      readonly name: Labels
      /** What stands on the lift button: `F1`, `B2`. */
      readonly short_name: Labels
      /** 0 is the ground level; below is negative. */
      readonly ordinal: number
      readonly outdoor: boolean
      readonly building_ids?: readonly string[] | null
      readonly address_id?: string | null
      /** Atrium's extension: the metric frame of the source's coordinates, see `levelFrameOf`. */
      readonly frame?: FrameProperty | null
    }
>

/** The frame of a level as it is stored on the level feature. */
export interface FrameProperty {
  /** Longitude and latitude in degrees of the point x = 0, y = 0. */
  readonly origin: readonly [number, number]
  /** Metres per degree of longitude and of latitude. */
  readonly metresPerDegree: readonly [number, number]
}

export type UnitFeature = Feature<
  'unit',
  UnitId,
  Areal,
  Named & Shown & Classified & { readonly level_id: LevelId }
>

export type SectionFeature = Feature<
  'section',
  FeatureId,
  Areal,
  Named & Shown & Classified & { readonly level_id: LevelId; readonly parents?: readonly string[] | null }
>

export type FixtureFeature = Feature<
  'fixture',
  FeatureId,
  Areal,
  Named &
    Shown & { readonly category: string; readonly level_id: LevelId; readonly anchor_id?: AnchorId | null }
>

export type DetailFeature = Feature<'detail', FeatureId, Linear, { readonly level_id: LevelId }>

export type OpeningFeature = Feature<
  'opening',
  OpeningId,
  LineString,
  Named &
    Shown &
    Classified & {
      readonly level_id: LevelId
      readonly access_control?: readonly string[] | null
      readonly door?: {
        readonly type?: string | null
        readonly automatic?: boolean | null
        readonly material?: string | null
      } | null
    }
>

export type KioskFeature = Feature<
  'kiosk',
  FeatureId,
  Areal,
  Named & Shown & { readonly level_id: LevelId; readonly anchor_id?: AnchorId | null }
>

export type AmenityFeature = Feature<
  'amenity',
  AmenityId,
  Point,
  Named & Classified & Contact & { readonly unit_ids: readonly UnitId[]; readonly address_id?: string | null }
>

export type AnchorFeature = Feature<
  'anchor',
  AnchorId,
  Point,
  { readonly unit_id: UnitId | null; readonly address_id?: string | null }
>

export type OccupantFeature = Feature<
  'occupant',
  OccupantId,
  null,
  Contact & {
    readonly name: Labels
    readonly alt_name?: Labels | null
    readonly category: string
    readonly anchor_id: AnchorId | null
    readonly validity?: Json
    readonly correlation_id?: string | null
  }
>

export type GeofenceFeature = Feature<
  'geofence',
  FeatureId,
  Areal,
  Named &
    Shown & {
      readonly category: string
      readonly restriction?: string | null
      readonly building_ids?: readonly string[] | null
      readonly level_ids?: readonly LevelId[] | null
      readonly parents?: readonly string[] | null
      readonly correlation_id?: string | null
    }
>

/** One end or middle of a relationship. */
export interface FeatureReference {
  readonly id: string
  readonly feature_type: FeatureType
}

export type RelationshipFeature = Feature<
  'relationship',
  FeatureId,
  Point | Linear | Areal | null,
  {
    readonly category: string
    readonly direction: 'directed' | 'undirected'
    readonly origin: FeatureReference | null
    readonly intermediary?: readonly FeatureReference[] | null
    readonly destination: FeatureReference | null
    readonly hours?: string | null
  }
>

/** Every feature type of the standard with its type, in the order in which references can be resolved. */
export interface FeatureByType {
  readonly address: AddressFeature
  readonly venue: VenueFeature
  readonly building: BuildingFeature
  readonly footprint: FootprintFeature
  readonly level: LevelFeature
  readonly unit: UnitFeature
  readonly section: SectionFeature
  readonly fixture: FixtureFeature
  readonly detail: DetailFeature
  readonly opening: OpeningFeature
  readonly kiosk: KioskFeature
  readonly amenity: AmenityFeature
  readonly anchor: AnchorFeature
  readonly occupant: OccupantFeature
  readonly geofence: GeofenceFeature
  readonly relationship: RelationshipFeature
}

export type FeatureType = keyof FeatureByType
export type AnyFeature = FeatureByType[FeatureType]

/** The types of the standard; a file of an archive is named after each (`unit.geojson`). */
export const featureTypes = [
  'address',
  'venue',
  'building',
  'footprint',
  'level',
  'unit',
  'section',
  'fixture',
  'detail',
  'opening',
  'kiosk',
  'amenity',
  'anchor',
  'occupant',
  'geofence',
  'relationship',
] as const satisfies readonly FeatureType[]

/** `manifest.json`; unknown members stay on the object. */
export interface Manifest {
  readonly version: string
  readonly created: string
  readonly language: string
  readonly generated_by?: string | null
  readonly extensions?: readonly string[] | null
}

/** A whole venue as read from, or to be written to, an archive. */
export interface Archive {
  readonly manifest: Manifest
  readonly features: { readonly [Type in FeatureType]: readonly FeatureByType[Type][] }
  /**
   * Other JSON files by name without ending, kept as they came; Atrium's own beacons travel as
   * `beacon` (a FeatureCollection declared in the manifest's `extensions`).
   */
  readonly extensions: Readonly<Record<string, Json>>
}
