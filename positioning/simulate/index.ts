/** A seeded simulator of radio and walking, for tests, benches and demonstrations. */
export {
  type Activity,
  type Departure,
  type Leg,
  type TruthSample,
  angleBetween,
  samplePeriodMs,
} from './journey.ts'
export { type Person, anyPerson, middlingPerson } from './person.ts'
export { type Carry, type MotionSensors, heldPhone } from './phone-motion.ts'
export { type RadioField, type RadioModel, mallRadio, radioField } from './radio.ts'
export { type Receiver, androidReceiver, weChatReceiver } from './receiver.ts'
export {
  type SimulatedPhone,
  type SimulatedVenue,
  type SimulatedWalk,
  type WalkPlan,
  simulateWalk,
  truthAt,
} from './simulate-walk.ts'
export {
  type BeaconSketch,
  type ConnectorSketch,
  type LevelSketch,
  type Point,
  type Ring,
  type VenueSketch,
  walkableAreaOf,
} from './sketch.ts'
export { type Building, plannedLayout, standardBuilding, stroll } from './standard-building.ts'
