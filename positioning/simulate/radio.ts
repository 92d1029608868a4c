import { hashText, mix, smoothNoise } from './noise.ts'
import {
  crossings,
  distanceToEdge,
  edgesOf,
  isInside,
  levelOf,
  type BeaconSketch,
  type Point,
  type VenueSketch,
} from './sketch.ts'

/** How a venue treats 2.4 GHz. All losses in dB. */
export interface RadioModel {
  /** Signal falls by 10 x this a decade of distance. */
  readonly pathLossExponent: number
  /** Slow differences from place to place (furniture, shelves): standard deviation and reach. */
  readonly shadowingSdDb: number
  readonly shadowingReachM: number
  /**
   * Each edge of a room on the way, so a partition between two rooms counts twice; beyond `mostWalls`
   * the signal finds a way around.
   */
  readonly wallLossDb: number
  readonly mostWalls: number
  /** A floor slab, each, unless the way leads through a void. */
  readonly floorLossDb: number
  /** Around the rim of a void: so much a metre of slab that the straight way misses the hole by. */
  readonly rimLossDbPerM: number
  /** Within a lift's cabin. */
  readonly cabinLossDb: number
  /** The owner's body when it is right between phone and beacon. */
  readonly bodyLossDb: number
  /** Steady over scattered power; 1.5 makes fades of 4.8 dB (sd), of which a phone hears the upper part. */
  readonly ricianK: number
}

/**
 * A mall as published measurements have it: exponent 2.2 (retail stores 1.8–2.2), 4 dB shadowing over 4 m,
 * 2.4 dB a wall, 15 dB a slab, 6 dB body.
 * Source: Seidel and Rappaport 1992, IEEE Trans. Antennas Propag. 40(2):207 (exponent, wall 2.4 dB, slab
 * 13–16 dB); COST 231 multi-wall model (many walls cost less than their sum); Gudmundson 1991, Electronics Letters 27:2145 (shadowing is
 * correlated); Faragher and Harle 2015, IEEE JSAC 33(11):2418 (body and the three channels' fades).
 */
export const mallRadio: RadioModel = {
  pathLossExponent: 2.2,
  shadowingSdDb: 4,
  shadowingReachM: 4,
  wallLossDb: 2.4,
  mostWalls: 6,
  floorLossDb: 15,
  rimLossDbPerM: 2.5,
  cabinLossDb: 20,
  bodyLossDb: 6,
  ricianK: 1.5,
}

/** A phone's antenna: where it is, which way its owner faces, whether a cabin is around it. */
export interface Antenna extends Point {
  readonly tMs: number
  readonly level: string
  /** Above the lowest floor, metres. */
  readonly zM: number
  readonly headingRad: number
  readonly inCabin: boolean
}

/** The signal of a beacon at an antenna. */
export interface RadioField {
  /** With path loss, walls, slabs, shadowing and body, without fading; -Infinity when it is hopeless. */
  meanDbm(beacon: BeaconSketch, antenna: Antenna): number
  /** What a packet on advertising channel 0, 1 or 2 arrives with on top of that, dB. */
  fadeDb(beacon: BeaconSketch, antenna: Antenna, channel: number): number
}

/** Nothing below this is worth working out: 20 dB under what any phone hears. */
const hopelessDbm = -115
/** A fade's pattern repeats after about half a wavelength of 12.5 cm. */
const fadeReachM = 0.06
/** People move about: even for a phone that lies still the pattern changes within a second. */
const fadeTimeMs = 1000

/**
 * The radio of a venue. The field is a function of place, not of the order of questions: the same `seed`
 * gives the same shadows for every walk, as a real building does, so that a survey is worth something.
 * @param seed one building; another seed is another building with the same statistics.
 * Complexity: O(walls of the level) a question that is not hopeless.
 */
export function radioField(sketch: VenueSketch, model: RadioModel, seed: number): RadioField {
  const levels = sketch.levels.map((level) => ({ ...level, walls: edgesOf(level.rooms) }))
  const seedOf = new Map<string, number>()
  const beaconSeed = (id: string): number => {
    const known = seedOf.get(id) ?? mix(hashText(id), seed)
    seedOf.set(id, known)
    return known
  }

  const slabLossDb = (beacon: BeaconSketch, fromZM: number, antenna: Antenna): number => {
    const low = Math.min(fromZM, antenna.zM)
    const high = Math.max(fromZM, antenna.zM)
    let loss = 0
    for (const level of levels) {
      if (level.elevationM <= low || level.elevationM >= high) continue
      const share = (level.elevationM - fromZM) / (antenna.zM - fromZM)
      const x = beacon.x + share * (antenna.x - beacon.x)
      const y = beacon.y + share * (antenna.y - beacon.y)
      if (level.voids.some((ring) => isInside(ring, x, y))) continue
      const rimM = Math.min(Infinity, ...level.voids.map((ring) => distanceToEdge(ring, x, y)))
      loss += Math.min(model.floorLossDb, rimM * model.rimLossDbPerM)
    }
    return loss
  }

  return {
    meanDbm(beacon, antenna) {
      const fromZM = levelOf(sketch, beacon.level).elevationM + beacon.heightM
      const distanceM = Math.max(
        0.5,
        Math.hypot(beacon.x - antenna.x, beacon.y - antenna.y, fromZM - antenna.zM),
      )
      let dbm = beacon.powerAt1mDbm - 10 * model.pathLossExponent * Math.log10(distanceM)
      if (antenna.inCabin) dbm -= model.cabinLossDb
      if (dbm < hopelessDbm) return -Infinity
      dbm -= slabLossDb(beacon, fromZM, antenna)
      if (dbm < hopelessDbm) return -Infinity
      const walls = levels.find((level) => level.id === antenna.level)?.walls
      if (walls) dbm -= model.wallLossDb * crossings(walls, beacon, antenna, model.mostWalls)
      const away = antenna.headingRad - Math.atan2(beacon.x - antenna.x, beacon.y - antenna.y)
      dbm -= (model.bodyLossDb * (1 - Math.cos(away))) / 2
      const reach = model.shadowingReachM
      const place = mix(beaconSeed(beacon.id), hashText(antenna.level))
      return dbm + model.shadowingSdDb * smoothNoise(place, antenna.x / reach, antenna.y / reach)
    },
    fadeDb(beacon, antenna, channel) {
      const pattern = mix(beaconSeed(beacon.id), channel + 1)
      const steady = Math.sqrt(model.ricianK / (model.ricianK + 1))
      const scatter = Math.sqrt(0.5 / (model.ricianK + 1))
      const inPhase = steady + scatter * scattered(pattern, antenna)
      const quadrature = scatter * scattered(mix(pattern), antenna)
      return 10 * Math.log10(inPhase * inPhase + quadrature * quadrature + 1e-6)
    },
  }
}

/** One standard normal part of the scattered wave: half from the place, half from who moves around it. */
function scattered(pattern: number, antenna: Antenna): number {
  const place = smoothNoise(pattern, antenna.x / fadeReachM, antenna.y / fadeReachM)
  const moment = smoothNoise(mix(pattern, 77), antenna.tMs / fadeTimeMs, 0)
  return Math.SQRT1_2 * (place + moment)
}
