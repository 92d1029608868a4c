/** A place in metres of one level. */
interface Spot {
  readonly x: number
  readonly y: number
}

/** A window of a walk as one beacon has it: where the walker was, reckoned without it, and how loud it was. */
export interface Observation extends Spot {
  /** Absent: it was not heard. */
  readonly rssiDbm?: number
}

/** How loud beacons of this walk are by distance, walls and bodies of this building included. */
export interface Loudness {
  /** Expected rssi at one metre, and what it loses in a decade of distance. */
  readonly atOneM: number
  readonly perDecadeDb: number
  readonly scatterDb: number
  /** Below it a packet is lost. */
  readonly faintestDbm: number
}

/** What a beacon's observations say of it against its being well: logarithms of likelihood ratios. */
export interface Suspicion {
  /** It is quieter than others by `quieterDb`, where it hangs. */
  readonly quieter: number
  readonly quieterDb: number
  /** It is as loud as others, and hangs at `at`. */
  readonly elsewhere: number
  readonly at: Spot
}

/** Windows that follow each other tell much the same: so many count as one. */
const alikeWindows = 6
/** Beacons that are well differ by so much: their make, the wall behind them. */
const usualOffsetsDb = [-6, -3, 0, 3, 6] as const
const quieterOffsetsDb = [-10, -13, -16, -19, -22] as const
const gridM = 4
/** Further than this hardly anything is heard. */
const nearbyM = 40
/** Nearer than this nobody's place is known. */
const leastM = 3

/**
 * The loudness that makes most likely what was heard of all beacons and what was not, most of which are well.
 * @param observed of each beacon, with its registered place; O(observations / 4) for each of 180 candidates
 * **Source** censored regression: J. Tobin 1958, Econometrica 26:24.
 */
export function loudnessOf(
  observed: readonly { readonly beacon: Spot; readonly seen: readonly Observation[] }[],
): Loudness {
  const rssis = observed.flatMap(({ seen }) => seen.flatMap(({ rssiDbm }) => rssiDbm ?? []))
  rssis.sort((a, b) => a - b)
  // Every fourth window nearby is plenty, and what is far off says nothing but silence.
  const nearby = observed.map(({ beacon, seen }) => ({
    beacon,
    seen: seen.filter(({ x, y }, i) => i % 4 === 0 && Math.hypot(x - beacon.x, y - beacon.y) < nearbyM),
  }))
  const faintestDbm = rssis[Math.floor(rssis.length * 0.05)] ?? -95
  let best: Loudness = { atOneM: -60, perDecadeDb: 22, scatterDb: 7, faintestDbm }
  let most = -Infinity
  for (const perDecadeDb of [16, 20, 24, 28, 32, 36]) {
    for (const scatterDb of [5, 7, 9]) {
      for (let atOneM = -70; atOneM <= -42; atOneM += 3) {
        const candidate = { atOneM, perDecadeDb, scatterDb, faintestDbm }
        const sum = nearby.reduce((total, { beacon, seen }) => {
          return total + logLikelihood(seen, beacon, { loudness: candidate, offsetDb: 0 })
        }, 0)
        if (sum > most) [most, best] = [sum, candidate]
      }
    }
  }
  return best
}

/**
 * How much likelier a beacon's observations are if it is quieter, or hangs elsewhere, than if it is well.
 * O(observations × places of the grid).
 */
export function suspect(beacon: Spot, seen: readonly Observation[], loudness: Loudness): Suspicion {
  const at = (spot: Spot, offsetDb: number) => logLikelihood(seen, spot, { loudness, offsetDb })
  const bestOf = (spot: Spot, offsets: readonly number[]) => Math.max(...offsets.map((dB) => at(spot, dB)))
  const well = bestOf(beacon, usualOffsetsDb)
  let [quieter, quieterDb] = [-Infinity, 0]
  for (const offsetDb of quieterOffsetsDb) {
    const likely = at(beacon, offsetDb)
    if (likely > quieter) [quieter, quieterDb] = [likely, -offsetDb]
  }
  let [elsewhere, there]: [number, Spot] = [-Infinity, beacon]
  const heard = seen.filter(({ rssiDbm }) => rssiDbm !== undefined)
  const tried = new Set<string>()
  for (const { x, y } of heard) {
    for (const dx of [-2, -1, 0, 1, 2]) {
      for (const dy of [-2, -1, 0, 1, 2]) {
        const spot = { x: (Math.round(x / gridM) + dx) * gridM, y: (Math.round(y / gridM) + dy) * gridM }
        const key = `${spot.x} ${spot.y}`
        if (tried.has(key)) continue
        tried.add(key)
        const likely = bestOf(spot, usualOffsetsDb)
        if (likely > elsewhere) [elsewhere, there] = [likely, spot]
      }
    }
  }
  return { quieter: quieter - well, quieterDb, elsewhere: elsewhere - well, at: there }
}

function logLikelihood(
  seen: readonly Observation[],
  spot: Spot,
  { loudness, offsetDb }: { readonly loudness: Loudness; readonly offsetDb: number },
): number {
  const { atOneM, perDecadeDb, scatterDb, faintestDbm } = loudness
  let sum = 0
  for (const { x, y, rssiDbm } of seen) {
    const distanceM = Math.max(leastM, Math.hypot(x - spot.x, y - spot.y))
    const expected = atOneM + offsetDb - perDecadeDb * Math.log10(distanceM)
    const z = ((rssiDbm ?? faintestDbm) - expected) / scatterDb
    // A body or a pillar in between makes any one window say little.
    sum += Math.max(-6, rssiDbm === undefined ? Math.log(belowShare(z)) : -0.5 * z * z - Math.log(scatterDb))
  }
  return sum / alikeWindows
}

/** Share of a normal distribution below z. **Source** logistic approximation, off by at most 0.01. */
function belowShare(z: number): number {
  return 1 / (1 + Math.exp(-1.702 * z))
}
