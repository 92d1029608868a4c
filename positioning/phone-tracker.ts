import type { Fix, PositioningEvent, Tracker } from './events.ts'
import { azimuthOf, HeadingWindow, wrapAngle } from './motion/heading.ts'
import { StepDetector } from './motion/step-detector.ts'
import { defaultFilterTuning, ParticleFilter, type FilterTuning } from './particle-filter.ts'
import type { Heard } from './radio-map/fingerprint.ts'
import type { RadioModel } from './radio-map/radio-model.ts'
import { RandomStream } from './random.ts'
import type { WalkableRaster } from './walkable-raster.ts'

const tickMs = 2000
const recentMs = 5000

export class PhoneTracker implements Tracker {
  readonly #model: RadioModel
  readonly #filter: ParticleFilter
  readonly #steps = new StepDetector()
  readonly #heading = new HeadingWindow(500)
  #heard: Heard[] = []
  readonly #likelihood: Float32Array
  #nextTickMs: number | undefined
  #lastStepMs = -Infinity

  constructor(parts: { model: RadioModel; walkable: WalkableRaster; seed: number; tuning?: FilterTuning }) {
    this.#model = parts.model
    const tuning = parts.tuning ?? defaultFilterTuning
    this.#filter = new ParticleFilter({
      grid: parts.model.grid,
      walkable: parts.walkable,
      prior: priorOf(parts.model),
      random: new RandomStream(parts.seed),
      tuning,
    })
    this.#likelihood = new Float32Array(parts.model.grid.cellCount)
  }

  push(event: PositioningEvent): void {
    const { tMs } = event
    this.#nextTickMs ??= tMs + tickMs
    this.#advance(tMs)
    if (event.kind === 'beacon') {
      const beacon = this.#model.beaconOf(event.id)
      if (beacon !== undefined) this.#heard.push({ tMs, beacon, rssiDbm: event.rssiDbm })
    } else if (event.kind === 'acceleration') {
      const step = this.#steps.push(tMs, event.x, event.y, event.z)
      if (!step) return
      const heading = this.#heading.at(tMs)
      if (heading === undefined) return
      this.#filter.step(heading, 1)
      this.#lastStepMs = tMs
    } else if (event.kind === 'orientation') {
      this.#heading.push(tMs, azimuthOf(event.x, event.y, event.z))
    }
  }

  fix(tMs: number): Fix | undefined {
    this.#advance(tMs)
    const estimate = this.#filter.estimate()
    if (!estimate) return undefined
    const counted = this.#heard.filter((h) => h.tMs > tMs - 10000)
    const spread = estimate.spreadM
    const radiusM =
      0.9 *
      Math.exp(
        2.352 +
          0.618 * Math.log(spread + 1) -
          0.1 * Math.log(1 + Math.min(100, counted.length)) +
          0.011 * Math.log(1.05 - estimate.levelProbability),
      )
    const heading = this.#heading.at(tMs)
    return {
      tMs,
      level: this.#model.grid.levels[estimate.levelIndex]!.id,
      levelProbability: estimate.levelProbability,
      x: estimate.x,
      y: estimate.y,
      radiusM,
      ...(heading === undefined
        ? {}
        : { heading: { rad: wrapAngle(heading + estimate.biasRad), sdRad: estimate.biasSdRad } }),
      basis: {
        sightings: counted.length,
        silenceMs: tMs - (this.#heard[this.#heard.length - 1]?.tMs ?? -Infinity),
        motion: tMs - this.#lastStepMs < 10000,
        support: 1,
      },
    }
  }

  #advance(tMs: number): void {
    while (this.#nextTickMs !== undefined && this.#nextTickMs <= tMs) {
      this.#tick(this.#nextTickMs)
      this.#nextTickMs += tickMs
    }
  }

  #tick(tMs: number): void {
    this.#heard = this.#heard.filter((h) => h.tMs > tMs - 12000)
    const packets = this.#heard.filter((h) => h.tMs > tMs - tickMs)
    if (packets.length === 0) return
    const recent = this.#heard.filter((h) => h.tMs > tMs - recentMs)
    this.#model.logLikelihood(packets, tickMs / 1000, recent, this.#likelihood)
    this.#filter.observe(this.#likelihood)
  }
}

function priorOf(model: RadioModel): Float32Array {
  const prior = new Float32Array(model.grid.cellCount)
  let best = -Infinity
  for (const { firstCell, cellCount } of model.grid.levels) {
    let sum = 0
    for (let c = firstCell; c < firstCell + cellCount; c++) sum += model.supportS[c]!
    const mean = Math.max(1e-9, sum / cellCount)
    for (let c = firstCell; c < firstCell + cellCount; c++) {
      prior[c] = Math.log(model.supportS[c]! / mean + 0.05)
      best = Math.max(best, prior[c]!)
    }
  }
  for (let c = 0; c < prior.length; c++) prior[c]! -= best
  return prior
}
