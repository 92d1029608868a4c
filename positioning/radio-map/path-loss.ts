import { type CellGrid, type GridLevel } from '../cell-grid.ts'

/** A beacon as the registry knows it: where it hangs and how loud it is. */
export interface BeaconPlacement {
  readonly id: string
  readonly level: string
  /** Metres in the level's frame. */
  readonly x: number
  readonly y: number
  /** Expected rssi at one metre, dBm, as a beacon advertises it. */
  readonly powerDbm: number
}

/** What is expected of a beacon nobody has surveyed. */
export interface PathLoss {
  /** Decibels lost per decade of distance, divided by ten. */
  readonly exponent: number
  /** How far above a phone a beacon hangs, metres. */
  readonly heightM: number
  /** Loss through one slab, dB. */
  readonly floorLossDb: number
  /** The rssi at which half of the sightings get lost, dBm, and over how many dB that happens. */
  readonly sensitivityDbm: number
  readonly sensitivitySdDb: number
  /** Sightings a second of a beacon near by. */
  readonly nearRateHz: number
}

/** A mall's usual: between free space and an office with walls. **Source** ITU-R P.1238, own for rates. */
export const defaultPathLoss: PathLoss = {
  exponent: 2.2,
  heightM: 2,
  floorLossDb: 16,
  sensitivityDbm: -92,
  sensitivitySdDb: 4,
  nearRateHz: 1,
}

/**
 * Expected rssi in dBm at a distance in metres on the plan, through a number of slabs.
 * **Source** log-distance path loss: T. S. Rappaport, Wireless Communications (2002), 4.9; ITU-R P.1238.
 */
export function expectedRssi(loss: PathLoss, powerDbm: number, distanceM: number, slabs: number): number {
  const distance3dM = Math.sqrt(distanceM * distanceM + loss.heightM * loss.heightM)
  const decades = Math.log(Math.max(1, distance3dM)) / Math.LN10
  return powerDbm - 10 * loss.exponent * decades - loss.floorLossDb * slabs
}

/** Expected sightings a second where the rssi is expected to be `rssiDbm`. */
export function expectedRateHz(loss: PathLoss, rssiDbm: number): number {
  return loss.nearRateHz / (1 + Math.exp(-(rssiDbm - loss.sensitivityDbm) / loss.sensitivitySdDb))
}

/** Calls `visit` for the cells of a level with the distance on the plan to a placement, across levels' frames. */
export function visitDistances(
  parts: { grid: CellGrid; placement: BeaconPlacement; level: GridLevel },
  visit: (cell: number, distanceM: number) => void,
): void {
  const home = parts.grid.levels[parts.grid.levelIndex(parts.placement.level)]
  if (!home) return
  const x = parts.placement.x + home.originXM - parts.level.originXM
  const y = parts.placement.y + home.originYM - parts.level.originYM
  const end = parts.level.firstCell + parts.level.cellCount
  for (let c = parts.level.firstCell; c < end; c++) {
    const dx = parts.grid.xOf(c) - x
    const dy = parts.grid.yOf(c) - y
    visit(c, Math.sqrt(dx * dx + dy * dy))
  }
}
