import { itineraryOf, mostStops, Router } from '../../../maps/routes/index.ts'
import type { Spot } from '../../../maps/routes/index.ts'
import { coinCellProfiles, forecastBattery } from '../../frames/battery.ts'
import type { BatteryForecast } from '../../frames/battery.ts'
import type { LocalBeacon } from '../../offline/local-registry.ts'
import type { RegistryFinding } from '../../offline/operations.ts'
import { findPlace } from '../../place/find-place.ts'
import { KitFault } from '../../offline/kit-fault.ts'
import { exitCodes, numberOption, shortName } from '../context.ts'
import type { Context, VenueMap } from '../context.ts'
import { toned } from '../terminal.ts'
import { textOption } from './take.ts'

/** Why one goes to a beacon: a finding, or a battery that ends soon. */
export interface Visit {
  readonly beacon: LocalBeacon
  readonly why: RegistryFinding['kind'] | 'battery'
  readonly forecast?: BatteryForecast
  /** The hour of the ladder: what to take along. */
  readonly battery: string
}

/** A round as it is walked. */
export interface Round {
  readonly stops: readonly (Visit & {
    readonly level: string
    readonly walkM: number
    readonly walkS: number
  })[]
  readonly lengthM: number
  readonly walkS: number
  /** Walking, and the time at each beacon. */
  readonly minutes: number
  readonly batteries: Readonly<Record<string, number>>
  /** Beacons no way leads to, as the map is. */
  readonly unreachable: readonly Visit[]
}

/** At a beacon: ladder, screws, battery, verify. */
const stopS = 4 * 60

/** `health`: what is wrong, how long batteries last, and the round to put it right. */
export async function health(context: Context): Promise<number> {
  const soonMonths = numberOption(context, 'months', { usual: 2, least: 0, most: 60 })
  const kit = context.kit()
  const beacons = [...kit.beacons().values()].filter(
    ({ state }) => state === 'installed' || state === 'verified',
  )
  const visits = visitsOf(beacons, kit.registry.findings, { nowMs: context.machine.nowMs(), soonMonths })
  const map = await context.map()
  const from = textOption(context, 'from')
  const round = visits.length === 0 ? undefined : roundOf(map, visits, startOf(map, from))
  const document = {
    beacons: beacons.length,
    findings: kit.registry.findings.length,
    visits: visits.length,
    round: round && {
      ...{ minutes: round.minutes, lengthM: Math.round(round.lengthM), batteries: round.batteries },
      stops: round.stops.map(({ beacon, why, level, walkM, battery, forecast }) => ({
        ...{ beacon: beacon.key, name: shortName(beacon), why, level, battery },
        ...{
          place: beacon.place,
          mount: beacon.mount,
          mountHeightM: beacon.mountHeightM,
          walkM: Math.round(walkM),
        },
        ...(forecast ? { months: forecast.months } : {}),
      })),
      unreachable: round.unreachable.map(({ beacon }) => beacon.key),
    },
  }
  context.result(document, () => {
    tellHealth(context, beacons.length, round)
  })
  return visits.length > 0 ? exitCodes.attention : exitCodes.ok
}

/** One visit a beacon: what is found wrong with it first, else a battery that ends within the months. */
export function visitsOf(
  beacons: readonly LocalBeacon[],
  findings: readonly RegistryFinding[],
  { nowMs, soonMonths }: { readonly nowMs: number; readonly soonMonths: number },
): Visit[] {
  const byBeacon = new Map(
    findings.filter(({ closedAtMs }) => closedAtMs === undefined).map((one) => [one.beaconId, one]),
  )
  return beacons.flatMap((beacon): Visit[] => {
    const battery = batteryOf(beacon.hardware.model)
    const finding = beacon.id === undefined ? undefined : byBeacon.get(beacon.id)
    if (finding) return [{ beacon, why: finding.kind, battery }]
    const { battery: reading, intervalMs } = beacon
    if (!reading) return []
    const forecast = forecastBattery([{ atMs: reading.atMs ?? nowMs, percent: reading.percent }], {
      ...{ nowMs, intervalMs, profile: coinCellProfiles[battery] },
    })
    return forecast && forecast.months.low <= soonMonths
      ? [{ beacon, why: 'battery', forecast, battery }]
      : []
  })
}

