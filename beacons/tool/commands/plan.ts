import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'
import { levelFrameOf, toLonLat, toXy } from '../../../maps/model/index.ts'
import { beaconMounts } from '../../../server/contract/index.ts'
import { KitFault } from '../../offline/kit-fault.ts'
import type { BeaconChange } from '../../offline/operations.ts'
import { hasKit, writeKitFile } from '../../offline/kit.ts'
import type { LocalBeacon } from '../../offline/local-registry.ts'
import { nextLeased } from '../../offline/local-registry.ts'
import { buildingOf, plannedRadio, planVenue } from '../../plan/index.ts'
import type { KeptBeacon, PlannedBeacon, VenuePlan } from '../../plan/index.ts'
import { exitCodes, levelsOption, shortName, textOption } from '../context.ts'
import type { Context, VenueMap } from '../context.ts'
import { queueRegister } from '../deeds.ts'

const mostAreas = 8

/** `plan`: proposes places for what is missing and says how good the whole will be. */
export async function plan(context: Context): Promise<number> {
  const map = await context.map()
  const only = levelsOption(context, map)
  const csv = textOption(context, 'csv')
  const known = hasKit(context.dir) ? [...context.kit().beacons().values()] : []
  const hung = keptOf(known)
  const rows = csv === undefined ? [] : readPlanCsv(context.machine.readText(csv), csv, map)
  // A table that was applied before: its places have their numbers.
  const wanted = rows.filter((row) => !hung.some((one) => isSamePlace(one, row)))
  const kept = [...hung, ...wanted]
  const building = buildingOf(map.archive, map.tables)
  const made = planVenue(building, kept, only)
  const isAsked = ({ level }: { readonly level: string }) => only === undefined || only.includes(level)
  const unnumbered = wanted.filter((row) => !row.hasNumber && isAsked(row))
  const places = [...unnumbered.map(placeOfRow), ...made.beacons.map(placeOf)]
  const registered = context.options.apply === true ? register(context, places) : 0
  const out = textOption(context, 'out')
  if (out !== undefined) context.machine.writeText(out, planCsv(places))
  if (hasKit(context.dir))
    writeKitFile(context.dir, 'plan.json', { beacons: made.beacons, levels: made.measure.levels })
  // Areas are in metres of the site; a person reads them on a level.
  const measured = { levels: made.measure.levels.filter(isAsked), areas: made.measure.areas.filter(isAsked) }
  const areas = measured.areas.slice(0, mostAreas).map(({ x, y, takenFor, ...area }) => {
    const level = building.levels.find(({ name }) => name === area.level)
    const at = level ? toXy(level.frame, toLonLat(building.site, { x, y })) : { x, y }
    return {
      ...area,
      x: Math.round(at.x),
      y: Math.round(at.y),
      takenFor: takenFor && { level: takenFor.level, chance: takenFor.chance },
    }
  })
  context.result(
    { beacons: made.beacons, kept: made.kept.length, levels: measured.levels, areas, registered },
    () => {
      tellPlan(context, { ...made, measure: { ...made.measure, levels: measured.levels } }, areas)
      if (registered > 0)
        context.say(
          {
            zh: `已排队登记 ${registered} 个，beacons sync 送出`,
            en: `${registered} queued for the registry; "beacons sync" sends them`,
          },
          'good',
        )
      if (out !== undefined) context.say({ zh: `已写入 ${out}`, en: `Written to ${out}` })
    },
  )
  return exitCodes.ok
}

/** What hangs, or is planned by somebody already, stays. */
function keptOf(beacons: readonly LocalBeacon[]): KeptBeacon[] {
  return beacons.flatMap((beacon) => {
    const { place } = beacon
    if (!place || beacon.state === 'retired') return []
    const { mountHeightM, measuredPowerDbm, intervalMs } = beacon
    return [
      {
        id: shortName(beacon),
        ...place,
        levelId: place.levelId as KeptBeacon['levelId'],
        mountHeightM,
        measuredPowerDbm,
        intervalMs,
      },
    ]
  })
}

/** A place that is to get a number: metres of its level. */
interface PlaceToNumber {
  readonly level: string
  readonly levelId: KeptBeacon['levelId']
  readonly change: BeaconChange & { readonly place: { readonly x: number; readonly y: number } }
  readonly notes: string
}

/** A line of a table of places. */
interface CsvPlace extends KeptBeacon {
  readonly level: string
  readonly mount: (typeof beaconMounts)[number]
  readonly txPowerDbm: number
  /** It has major and minor: the registry knows it, or is told by its own import. */
  readonly hasNumber: boolean
}

