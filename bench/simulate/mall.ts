import type { LevelId } from '../../maps/model/index.ts'
import type { SimulatedVenue } from '../../positioning/simulate/index.ts'
import type { Ledger } from '../audit/ledger.ts'
import type { PatientClient } from './network.ts'
import type { Screen } from './screens.ts'
import type { SimulatedTime } from './time.ts'
import type { OpenTown } from './town.ts'

/** Where a simulated shopper truly is: for screens that show a demonstration, never for the server's own state. */
export interface ShownShopper {
  readonly levelId: LevelId
  readonly x: number
  readonly y: number
}

export type Floor = Map<number, () => ShownShopper>

/** What the lives of one run share. */
export interface Mall {
  readonly serverUrl: string
  readonly open: OpenTown
  /** With the beacons as they really hang. */
  readonly air: SimulatedVenue
  readonly time: SimulatedTime
  /** When the plan begins, epoch ms. */
  readonly startMs: number
  /** Speaks as the barrier and the cameras; as the tills; as a kiosk. */
  readonly barrier: PatientClient
  readonly till: PatientClient
  readonly kiosk: PatientClient
  readonly ledger: Ledger
  /** Tells where a shopper is at the moment it is asked, by their number. */
  readonly floor: Floor
  /** Lives on beside whoever began it; the run waits for it. */
  readonly spawn: (life: () => Promise<void>) => void
  /** Keeps a phone's streams until the end of the run, to be compared with the server's state; the oldest gives way. */
  readonly keep: (screen: Screen) => void
}
