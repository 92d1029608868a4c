import { calibratedLevelProbability, calibratedRadiusM, phoneCalibration } from './calibration.ts'
import type { Fix, PositioningEvent, Tracker } from './events.ts'
import { DeadReckoning } from './motion/dead-reckoning.ts'
import { wrapAngle } from './motion/heading.ts'
import { defaultFilterTuning, type FilterTuning } from './filter-tuning.ts'
import { ParticleFilter } from './particle-filter.ts'
import { walkPrior } from './radio-map/walk-prior.ts'
import type { RadioModel } from './radio-map/radio-model.ts'
import { RandomStream } from './random.ts'
import { SightingWindow } from './sighting-window.ts'
import { SteadyClock } from './steady-clock.ts'
import type { WalkableRaster } from './walkable-raster.ts'

/** How often beacons are weighed, how long a fingerprint is gathered, and what counts as lately. */
const tickMs = 2000
const printMs = 5000
const latelyMs = 10_000
/** Without an accelerometer people may walk: metres of spread per tick and axis. */
const unseenWalkM = 1.7
/** A step whose direction is unknown. */
const blindStepM = 0.5
/** How fast the radius grows while nothing at all is heard of the phone. */
const silentSpeedMps = 0.9
const greatestRadiusM = 150

/**
 * The tracker of a phone: beacons and motion through a particle filter. Needs some 2 ms of a core per
 * second of walking. The same seed and events give the same fixes to the last bit.
 */
export class PhoneTracker implements Tracker {
  readonly #model: RadioModel
  readonly #filter: ParticleFilter
  readonly #clock = new SteadyClock()
  readonly #motion = new DeadReckoning()
  readonly #heard = new SightingWindow()
  readonly #likelihood: Float32Array
  #nextTickMs: number | undefined
  #stepMs = -Infinity

  /**
   * @param parts.model the venue's radio model, shared
   * @param parts.walkable the venue's walkable area, shared
   * @param parts.seed of the filter's random numbers
   */
  constructor(parts: { model: RadioModel; walkable: WalkableRaster; seed: number; tuning?: FilterTuning }) {
    this.#model = parts.model
    this.#filter = new ParticleFilter({
      grid: parts.model.grid,
      walkable: parts.walkable,
      prior: walkPrior(parts.model),
      random: new RandomStream(parts.seed),
      tuning: parts.tuning ?? defaultFilterTuning,
    })
    this.#likelihood = new Float32Array(parts.model.grid.cellCount)
  }

  push(event: PositioningEvent): void {
    const tMs = this.#clock.take(event.tMs)
    if (tMs === undefined) return
    this.#advance(tMs)
    if (event.kind === 'beacon') {
      const beacon = this.#model.beaconOf(event.id)
      if (beacon !== undefined) this.#heard.push(tMs, beacon, event.rssiDbm)
      return
    }
    const step = this.#motion.push(event, tMs)
    if (!step) return
    if (step.headingRad === undefined) this.#filter.drift(blindStepM)
    else this.#filter.step(step.headingRad, step.lengthM)
    this.#stepMs = tMs
  }

  fix(tMs: number): Fix | undefined {
    const nowMs = this.#clock.nowMs
    const askedMs = this.#clock.asked(tMs)
    if (nowMs === undefined || askedMs === undefined) return undefined
    // No further than a tick ahead: what is asked must not use up what may still come.
    this.#advance(Math.min(askedMs, nowMs + tickMs))
    const estimate = this.#filter.estimate()
    if (!estimate) return undefined
    const sightings = this.#heard.between(askedMs - latelyMs, askedMs).length
    const radiusM = calibratedRadiusM(phoneCalibration, estimate.spreadM)
    const unseenM = (silentSpeedMps * (askedMs - nowMs)) / 1000
    const moved = askedMs - this.#stepMs < latelyMs
    const headingRad = moved ? this.#motion.headingAt(nowMs) : undefined
    return {
      tMs,
      level: this.#model.grid.levels[estimate.levelIndex]!.id,
      levelProbability: calibratedLevelProbability(phoneCalibration, estimate.levelProbability),
      x: estimate.x,
      y: estimate.y,
      radiusM: Math.min(greatestRadiusM, radiusM + unseenM),
      ...(headingRad !== undefined && {
        heading: { rad: wrapAngle(headingRad + estimate.biasRad), sdRad: estimate.biasSdRad },
      }),
      basis: {
        sightings,
        silenceMs: askedMs - this.#heard.lastMs,
        motion: moved,
        support: this.#model.supportAt(estimate.levelIndex, estimate.x, estimate.y),
      },
    }
  }

  #advance(tMs: number): void {
    this.#nextTickMs ??= tMs + tickMs
    // While the phone slept nothing was heard: one tick stands for all that were missed.
    if (tMs - this.#nextTickMs > latelyMs) {
      this.#tick(this.#nextTickMs)
      this.#nextTickMs += tickMs * Math.floor((tMs - this.#nextTickMs) / tickMs)
      this.#filter.drift(Math.min(greatestRadiusM, (silentSpeedMps * latelyMs) / 1000))
    }
    for (; this.#nextTickMs <= tMs; this.#nextTickMs += tickMs) this.#tick(this.#nextTickMs)
  }

  #tick(tMs: number): void {
    this.#heard.forget(tMs)
    if (tMs - this.#motion.accelerationMs > tickMs) this.#filter.drift(unseenWalkM)
    const packets = this.#heard.between(tMs - tickMs, tMs)
    if (packets.length === 0) return
    const recent = this.#heard.between(tMs - printMs, tMs)
    this.#model.logLikelihood(packets, tickMs / 1000, recent, this.#likelihood)
    this.#filter.observe(this.#likelihood)
  }
}