const samePlaceM = 0.5

function isSamePlace(a: KeptBeacon, b: KeptBeacon): boolean {
  return a.levelId === b.levelId && Math.hypot(a.x - b.x, a.y - b.y) < samePlaceM
}

const csvLine = z.object({
  level: z.string().trim().min(1),
  x_m: z.coerce.number().min(-10_000).max(10_000),
  y_m: z.coerce.number().min(-10_000).max(10_000),
  mount_height_m: cell(z.coerce.number().min(0).max(50), 3),
  measured_power_dbm: cell(z.coerce.number().int().min(-100).max(-20), plannedRadio.measuredPowerDbm),
  interval_ms: cell(z.coerce.number().int().min(20).max(10_240), plannedRadio.intervalMs),
  tx_power_dbm: cell(z.coerce.number().int().min(-40).max(20), plannedRadio.txPowerDbm),
  mount: cell(z.enum(beaconMounts), 'ceiling'),
  major: z.string().default(''),
  minor: z.string().default(''),
})

/** A cell that may be empty, or its column absent. */
function cell<Value>(schema: z.ZodType<Value>, usual: Value) {
  return z
    .preprocess((text) => (text === '' ? undefined : text), schema.optional())
    .transform((value) => value ?? usual)
}

/**
 * Intended places from a table with the registry's columns (`level`, `x_m`, `y_m` and, if there, mount, height, powers, interval,
 * major and minor). Each faulty line is named; nothing is taken of a table with faults.
 * @throws KitFault with every fault
 */
export function readPlanCsv(
  text: string,
  path: string,
  { tables, archive }: Pick<VenueMap, 'tables' | 'archive'>,
): CsvPlace[] {
  let rows: unknown
  try {
    rows = parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new KitFault('bad-csv', {
      zh: `${path} 不是表格：${reason}`,
      en: `Expected a table in ${path}: ${reason}`,
    })
  }
  const faults: string[] = []
  const kept = (Array.isArray(rows) ? rows : []).flatMap((row: unknown, index): CsvPlace[] => {
    const line = index + 2
    const read = csvLine.safeParse(row)
    if (!read.success) {
      faults.push(
        `${line}: ${read.error.issues.map(({ path: [column = ''], message }) => `${String(column)} ${message}`).join('; ')}`,
      )
      return []
    }
    const level = tables.levels.find(({ name }) => name.toLowerCase() === read.data.level.toLowerCase())
    const isKnown =
      level && archive.features.level.some((feature) => feature.id === level.id && levelFrameOf(feature))
    if (!level || !isKnown) {
      faults.push(`${line}: level "${read.data.level}"`)
      return []
    }
    const {
      x_m: x,
      y_m: y,
      mount_height_m: mountHeightM,
      measured_power_dbm: measuredPowerDbm,
      interval_ms: intervalMs,
      tx_power_dbm: txPowerDbm,
      mount,
      major,
      minor,
    } = read.data
    const radio = { measuredPowerDbm, intervalMs, txPowerDbm }
    const hasNumber = major !== '' && minor !== ''
    const place = { id: `csv ${line}`, level: level.name, levelId: level.id, x, y, mount, mountHeightM }
    return [{ ...place, ...radio, hasNumber }]
  })
  if (faults.length === 0) return kept
  const list = faults.slice(0, 10).join('\n')
  throw new KitFault('bad-csv', {
    zh: `${path} 有 ${faults.length} 处不对，没有采用。要有 level、x_m、y_m 三列：\n${list}`,
    en: `Expected the columns level, x_m and y_m in ${path}; ${faults.length} lines are faulty and nothing was taken:\n${list}`,
  })
}

function placeOf(beacon: PlannedBeacon): PlaceToNumber {
  const { label, level, levelId, x, y, mount, mountHeightM, reason } = beacon
  const change = { state: 'planned' as const, place: { levelId, x, y }, mount, mountHeightM, ...plannedRadio }
  return { level, levelId, change, notes: `${label} ${reason}` }
}

function placeOfRow(row: CsvPlace): PlaceToNumber {
  const { id, level, levelId, x, y, mount, mountHeightM, measuredPowerDbm, txPowerDbm, intervalMs } = row
  const radio = { measuredPowerDbm, txPowerDbm, intervalMs }
  const change = { state: 'planned' as const, place: { levelId, x, y }, mount, mountHeightM, ...radio }
  return { level, levelId, change, notes: id }
}

