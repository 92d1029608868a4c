/** The mall simulator: seeded shoppers who live through a day against a server, through its public API alone. */
export { hireCrew, openSeason, usualTariff } from './crew.ts'
export type { Crew } from './crew.ts'
export type { Floor, ShownShopper } from './mall.ts'
export { simulate } from './simulate.ts'
export type { SimulateOptions } from './simulate.ts'
export { realTime, virtualTime } from './time.ts'
export type { SimulatedTime } from './time.ts'
