import type { LevelId, UnitId } from '../../../maps/model/index.ts'
import type { MapPoint, ParkingMap } from '../lots/parking-map.ts'

/** Where one source says that a car stands. */
export interface SaidPlace extends MapPoint {
  /** `camera`: a camera or guidance system read the plate at a bay. `shopper`: they scanned or typed the bay. `trail`: driving ended and walking began there. */
  readonly source: 'camera' | 'shopper' | 'trail'
  readonly atMs: number
  /** Metres within which the car most likely stands, as the fixes say; measured in server/parking/README.md. */
  readonly radiusM: number
  /** How often what is said like this is right, from 0 to 1. */
  readonly confidence: number
  readonly bayId?: UnitId
}

/** Where a car stands, by all that is known. */
export interface CarPlace extends MapPoint {
  readonly levelId: LevelId
  readonly level: string
  readonly radiusM: number
  readonly confidence: number
  readonly atMs: number
  /** The source the place is taken from, and those that agree with it. */
  readonly source: SaidPlace['source']
  readonly agreeing: readonly SaidPlace['source'][]
  /** The bay itself, or the nearest one. */
  readonly bay?: { readonly id: UnitId; readonly code: string; readonly distanceM: number }
}

/** Sources that speak within this of each other speak of the same parking; else the car was moved. */
const sameParkingMs = 20 * 60_000
/** Places further apart than their radii and this do not agree. */
const slackM = 5
/** Within this of a bay a place is that bay. */
const inBayM = 3

/**
 * Puts together what several sources say of one stay. The one believed most is taken, among those of the same
 * parking: a source that speaks much later has seen the car moved. A trail never has: a phone that was carried
 * about takes nothing from what a camera saw or the shopper said. Those that say nearly the same make it surer (as
 * independent witnesses: what is doubted is that all of them are wrong), and the most exact of them says where.
 * @returns undefined when nobody says anything, or only of levels the map does not have
 * Source: own; the confidence of agreeing witnesses is 1 − Π(1 − c).
 */
export function combinePlaces(said: readonly SaidPlace[], map: ParkingMap): CarPlace | undefined {
  const known = said.filter(({ levelId }) => map.levelName(levelId) !== undefined)
  const seen = known.filter((one) => !isTrail(one))
  const lastMs = Math.max(...(seen.length > 0 ? seen : known).map(({ atMs }) => atMs))
  const current = known.filter(({ atMs }) => Math.abs(lastMs - atMs) <= sameParkingMs)
  const [first] = [...current].sort(
    (a, b) => Number(isTrail(a)) - Number(isTrail(b)) || b.confidence - a.confidence || b.atMs - a.atMs,
  )
  if (!first) return undefined
  const agreeing = current.filter((one) => one === first || agree(one, first))
  const exact = agreeing.reduce((best, one) => (one.radiusM < best.radiusM ? one : best), first)
  const doubt = agreeing.reduce((product, { confidence }) => product * (1 - confidence), 1)
  const near = exact.bayId === undefined ? map.bayNear(exact) : ofBay(map, exact.bayId)
  return {
    levelId: exact.levelId,
    level: map.levelName(exact.levelId)!,
    x: exact.x,
    y: exact.y,
    radiusM: exact.radiusM,
    confidence: 1 - doubt,
    atMs: Math.max(...agreeing.map(({ atMs }) => atMs)),
    source: exact.source,
    agreeing: agreeing.filter((one) => one !== exact).map(({ source }) => source),
    ...(near ? { bay: { id: near.bay.id, code: near.bay.code, distanceM: near.distanceM } } : {}),
  }
}

function isTrail({ source }: SaidPlace): boolean {
  return source === 'trail'
}

function agree(a: SaidPlace, b: SaidPlace): boolean {
  return a.levelId === b.levelId && Math.hypot(a.x - b.x, a.y - b.y) <= a.radiusM + b.radiusM + slackM
}

function ofBay(map: ParkingMap, id: UnitId) {
  const bay = map.bay(id)
  return bay && { bay, distanceM: 0 }
}

/** What a shopper reads: which level, which bay, how near, and how sure. */
export function placeText({ level, bay, radiusM, confidence }: CarPlace): { zh: string; en: string } {
  const within = Math.max(5, Math.ceil(radiusM / 5) * 5)
  const sure = confidence >= 0.9 ? undefined : confidence >= 0.6 ? 'likely' : 'guess'
  const zhSure = sure === undefined ? '' : sure === 'likely' ? '（较可能）' : '（仅供参考）'
  const enSure = sure === undefined ? '' : sure === 'likely' ? ' (likely)' : ' (a guess)'
  if (!bay) return { zh: `${level}，${within} 米以内${zhSure}`, en: `${level}, within ${within} m${enSure}` }
  if (bay.distanceM <= inBayM && radiusM <= inBayM) {
    return { zh: `${level}，${bay.code} 车位${zhSure}`, en: `${level}, bay ${bay.code}${enSure}` }
  }
  return {
    zh: `${level}，${bay.code} 附近，${within} 米以内${zhSure}`,
    en: `${level}, near ${bay.code}, within ${within} m${enSure}`,
  }
}