/** The cell that the model's name tells; the commonest when it tells none. */
function batteryOf(model: string): keyof typeof coinCellProfiles {
  const told = (Object.keys(coinCellProfiles) as (keyof typeof coinCellProfiles)[]).find((cell) =>
    model.toUpperCase().includes(cell),
  )
  return told ?? 'CR2477'
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

/**
 * The round over some beacons, level by level in the order of the building, each level in the order that costs least from where the last
 * one ended; levels with more stops than an exact order takes go in parts, nearest parts first. Lifts only: the ladder comes along.
 */
export function roundOf({ tables }: Pick<VenueMap, 'tables'>, visits: readonly Visit[], start: Spot): Round {
  const router = Router.of(tables)
  const profile = 'step-free' as const
  const spotOf = ({ beacon: { place } }: Visit): Spot | undefined => {
    const level = tables.levels.find(({ id }) => id === place?.levelId)
    return place && level ? { level: level.name, x: place.x, y: place.y } : undefined
  }
  const order = (a: Visit) => tables.levels.findIndex(({ id }) => id === a.beacon.place?.levelId)
  const left = [...visits].sort((a, b) => order(a) - order(b))
  const stops: Round['stops'][number][] = []
  const unreachable: Visit[] = []
  let here = start
  let [lengthM, walkS] = [0, 0]
  while (left.length > 0) {
    const level = order(left[0]!)
    const onLevel = left.filter((visit) => order(visit) === level)
    const far = (visit: Visit) => {
      const spot = spotOf(visit)
      return spot ? router.costS({ from: here, to: spot, profile }) : Infinity
    }
    const part = onLevel
      .map((visit) => ({ visit, cost: far(visit) }))
      .sort((a, b) => a.cost - b.cost)
      .slice(0, mostStops)
    for (const { visit } of part) left.splice(left.indexOf(visit), 1)
    const reachable = part.filter(({ cost }) => Number.isFinite(cost)).map(({ visit }) => visit)
    unreachable.push(...part.filter(({ cost }) => !Number.isFinite(cost)).map(({ visit }) => visit))
    const spots = reachable.map((visit) => spotOf(visit)!)
    const itinerary = itineraryOf(router, { from: here, stops: spots, profile })
    if ('refused' in itinerary) {
      unreachable.push(...reachable)
      continue
    }
    itinerary.order.forEach((index, leg) => {
      const visit = reachable[index]!
      const route = itinerary.routes[leg]!
      stops.push({
        ...visit,
        level: tables.levels[level]?.name ?? '',
        walkM: route.lengthM,
        walkS: route.seconds,
      })
      here = spots[index]!
    })
    lengthM += itinerary.lengthM
    walkS += itinerary.seconds
  }
  const batteries: Record<string, number> = {}
  for (const { battery } of stops) batteries[battery] = (batteries[battery] ?? 0) + 1
  const minutes = Math.round((walkS + stops.length * stopS) / 60)
  return { stops, lengthM, walkS, minutes, batteries, unreachable }
}

const whys: Readonly<Record<Visit['why'], { readonly zh: string; readonly en: string }>> = {
  silent: { zh: '没声音', en: 'silent' },
  weak: { zh: '变弱', en: 'weak' },
  moved: { zh: '挪了位置', en: 'moved' },
  cloned: { zh: '被复制', en: 'cloned' },
  drifting: { zh: '慢慢变弱', en: 'drifting' },
  battery: { zh: '快没电', en: 'battery' },
}

function tellHealth(context: Context, beacons: number, round: Round | undefined): void {
  const { text } = context
  if (!round) {
    context.say(
      { zh: `${beacons} 个信标都好，不用跑。`, en: `All ${beacons} beacons are well: no round is needed.` },
      'good',
    )
    return
  }
  context.say(
    {
      zh: `明天这一圈：${round.stops.length} 个，步行 ${Math.round(round.lengthM)} 米，约 ${round.minutes} 分钟（每个 ${stopS / 60} 分钟）`,
      en: `Tomorrow’s round: ${round.stops.length} beacons, ${Math.round(round.lengthM)} m on foot, some ${round.minutes} min (${stopS / 60} each)`,
    },
    'strong',
  )
  const list = Object.entries(round.batteries).map(([cell, count]) => `${cell} × ${count}`)
  context.say({ zh: `带上：${list.join('、')}，梯子`, en: `Take along: ${list.join(', ')}, a ladder` })
  context.table(
    [
      { title: '#', align: 'right' },
      { title: text({ zh: '编号', en: 'Number' }) },
      { title: text({ zh: '楼层', en: 'Level' }) },
      { title: 'x, y', align: 'right' },
      { title: text({ zh: '装法', en: 'Mount' }) },
      { title: text({ zh: '原因', en: 'Why' }) },
      { title: text({ zh: '走过去', en: 'Walk' }), align: 'right' },
      { title: text({ zh: '电量', en: 'Battery' }), align: 'right' },
    ],
    round.stops.map(({ beacon, level, why, walkM, forecast }, index) => [
      String(index + 1),
      { text: shortName(beacon), tone: 'strong' },
      level,
      `${Math.round(beacon.place?.x ?? 0)}, ${Math.round(beacon.place?.y ?? 0)}`,
      `${beacon.mount} ${beacon.mountHeightM} m`,
      { text: text(whys[why]), tone: why === 'battery' ? 'warn' : 'bad' },
      `${Math.round(walkM)} m`,
      forecast ? `${Math.round(forecast.percentNow)} %` : '–',
    ]),
  )
  for (const { beacon } of round.unreachable) {
    const sentence = text({ zh: '地图上没有无台阶的路到', en: 'the map has no step-free way to' })
    context.machine.output.write(`${toned(context.machine.output, 'warn', sentence)} ${shortName(beacon)}\n`)
  }
}
