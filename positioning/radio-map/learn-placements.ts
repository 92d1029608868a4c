import type { GridLevel } from '../cell-grid.ts'
import {
  defaultPathLoss,
  expectedRateHz,
  expectedRssi,
  type BeaconPlacement,
  type PathLoss,
} from './path-loss.ts'
import type { RadioMap } from './radio-map.ts'

/** A beacon is looked for this far around where it was loudest, in steps, then finely around the best. */
const searchReachM = 24
const coarseStepM = 4
/** Surveyed ground further away than this says nothing about a beacon. */
const hearingReachM = 50
const rssiSdDb = 6
/** A beacon's usual power at one metre, and sightings that weigh as much as knowing it. */
const usualPowerDbm = -62
const usualPowerTrust = 3

/** What a surveyed cell says of one beacon. */
interface Observation {
  readonly x: number
  readonly y: number
  readonly seconds: number
  readonly count: number
  readonly meanRssiDbm: number
}

/**
 * Learns from a survey where each beacon hangs and how loud it is: the place and power under which path
 * loss explains best where it was heard, how often, how loud, and where it was not. This is what a
 * registry would hold; nothing else of the survey is needed to build a map of it.
 * O(beacons x places tried x surveyed cells in reach): a second or two for the real mall.
 * **Source** maximum likelihood over a grid, as in K. Chintalapudi et al., "Indoor localization without
 * the pain", MobiCom 2010, with the rate of sightings as a second witness (own).
 */
export function learnPlacements(map: RadioMap, loss: PathLoss = defaultPathLoss): BeaconPlacement[] {
  const placements: BeaconPlacement[] = []
  map.beacons.forEach((id, beacon) => {
    const level = loudestLevel(map, beacon)
    if (level) placements.push({ id, level: level.id, ...placeOf(map, { beacon, level }, loss) })
  })
  return placements
}

function placeOf(
  map: RadioMap,
  at: { beacon: number; level: GridLevel },
  loss: PathLoss,
): { x: number; y: number; powerDbm: number } {
  const centre = loudestPlace(map, at)
  const observations = observationsAround(map, at, centre)
  let best = { ...centre, ...explain(observations, centre, loss) }
  const search = (around: { x: number; y: number }, reachM: number, stepM: number): void => {
    for (let dx = -reachM; dx <= reachM; dx += stepM) {
      for (let dy = -reachM; dy <= reachM; dy += stepM) {
        const place = { x: around.x + dx, y: around.y + dy }
        const found = explain(observations, place, loss)
        if (found.logLikelihood > best.logLikelihood) best = { ...place, ...found }
      }
    }
  }
  search(centre, searchReachM, coarseStepM)
  search({ x: best.x, y: best.y }, coarseStepM / 2, coarseStepM / 4)
  return { x: best.x, y: best.y, powerDbm: best.powerDbm }
}

/** How well a place explains the observations, with the power that does it best. */
function explain(
  observations: readonly Observation[],
  { x, y }: { x: number; y: number },
  loss: PathLoss,
): { powerDbm: number; logLikelihood: number } {
  let weight = usualPowerTrust
  let sum = usualPowerTrust * usualPowerDbm
  const lossesDb = observations.map((o) =>
    expectedRssi(loss, 0, Math.sqrt((o.x - x) ** 2 + (o.y - y) ** 2), 0),
  )
  observations.forEach(({ count, meanRssiDbm }, i) => {
    weight += count
    sum += count * (meanRssiDbm - lossesDb[i]!)
  })
  const powerDbm = sum / weight
  let logLikelihood = (-usualPowerTrust * (powerDbm - usualPowerDbm) ** 2) / (2 * rssiSdDb * rssiSdDb)
  observations.forEach(({ seconds, count, meanRssiDbm }, i) => {
    const expected = powerDbm + lossesDb[i]!
    const rateHz = expectedRateHz(loss, expected)
    logLikelihood -= seconds * rateHz
    if (count === 0) return
    const off = meanRssiDbm - expected
    logLikelihood += count * (Math.log(rateHz) - (off * off) / (2 * rssiSdDb * rssiSdDb))
  })
  return { powerDbm, logLikelihood }
}

function loudestLevel({ grid, heard }: RadioMap, beacon: number): GridLevel | undefined {
  const loudness = grid.levels.map(() => 0)
  for (let e = heard.first[beacon]!; e < heard.first[beacon + 1]!; e++) {
    loudness[grid.levelOf[heard.cell[e]!]!]! +=
      heard.count[e]! * loudnessOf(heard.rssiSum[e]! / heard.count[e]!)
  }
  const most = Math.max(...loudness)
  return most > 0 ? grid.levels[loudness.indexOf(most)] : undefined
}

function loudestPlace(
  { grid, heard }: RadioMap,
  { beacon, level }: { beacon: number; level: GridLevel },
): { x: number; y: number } {
  let [weight, x, y] = [0, 0, 0]
  for (let e = heard.first[beacon]!; e < heard.first[beacon + 1]!; e++) {
    const c = heard.cell[e]!
    if (grid.levels[grid.levelOf[c]!] !== level) continue
    const w = heard.count[e]! * loudnessOf(heard.rssiSum[e]! / heard.count[e]!)
    weight += w
    x += w * grid.xOf(c)
    y += w * grid.yOf(c)
  }
  return { x: x / weight, y: y / weight }
}

/** Power in arbitrary units, its slope halved so that one lucky sighting does not decide. */
function loudnessOf(rssiDbm: number): number {
  return Math.exp((rssiDbm + 100) / 5)
}

function observationsAround(
  { grid, heard, seconds }: RadioMap,
  { beacon, level }: { beacon: number; level: GridLevel },
  centre: { x: number; y: number },
): Observation[] {
  const heardIn = new Map<number, { count: number; meanRssiDbm: number }>()
  for (let e = heard.first[beacon]!; e < heard.first[beacon + 1]!; e++) {
    heardIn.set(heard.cell[e]!, { count: heard.count[e]!, meanRssiDbm: heard.rssiSum[e]! / heard.count[e]! })
  }
  const observations: Observation[] = []
  for (let c = level.firstCell; c < level.firstCell + level.cellCount; c++) {
    const found = heardIn.get(c)
    if (seconds[c] === 0 && !found) continue
    const [x, y] = [grid.xOf(c), grid.yOf(c)]
    if (Math.sqrt((x - centre.x) ** 2 + (y - centre.y) ** 2) > hearingReachM) continue
    observations.push({ x, y, seconds: seconds[c]!, count: 0, meanRssiDbm: 0, ...found })
  }
  return observations
}
