export type { BeaconRegistry, BeaconTraffic, PlacedBeacon } from './beacon-types.ts'
