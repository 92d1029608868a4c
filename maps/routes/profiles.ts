import type { ConnectorKind } from '../connectors/index.ts'

/** How somebody wants to go. */
export const profiles = ['fastest', 'step-free', 'fewest-level-changes', 'avoid-escalators'] as const

export type Profile = (typeof profiles)[number]

export interface ProfileRule {
  /** Index of the network: 0 for walkers, 1 for wheelchairs and prams. */
  readonly network: 0 | 1
  readonly speedMps: number
  readonly connectors: ReadonlySet<ConnectorKind>
  /** Seconds a ride is felt to cost beyond what it takes. */
  readonly reluctanceS: number
}

/** Half widths: a walker's shoulders with a margin, and a wheelchair's 0.9 m passage (ISO 21542). */
export const networkClearancesM = [0.35, 0.45] as const

const every: ReadonlySet<ConnectorKind> = new Set(['lift', 'escalator', 'stairs', 'ramp'])

/**
 * What each profile allows. Walking at 1.2 m/s is the usual design speed of pedestrians with people about;
 * 1.0 m/s with wheels.
 */
export const profileRules: Readonly<Record<Profile, ProfileRule>> = {
  fastest: { network: 0, speedMps: 1.2, connectors: every, reluctanceS: 0 },
  'step-free': { network: 1, speedMps: 1.0, connectors: new Set(['lift', 'ramp']), reluctanceS: 0 },
  'fewest-level-changes': { network: 0, speedMps: 1.2, connectors: every, reluctanceS: 600 },
  'avoid-escalators': {
    network: 0,
    speedMps: 1.2,
    connectors: new Set(['lift', 'stairs', 'ramp']),
    reluctanceS: 0,
  },
}

/**
 * Seconds a ride takes over `levels` storeys of about five metres. A lift: half a minute's wait and five
 * seconds a storey with its stops; an escalator: ten metres at 0.5 m/s (EN 115-1) and getting on and off;
 * stairs: 0.2 m/s upwards, 0.28 m/s down; a ramp of 1:12 at walking pace. What a ride costs beyond
 * its storeys makes one ride over two of them cheaper than two rides.
 */
export function rideSeconds(kind: ConnectorKind, levels: number, isUp: boolean): number {
  switch (kind) {
    case 'lift':
      return 30 + 5 * levels
    case 'escalator':
      return 5 + 20 * levels
    case 'stairs':
      return 3 + (isUp ? 25 : 18) * levels
    case 'ramp':
      return 3 + 50 * levels
  }
}

/** Seconds that a ride is felt to be longer than it is: nobody climbs to spare a few seconds of a lift's wait. */
export function feltSeconds(kind: ConnectorKind, levels: number): number {
  return kind === 'stairs' ? 20 * levels : 0
}
