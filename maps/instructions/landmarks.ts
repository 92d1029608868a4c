import type { Xy } from '../model/index.ts'
import type { RoutingPlace, RoutingTables } from '../routes/index.ts'

/** A shop front or desk that a walker can see and name. */
export interface Landmark extends Xy {
  readonly place: RoutingPlace
  readonly widthM: number
}

/** Machines that stand about come and go, and there are many of the same name. */
const notLandmarks = /vendingmachine|photobooth|powerchargingstation|atm/
const machines =
  /zhuawawaji|shou(huo|mai)ji|zidongshou(huo|mai)|抓娃娃|娃娃机|自动售|售[货卖]机|充电宝|vending|claw machine/i

/** What can be seen on each level, from the tables of a venue. */
export class Landmarks {
  private readonly byLevel: readonly (readonly Landmark[])[]

  constructor(tables: RoutingTables) {
    this.byLevel = tables.levels.map((_, level) =>
      tables.places.filter(isLandmark).flatMap((place) =>
        place.doors.flatMap((door) => {
          const { level: on, x, y, widthM } = tables.doors[door]!
          return on === level ? [{ place, x, y, widthM }] : []
        }),
      ),
    )
  }

  /**
   * The landmark that fits best beside a point of a walk: near, wide, and not behind the walker.
   * @param heading direction of walking as a unit vector.
   * @param isTaken places that may not be named here.
   * O(landmarks of the level).
   */
  beside(
    where: { readonly level: number; readonly at: Xy; readonly heading: Xy; readonly withinM: number },
    isTaken: (place: RoutingPlace) => boolean,
  ): Landmark | undefined {
    const { level, at, heading, withinM } = where
    let best: Landmark | undefined
    let least = Infinity
    for (const landmark of this.byLevel[level] ?? []) {
      const dx = landmark.x - at.x
      const dy = landmark.y - at.y
      const distanceM = Math.hypot(dx, dy)
      if (distanceM > withinM || dx * heading.x + dy * heading.y < -behindM) continue
      // A wide front is seen from further off.
      const worth = distanceM - Math.min(5, landmark.widthM / 3) + (landmark.place.kind === 'bay' ? bayM : 0)
      if (worth >= least || isTaken(landmark.place)) continue
      least = worth
      best = landmark
    }
    return best
  }
}

const behindM = 3
/** A bay's number is read close by, and any shop is the better landmark. */
const bayM = 8

function isLandmark({ kind, category, name }: RoutingPlace): boolean {
  if (kind !== 'shop' && kind !== 'service' && kind !== 'bay') return false
  return !notLandmarks.test(category) && !Object.values(name).some((text) => machines.test(text))
}
