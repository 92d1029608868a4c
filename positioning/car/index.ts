/** Noticing where a car was left; runs on the phone. */
export { ParkingTrail, type LeftCar } from './parking-trail.ts'
