/** A sighting with the beacon's number in place of its identity. */
export interface Heard {
  readonly tMs: number
  readonly beacon: number
  readonly rssiDbm: number
}

/** Sightings gathered by beacon. */
export interface HeardBeacon {
  readonly beacon: number
  readonly meanRssiDbm: number
  readonly count: number
}

/** A beacon's component in the unit vector of what a place sounds like. */
export interface PrintComponent {
  readonly beacon: number
  readonly value: number
}

/** Decibels that make a beacon's share in a fingerprint e times as large. */
export const printScaleDb = 14

/** Gathers sightings by beacon, in order of first sight. O(sightings). */
export function gatherByBeacon(sightings: readonly Heard[]): HeardBeacon[] {
  const gathered = new Map<number, { beacon: number; meanRssiDbm: number; count: number }>()
  for (const { beacon, rssiDbm } of sightings) {
    const entry = gathered.get(beacon)
    if (entry) {
      entry.count++
      entry.meanRssiDbm += (rssiDbm - entry.meanRssiDbm) / entry.count
    } else gathered.set(beacon, { beacon, meanRssiDbm: rssiDbm, count: 1 })
  }
  return [...gathered.values()]
}

/**
 * The fingerprint of some sightings: mean rssi by beacon, exponentiated so that near beacons count most,
 * scaled to length one. A constant offset of the phone's rssi falls out exactly.
 * **Source** exponential representation after J. Torres-Sospedra et al., "Comprehensive analysis of
 * distance and similarity measures for Wi-Fi fingerprinting", Expert Systems with Applications 42 (2015);
 * the scale of 14 dB own.
 */
export function fingerprintOf(sightings: readonly Heard[]): PrintComponent[] {
  const raw = gatherByBeacon(sightings).map(({ beacon, meanRssiDbm }) => ({
    beacon,
    value: Math.exp((meanRssiDbm + 60) / printScaleDb),
  }))
  const length = Math.sqrt(raw.reduce((sum, { value }) => sum + value * value, 0))
  return raw.map(({ beacon, value }) => ({ beacon, value: value / length }))
}