/** Places without a number, in columns that `plan --csv` and the registry read. */
function planCsv(places: readonly PlaceToNumber[]): string {
  const rows = places.map(({ level, change, notes }) => [
    level,
    ...[change.place.x, change.place.y, change.mount, change.mountHeightM, 'planned'],
    ...[change.measuredPowerDbm, change.txPowerDbm, change.intervalMs],
    notes,
  ])
  const radio = ['measured_power_dbm', 'tx_power_dbm', 'interval_ms']
  const columns = ['level', 'x_m', 'y_m', 'mount', 'mount_height_m', 'state', ...radio, 'notes']
  return stringify([columns, ...rows], { bom: true })
}

/** Gives each place the next leased number of its level. */
function register(context: Context, places: readonly PlaceToNumber[]): number {
  const kit = context.kit()
  const nowMs = context.machine.nowMs()
  let count = 0
  for (const { level, levelId, change } of places) {
    const identity = nextLeased(kit.registry.leases, kit.beacons(), { levelId, nowMs })
    if (!identity) {
      throw new KitFault('no-number-left', {
        zh: `${level} 的号段用完了（已登记 ${count} 个）：联网后 beacons take --numbers ${places.length}`,
        en: `Expected a leased number for ${level}, but none is left (${count} are queued): run "beacons take --numbers ${places.length}" with a network`,
      })
    }
    queueRegister(context, identity, { change, deed: 'plan' })
    count++
  }
  return count
}

function tellPlan(
  context: Context,
  { beacons, kept, measure }: VenuePlan,
  areas: readonly {
    readonly level: string
    readonly x: number
    readonly y: number
    readonly near?: Readonly<Record<string, string>>
    readonly covered: number
    readonly expectedM: number
    readonly takenFor: { readonly level: string; readonly chance: number } | undefined
  }[],
): void {
  const { text } = context
  const percent = (share: number) => `${Math.round(share * 100)} %`
  const areaTitle = text({ zh: '地面', en: 'Floor' })
  context.say(
    {
      zh: `新增 ${beacons.length} 个，保留 ${kept.length} 个`,
      en: `${beacons.length} new beacons, ${kept.length} kept`,
    },
    'strong',
  )
  context.table(
    [
      { title: text({ zh: '楼层', en: 'Level' }) },
      { title: areaTitle, align: 'right' },
      { title: text({ zh: '信标', en: 'Beacons' }), align: 'right' },
      { title: text({ zh: '听得到两个', en: 'Hears two' }), align: 'right' },
      { title: text({ zh: '走动误差', en: 'Walking off' }), align: 'right' },
      { title: text({ zh: '一眼误差', en: 'One look off' }), align: 'right' },
      { title: text({ zh: '认错楼层', en: 'Wrong level' }), align: 'right' },
    ],
    measure.levels.map(({ level, floorM2, beacons: count, covered, expectedM, errorM, otherLevel }) => [
      { text: level, tone: 'strong' },
      `${Math.round(floorM2)} m²`,
      String(count),
      { text: percent(covered), tone: covered > 0.95 ? 'good' : covered > 0.85 ? 'plain' : 'warn' },
      `${expectedM.toFixed(1)} m`,
      `${errorM.toFixed(1)} m`,
      percent(otherLevel),
    ]),
  )
  const usualM = new Map(measure.levels.map(({ level, expectedM }) => [level, expectedM]))
  context.say({ zh: '这些地方会差一些：', en: 'It will be worse here:' }, 'strong')
  context.table(
    [
      { title: text({ zh: '楼层', en: 'Level' }) },
      { title: 'x, y', align: 'right' },
      { title: text({ zh: '靠近', en: 'Near' }), gives: true },
      { title: text({ zh: '听得到两个', en: 'Hears two' }), align: 'right' },
      { title: text({ zh: '走动误差', en: 'Walking off' }), align: 'right' },
      { title: text({ zh: '比本层', en: 'Than level' }), align: 'right' },
      { title: text({ zh: '易认作', en: 'Taken for' }) },
    ],
    areas.map(({ level, x, y, near, covered, expectedM, takenFor }) => [
      level,
      `${x}, ${y}`,
      near ? (near[context.language] ?? Object.values(near)[0] ?? '') : '',
      percent(covered),
      `${expectedM.toFixed(1)} m`,
      `+${Math.max(0, expectedM - (usualM.get(level) ?? expectedM)).toFixed(1)} m`,
      takenFor && takenFor.chance > 0.05 ? `${takenFor.level} ${percent(takenFor.chance)}` : '–',
    ]),
  )
}
