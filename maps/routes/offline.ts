/**
 * What a kiosk or a phone needs to answer routes from the file of tables: no polygon algebra, no importer.
 */
export { createWalkableArea } from '../walkable/walkable-area.ts'
export type { WalkableArea } from '../walkable/walkable-area.ts'
export type { Closure } from './closures.ts'
export { decodeRoutingTables } from './encode-tables.ts'
export { itineraryOf } from './itinerary.ts'
export { profiles } from './profiles.ts'
export type { Profile } from './profiles.ts'
export { progressOn } from './progress.ts'
export { roundCorners } from './round-corners.ts'
export type { Route, RouteAnswer, RouteRefusal, Spot, Target } from './route.ts'
export { Router } from './router.ts'
export type { RouteRequest, RouterOptions } from './router.ts'
