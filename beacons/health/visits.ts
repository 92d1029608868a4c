import { coinCellProfiles, forecastBattery } from '../frames/battery.ts'
import type { BatteryForecast } from '../frames/battery.ts'
import type { LocalBeacon } from '../offline/local-registry.ts'
import type { RegistryFinding } from '../offline/operations.ts'

/** Why one goes to a beacon: a finding, or a battery that ends soon. */
export interface Visit {
  readonly beacon: LocalBeacon
  readonly why: RegistryFinding['kind'] | 'battery'
  readonly forecast?: BatteryForecast
  /** The cell to take along. */
  readonly battery: keyof typeof coinCellProfiles
}

/**
 * One visit a beacon that hangs: what is found wrong with it first, else a battery that ends within the months. Findings that
 * are closed, or muted now, send nobody.
 */
export function visitsOf(
  beacons: readonly LocalBeacon[],
  findings: readonly RegistryFinding[],
  { nowMs, soonMonths }: { readonly nowMs: number; readonly soonMonths: number },
): Visit[] {
  const open = findings.filter(
    ({ closedAtMs, mutedUntilMs = 0 }) => closedAtMs === undefined && mutedUntilMs <= nowMs,
  )
  const byBeacon = new Map(open.map((one) => [one.beaconId, one]))
  return beacons.flatMap((beacon): Visit[] => {
    if (beacon.state !== 'installed' && beacon.state !== 'verified') return []
    const battery = cellOf(beacon.hardware.model)
    const finding = beacon.id === undefined ? undefined : byBeacon.get(beacon.id)
    if (finding) return [{ beacon, why: finding.kind, battery }]
    const { battery: reading, intervalMs } = beacon
    if (!reading) return []
    const forecast = forecastBattery([{ atMs: reading.atMs ?? nowMs, percent: reading.percent }], {
      ...{ nowMs, intervalMs, profile: coinCellProfiles[battery] },
    })
    return forecast && forecast.months.low <= soonMonths
      ? [{ beacon, why: 'battery', forecast, battery }]
      : []
  })
}

/** The cell that the model's name tells; the commonest when it tells none. */
function cellOf(model: string): Visit['battery'] {
  const told = (Object.keys(coinCellProfiles) as Visit['battery'][]).find((cell) =>
    model.toUpperCase().includes(cell),
  )
  return told ?? 'CR2477'
}
