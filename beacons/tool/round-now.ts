import type { Spot } from '../../maps/routes/index.ts'
import { roundOf } from '../health/round.ts'
import type { Round } from '../health/round.ts'
import { visitsOf } from '../health/visits.ts'
import { KitFault } from '../offline/kit-fault.ts'
import { findPlace } from '../place/find-place.ts'
import { numberOption, textOption } from './context.ts'
import type { Context, VenueMap } from './context.ts'

/** The round by what is known now; undefined when none is needed. */
export async function roundNow(context: Context): Promise<Round | undefined> {
  const soonMonths = numberOption(context, 'months', { usual: 2, least: 0, most: 60 })
  const kit = context.kit()
  const map = await context.map()
  const visits = visitsOf([...kit.beacons().values()], kit.registry.findings, {
    nowMs: context.machine.nowMs(),
    soonMonths,
  })
  return visits.length === 0
    ? undefined
    : roundOf(map.tables, visits, startOf(map, textOption(context, 'from')))
}

function startOf(map: VenueMap, from: string | undefined): Spot {
  if (from !== undefined) {
    const found = findPlace(map, from)
    if ('refused' in found) throw new KitFault(found.refused, found.words)
    return { level: found.level, x: found.x, y: found.y }
  }
  const entrance = map.destinations.find(({ kind }) => kind === 'entrance')
  if (entrance) return { place: entrance.id }
  const [first] = map.tables.doors
  const level = map.tables.levels[first?.level ?? 0]
  return { level: level?.name ?? '', x: first?.outsideX ?? 0, y: first?.outsideY ?? 0 }
}
