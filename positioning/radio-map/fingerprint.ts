/** A sighting with the beacon's number in place of its identity. */
export interface Heard {
  readonly tMs: number
  readonly beacon: number
  readonly rssiDbm: number
}

/** A unit vector over beacons, sparse: what a place sounds like, free of the phone's own gain. */
export interface Fingerprint {
  readonly beacons: number[]
  readonly values: number[]
}

/** Decibels that make a beacon's share in a fingerprint e times as large. */
export const printScaleDb = 14

/**
 * The fingerprint of some sightings: mean rssi by beacon, exponentiated so that near beacons count most,
 * scaled to length one. A constant offset of the phone's rssi falls out exactly.
 * **Source** exponential representation after J. Torres-Sospedra et al., "Comprehensive analysis of
 * distance and similarity measures for Wi-Fi fingerprinting", Expert Systems with Applications 42 (2015);
 * the scale of 14 dB own.
 */
export function fingerprintOf(sightings: readonly Heard[]): Fingerprint {
  const sums = new Map<number, { sum: number; count: number }>()
  for (const { beacon, rssiDbm } of sightings) {
    const entry = sums.get(beacon)
    if (entry) {
      entry.sum += rssiDbm
      entry.count++
    } else sums.set(beacon, { sum: rssiDbm, count: 1 })
  }
  const beacons = [...sums.keys()]
  const values = [...sums.values()].map(({ sum, count }) => Math.exp((sum / count + 60) / printScaleDb))
  const length = Math.sqrt(values.reduce((total, value) => total + value * value, 0))
  return { beacons, values: values.map((value) => value / length) }
}
