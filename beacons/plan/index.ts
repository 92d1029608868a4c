/** Where beacons should hang, and how well phones would then know where they are. Pure: no I/O, no clock, no chance. */
export { buildingOf } from './building.ts'
export type { Doorway, PlanBuilding, PlanLevel } from './building.ts'
export { heardDbm, leastHeard, measurePlan } from './measure-plan.ts'
export type { PlacePrediction, PlanArea, PlanMeasure } from './measure-plan.ts'
export { plannedRadio, planVenue } from './plan-venue.ts'
export type { KeptBeacon, PlannedBeacon, VenuePlan } from './plan-venue.ts'
export { areaPerBeaconM2, proposePlaces } from './propose-places.ts'
export type { PlaceReason, ProposedPlace } from './propose-places.ts'
