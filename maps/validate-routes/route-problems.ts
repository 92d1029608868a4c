import { destinationsOf } from '../directory/index.ts'
import { centroidOf, componentsOf, distanceToRingsM, ringsContain } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import { toXy } from '../model/index.ts'
import type { Archive, Problem, Xy } from '../model/index.ts'
import { buildRoutingTables } from '../routes/build-tables.ts'
import type { RoutingConnector, RoutingPlace, RoutingTables } from '../routes/tables.ts'
import { floorsOf, shrunk } from '../walkable/index.ts'
import { reachOf } from './reach.ts'

/** Pieces of ground smaller than this are left-overs between walls. */
const leastAreaM2 = 20
/** Half a walker's width. */
const clearanceM = 0.35

/**
 * What keeps people from walking where the map says there is something: shops without a door or out of
 * reach, places one can enter but not leave, levels and areas cut off, doors that lead nowhere, lifts with
 * nowhere to get on, escalators of which nobody says which way they run. All are warnings: the rest of the
 * map is of use meanwhile. Derives all routing tables, so it takes about as long as those.
 * @returns one problem for each feature, with its place on the map, in the order: places, connectors, openings, areas.
 */
export function routeProblems(archive: Archive): Problem[] {
  const destinations = destinationsOf(archive)
  const tables = buildRoutingTables(archive, destinations)
  const labels = new Map(destinations.map(({ id, x, y }) => [id, { x, y }]))
  return [
    ...placeProblems(tables, labels),
    ...connectorProblems(tables),
    ...openingProblems(archive, tables),
    ...areaProblems(archive, tables),
  ]
}

/** @param labels where the label of each place stands, by id. */
function placeProblems(tables: RoutingTables, labels: ReadonlyMap<string, Xy>): Problem[] {
  const walking = reachOf(tables, 'fastest')
  const wheels = reachOf(tables, 'step-free')
  const problems: Problem[] = []
  const cutOff = levelsCutOff(tables, walking.isReached)
  for (const level of cutOff) {
    const { id, name } = tables.levels[level]!
    const at = tables.doors.find((door) => door.level === level)
    problems.push({
      severity: 'warning',
      code: 'gap-between-levels',
      feature: id,
      level: name,
      message: `Expected a lift, stairs or an escalator to ${name}, got none that reaches it from the rest. Add a relationship between their units on both levels.`,
      ...(at && { at: { x: at.x, y: at.y } }),
    })
  }
  const atPlace = (place: RoutingPlace, code: string, message: string): Problem => {
    const at = tables.doors[place.doors[0] ?? -1] ?? labels.get(place.id)
    return {
      severity: 'warning',
      code,
      feature: place.id,
      level: tables.levels[place.level]!.name,
      message: `${Object.values(place.name)[0] ?? place.id}: ${message}`,
      ...(at && { at: { x: at.x, y: at.y } }),
    }
  }
  tables.places.forEach((place, k) => {
    const isReached = walking.isReached[k]!
    const isLeft = walking.isLeft[k]!
    if (place.doors.length === 0) {
      problems.push(
        atPlace(
          place,
          'no-door',
          'Expected a wall that faces walkable ground, got none. Add an opening, or correct the units around it.',
        ),
      )
    } else if (cutOff.has(place.level)) {
      return
    } else if (!isReached && !isLeft) {
      problems.push(
        atPlace(
          place,
          'unreachable',
          'Expected a way here from the rest of the venue, got none. Look for a unit that closes its aisle.',
        ),
      )
    } else if (isReached !== isLeft) {
      problems.push(
        atPlace(
          place,
          'one-way-trap',
          isReached
            ? 'One can come here but not leave: add the way back, such as the escalator in the other direction.'
            : 'One can leave here but not come: add the way in, such as the escalator in the other direction.',
        ),
      )
    } else if (!wheels.isReached[k] && place.kind !== 'bay') {
      problems.push(
        atPlace(
          place,
          'not-step-free',
          'Expected a way without steps, 0.9 m wide, got none. Add a lift or a ramp, or widen the aisle if it is wider in truth.',
        ),
      )
    }
  })
  return problems
}

/** Levels with places of which none is reached. */
function levelsCutOff(tables: RoutingTables, isReached: readonly boolean[]): ReadonlySet<number> {
  const withPlaces = new Set(tables.places.filter(({ doors }) => doors.length > 0).map(({ level }) => level))
  tables.places.forEach(({ level }, k) => {
    if (isReached[k]) withPlaces.delete(level)
  })
  return withPlaces
}

