/**
 * Branded identifiers: a level's id cannot be passed where a unit's is expected.
 * At run time they are plain strings (UUIDs in an IMDF archive).
 */
declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

export type VenueId = Branded<'VenueId'>
export type VersionId = Branded<'VersionId'>
export type LevelId = Branded<'LevelId'>
export type UnitId = Branded<'UnitId'>
export type OccupantId = Branded<'OccupantId'>
export type AnchorId = Branded<'AnchorId'>
export type AmenityId = Branded<'AmenityId'>
export type OpeningId = Branded<'OpeningId'>
/** Any feature of an archive. */
export type FeatureId =
  VenueId | LevelId | UnitId | OccupantId | AnchorId | AmenityId | OpeningId | Branded<'FeatureId'>