function connectorProblems(tables: RoutingTables): Problem[] {
  return tables.connectors.flatMap((connector) => {
    const reached = connector.stops.filter(({ doors }) => doors.length > 0)
    const missed = connector.stops.filter(({ doors }) => doors.length === 0)
    const unreached = missed.map(({ level }): Problem => {
      const { name } = tables.levels[level]!
      const unit = tables.units.find((each) => each.level === level && connector.ids.includes(each.id))
      const ring = unit?.rings[0]
      return {
        severity: 'warning',
        code: 'dead-end-connector',
        feature: connector.id,
        level: name,
        ...(ring && { at: centroidOf(ring) }),
        message: `Expected walkable ground before the ${connector.kind} on ${name}, got none${reached.length < 2 ? ', so it leads nowhere' : ''}. Add its opening on that level, or take the level out of its stops.`,
      }
    })
    return [...unreached, ...directionProblems(tables, connector)]
  })
}

/**
 * An escalator of which nobody says which way it runs is taken to carry both ways: whoever is sent up one
 * that runs down is sent wrong.
 */
function directionProblems(
  tables: RoutingTables,
  { id, kind, direction, stops }: RoutingConnector,
): Problem[] {
  const lowest = stops[0]
  const highest = stops[stops.length - 1]
  if (kind !== 'escalator' || direction !== 'both' || !lowest || !highest) return []
  const door = tables.doors[lowest.doors[0] ?? -1]
  const [low, high] = [tables.levels[lowest.level]!.name, tables.levels[highest.level]!.name]
  return [
    {
      severity: 'warning',
      code: 'direction-unconfirmed',
      feature: id,
      level: low,
      message: `Expected the escalator between ${low} and ${high} to run one way, got no direction: routes use it both ways. Make its relationship directed, from where one gets on to where one gets off, and add one for each that runs.`,
      ...(door && { at: { x: door.x, y: door.y } }),
    },
  ]
}

/** Doors of visitors that no place and no connector came out to be entered by. */
function openingProblems(archive: Archive, tables: RoutingTables): Problem[] {
  const used = new Set(tables.doors.map(({ openingId }) => openingId))
  const floors = floorsOf(archive)
  return archive.features.opening.flatMap((opening): Problem[] => {
    const floor = floors.find(({ levelId }) => levelId === opening.properties.level_id)
    const [from, to] = [
      opening.geometry.coordinates[0],
      opening.geometry.coordinates[opening.geometry.coordinates.length - 1],
    ]
    if (!floor || !from || !to || used.has(opening.id)) return []
    const [a, b] = [toXy(floor.frame, from), toXy(floor.frame, to)]
    const at = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
    // Doors of back rooms are nobody's way; one that touches no wall and no ground is misplaced.
    const touches = floor.units.some(({ rings }) => distanceToRingsM(rings, at.x, at.y) < 0.5)
    if (touches || distanceToRingsM(floor.standing, at.x, at.y) < 0.5) return []
    return [
      {
        severity: 'warning',
        code: 'impossible-door',
        feature: opening.id,
        level: floor.name,
        at,
        message:
          'Expected an opening in a wall between a unit and walkable ground, got one that touches neither. Move it onto the wall.',
      },
    ]
  })
}

/** Pieces of ground from which no place and no connector is entered. */
function areaProblems(archive: Archive, tables: RoutingTables): Problem[] {
  return floorsOf(archive).flatMap((floor, level) => {
    const doors = tables.doors.filter((door) => door.level === level)
    return componentsOf(shrunk(floor.walking, clearanceM))
      .slice(1)
      .flatMap(({ rings, areaM2 }): Problem[] => {
        const outer = rings[0]![0]!
        const isEntered = doors.some(
          ({ outsideX, outsideY }) => distanceToPieceM(rings, outsideX, outsideY) < 0.1,
        )
        if (areaM2 < leastAreaM2 || isEntered) return []
        return [
          {
            severity: 'warning',
            code: 'isolated-area',
            feature: floor.levelId,
            level: floor.name,
            at: outer,
            message: `Expected all walkable ground to hang together, got ${Math.round(areaM2)} m² that nothing opens to. Draw what is there as a unit, or the opening that leads to it.`,
          },
        ]
      })
  })
}

function distanceToPieceM(rings: readonly Ring[], x: number, y: number): number {
  return ringsContain(rings, x, y) ? 0 : distanceToRingsM(rings, x, y)
}
