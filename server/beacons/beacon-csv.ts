import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'
import { toLonLat, toXy } from '../../maps/model/index.ts'
import { changeFields, mounts, needsPlace, newBeaconFields, states } from './beacon.ts'
import type { Beacon, BeaconFields, BeaconIdentity, FieldChanges } from './beacon.ts'
import type { BeaconLevel } from './level-frames.ts'

/** Faults told of one table; more would not help. */
const maxFaults = 1000
/** Positions are written to the millimetre. */
const positionDigits = 3

/** The columns in the order in which they are written. */
export const csvColumns = [
  'uuid',
  'major',
  'minor',
  'state',
  'level',
  'x_m',
  'y_m',
  'mount',
  'mount_height_m',
  'model',
  'serial',
  'mac',
  'firmware',
  'measured_power_dbm',
  'tx_power_dbm',
  'interval_ms',
  'battery_percent',
  'battery_date',
  'groups',
  'notes',
] as const

type Column = (typeof csvColumns)[number]
type Cells = Partial<Record<Column, string>>

/** What is wrong in which line; line 1 is the heading. */
export interface CsvFault {
  readonly line: number
  readonly column: string
  readonly message: string
}

/** What a table would do to a registry. */
export interface CsvPlan {
  readonly lines: number
  readonly created: readonly { readonly identity: BeaconIdentity; readonly fields: BeaconFields }[]
  readonly changed: readonly {
    readonly before: Beacon
    readonly fields: BeaconFields
    readonly changes: FieldChanges
  }[]
  readonly unchanged: number
  readonly faults: readonly CsvFault[]
}

/** Beacons as a table a spreadsheet opens: UTF-8 with a byte order mark, CRLF. O(beacons). */
export function writeCsv(beacons: readonly Beacon[], levels: readonly BeaconLevel[]): string {
  const rows = beacons.map((beacon) => {
    const cells = cellsOf(beacon, levels)
    return csvColumns.map((column) => guarded(cells[column]))
  })
  return stringify([[...csvColumns], ...rows], { bom: true, record_delimiter: 'windows' })
}

/**
 * Reads a table against what is registered. A line is found by uuid, major and minor; only cells that differ from
 * what would be exported are changes, so that an export imported again changes nothing.
 * @param text decoded UTF-8
 * @param present the beacons of the venue that are not retired
 * @param nowMs when a battery was read whose line gives no date
 * @returns what would happen, with every fault of every line. O(lines).
 */
export function planCsv(
  text: string,
  { present, levels, nowMs }: { present: readonly Beacon[]; levels: readonly BeaconLevel[]; nowMs: number },
): CsvPlan {
  const plan = { lines: 0, created: [], changed: [], unchanged: 0, faults: [] } as Mutable
  const table = readTable(text)
  if (!Array.isArray(table)) return { ...plan, faults: [table] }
  const byIdentity = new Map(present.map((beacon) => [keyOf(beacon), beacon]))
  const seen = new Map<string, number>()
  for (const { cells, line } of table) {
    plan.lines++
    const faults = planLine({ cells, line, seen, byIdentity, levels, nowMs }, plan)
    for (const fault of faults) if (plan.faults.length < maxFaults) plan.faults.push({ line, ...fault })
  }
  return plan
}

interface Mutable {
  lines: number
  created: { identity: BeaconIdentity; fields: BeaconFields }[]
  changed: { before: Beacon; fields: BeaconFields; changes: FieldChanges }[]
  unchanged: number
  faults: CsvFault[]
}

type LineFault = Omit<CsvFault, 'line'>

interface Line {
  readonly cells: Cells
  readonly line: number
  readonly seen: Map<string, number>
  readonly byIdentity: ReadonlyMap<string, Beacon>
  readonly levels: readonly BeaconLevel[]
  readonly nowMs: number
}

function planLine(at: Line, plan: Mutable): LineFault[] {
  const identity = identityOf(at.cells)
  if (Array.isArray(identity)) return identity
  const key = keyOf(identity)
  const earlier = at.seen.get(key)
  at.seen.set(key, earlier ?? at.line)
  if (earlier !== undefined) return [{ column: 'minor', message: `is the beacon of line ${earlier} again` }]
  const before = at.byIdentity.get(key)
  const changed = changeOf(at, before)
  if (Array.isArray(changed)) return changed
  if (!before) {
    const fields = { ...newBeaconFields, ...changed }
    const refusal = needsPlace(fields)
    if (fields.state === 'retired') return [{ column: 'state', message: 'a new beacon is not retired' }]
    if (refusal) return [{ column: 'level', message: refusal.detail }]
    plan.created.push({ identity, fields })
    return []
  }
  const result = changeFields(before, changed)
  if ('refused' in result) {
    return [{ column: result.refused === 'beacon-needs-place' ? 'level' : 'state', message: result.detail }]
  }
  if (Object.keys(result.changes).length === 0) plan.unchanged++
  else plan.changed.push({ before, ...result })
  return []
}

/** The cells of a line that say something new, as fields. */
function changeOf(
  { cells, levels, nowMs }: Line,
  before: Beacon | undefined,
): Partial<BeaconFields> | LineFault[] {
  const old: Cells = before ? cellsOf(before, levels) : {}
  const fresh: Cells = {}
  for (const column of csvColumns) {
    const cell = cells[column]
    if (cell !== undefined && cell !== '' && cell !== old[column]?.trim()) fresh[column] = cell
  }
  const faults: LineFault[] = []
  const change: Record<string, unknown> = {}
  for (const [column, { field, schema }] of Object.entries(plainColumns)) {
    const cell = isColumn(column) ? fresh[column] : undefined
    if (cell === undefined) continue
    const parsed = schema.safeParse(cell)
    if (parsed.success) change[field] = parsed.data
    else
      faults.push({
        column,
        message: `${parsed.error.issues[0]?.message ?? 'is wrong'}, got "${cell.slice(0, 40)}"`,
      })
  }
  if (fresh.level !== undefined || fresh.x_m !== undefined || fresh.y_m !== undefined) {
    const place = placeOf({ ...pick(old), ...pick(cells) }, levels)
    if (Array.isArray(place)) faults.push(...place)
    else Object.assign(change, place)
  }
  if (change.batteryPercent !== undefined) change.batteryAtMs ??= nowMs
  if (
    change.batteryAtMs !== undefined &&
    (change.batteryPercent ?? before?.batteryPercent ?? null) === null
  ) {
    faults.push({ column: 'battery_percent', message: 'is missing beside its date' })
  }
  // Every value came through the schema of its column.
  return faults.length > 0 ? faults : change
}

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d{1,6}$/, { error: `expected a whole number, ${min} to ${max}` })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: `expected a whole number, ${min} to ${max}` })
const brief = z.string().max(100, { error: 'expected at most 100 characters' })

/** Columns that stand for one field each. */
const plainColumns: Readonly<
  Record<string, { readonly field: keyof BeaconFields; readonly schema: z.ZodType }>
> = {
  state: { field: 'state', schema: z.enum(states, { error: `expected one of ${states.join(', ')}` }) },
  mount: { field: 'mount', schema: z.enum(mounts, { error: `expected one of ${mounts.join(', ')}` }) },
  mount_height_m: {
    field: 'mountHeightM',
    schema: z
      .string()
      .regex(/^\d{1,2}(?:\.\d{1,3})?$/, { error: 'expected metres, 0 to 50' })
      .transform(Number)
      .refine((value) => value <= 50, { error: 'expected metres, 0 to 50' }),
  },
  model: { field: 'model', schema: brief },
  serial: { field: 'serial', schema: brief },
  mac: { field: 'mac', schema: brief },
  firmware: { field: 'firmware', schema: brief },
  measured_power_dbm: { field: 'measuredPowerDbm', schema: whole(-100, -20) },
  tx_power_dbm: { field: 'txPowerDbm', schema: whole(-40, 20) },
  interval_ms: { field: 'intervalMs', schema: whole(20, 10_240) },
  battery_percent: { field: 'batteryPercent', schema: whole(0, 100) },
  battery_date: {
    field: 'batteryAtMs',
    schema: z.iso
      .date({ error: 'expected a date like 2026-11-22' })
      .transform((day) => Date.parse(`${day}T00:00:00Z`)),
  },
  groups: {
    field: 'groups',
    schema: z
      .string()
      .transform((text) =>
        [...new Set(text.split(';').map((group) => group.trim()))].filter((group) => group !== ''),
      )
      .refine((groups) => groups.length <= 20 && groups.every(({ length }) => length <= 50), {
        error: 'expected at most 20 groups of at most 50 characters, parted by ;',
      }),
  },
  notes: { field: 'notes', schema: z.string().max(2000, { error: 'expected at most 2000 characters' }) },
}

const identitySchema = z.object({
  uuid: z.guid({ error: 'expected a UUID' }).toLowerCase(),
  major: whole(0, 65_535),
  minor: whole(0, 65_535),
})

function identityOf({ uuid, major, minor }: Cells): BeaconIdentity | LineFault[] {
  const parsed = identitySchema.safeParse({ uuid: uuid ?? '', major: major ?? '', minor: minor ?? '' })
  if (parsed.success) return parsed.data
  return parsed.error.issues.map(({ path, message }) => ({ column: String(path[0]), message }))
}

function pick({ level, x_m, y_m }: Cells): Cells {
  return {
    ...(level === undefined || level === '' ? {} : { level }),
    ...(x_m === undefined || x_m === '' ? {} : { x_m }),
    ...(y_m === undefined || y_m === '' ? {} : { y_m }),
  }
}

function placeOf(
  { level: name, x_m: x, y_m: y }: Cells,
  levels: readonly BeaconLevel[],
): Pick<BeaconFields, 'levelId' | 'lon' | 'lat'> | LineFault[] {
  const level = levels.find((one) => one.name === name || one.id === name)
  if (!level) {
    const known = levels.map((one) => one.name).join(', ')
    return [
      { column: 'level', message: `expected a level of the published map (${known}), got "${name ?? ''}"` },
    ]
  }
  const faults = (['x_m', 'y_m'] as const).flatMap((column) => {
    const cell = column === 'x_m' ? x : y
    return cell !== undefined && /^-?\d{1,4}(?:\.\d{1,6})?$/.test(cell)
      ? []
      : [{ column, message: `expected metres in the frame of the level, got "${cell ?? ''}"` }]
  })
  if (faults.length > 0) return faults
  const [lon, lat] = toLonLat(level.frame, { x: Number(x), y: Number(y) })
  return { levelId: level.id, lon, lat }
}

/** A beacon as its line says it. */
function cellsOf(beacon: Beacon, levels: readonly BeaconLevel[]): Record<Column, string> {
  const level = levels.find(({ id }) => id === beacon.levelId)
  const place =
    level && beacon.lon !== null && beacon.lat !== null
      ? toXy(level.frame, [beacon.lon, beacon.lat])
      : undefined
  const text = (value: number | null) => (value === null ? '' : String(value))
  const day = (ms: number | null) => (ms === null ? '' : new Date(ms).toISOString().slice(0, 10))
  return {
    uuid: beacon.uuid,
    major: text(beacon.major),
    minor: text(beacon.minor),
    state: beacon.state,
    level: level?.name ?? beacon.levelId ?? '',
    x_m: place ? place.x.toFixed(positionDigits) : '',
    y_m: place ? place.y.toFixed(positionDigits) : '',
    mount: beacon.mount,
    mount_height_m: text(beacon.mountHeightM),
    model: beacon.model,
    serial: beacon.serial,
    mac: beacon.mac,
    firmware: beacon.firmware,
    measured_power_dbm: text(beacon.measuredPowerDbm),
    tx_power_dbm: text(beacon.txPowerDbm),
    interval_ms: text(beacon.intervalMs),
    battery_percent: text(beacon.batteryPercent),
    battery_date: day(beacon.batteryAtMs),
    groups: beacon.groups.join(';'),
    notes: beacon.notes,
  }
}

function keyOf({ uuid, major, minor }: BeaconIdentity): string {
  return `${uuid}/${major}/${minor}`
}

/**
 * A text that a spreadsheet would take for a formula gets an apostrophe in front; so does one that begins with an
 * apostrophe, so that reading takes exactly one away. Numbers stay numbers.
 * **Source** OWASP, CSV injection.
 */
function guarded(cell: string): string {
  if (/^-?\d+(?:\.\d+)?$/.test(cell)) return cell
  return /^[=+\-@\t\r']/.test(cell) ? `'${cell}` : cell
}

function unguarded(cell: string): string {
  return /^'[=+\-@\t\r']/.test(cell) ? cell.slice(1) : cell
}

/** The lines of a table with their numbers, or what keeps it from being read at all. */
function readTable(text: string): { readonly cells: Cells; readonly line: number }[] | CsvFault {
  let records: { readonly info: { readonly lines: number }; readonly record: readonly string[] }[]
  try {
    records = parse(text, {
      bom: true,
      info: true,
      relax_column_count: false,
      skip_empty_lines: true,
      max_record_size: 16_384,
    }) as unknown as typeof records
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return { line: Math.max(1, Number(error.lines ?? 1)), column: '', message: error.message.slice(0, 300) }
  }
  const [heading, ...lines] = records
  if (!heading) return { line: 1, column: '', message: 'expected a heading with the names of the columns' }
  const names = heading.record.map((name) => name.trim().toLowerCase())
  const odd = names.find((name, at) => !isColumn(name) || names.indexOf(name) !== at)
  const absent = ['uuid', 'major', 'minor'].find((name) => !names.includes(name))
  if (odd !== undefined) {
    return {
      line: 1,
      column: odd,
      message: `is no column or stands there twice; known are ${csvColumns.join(', ')}`,
    }
  }
  if (absent !== undefined) return { line: 1, column: absent, message: 'is missing in the heading' }
  return lines.map(({ record, info }) => ({
    line: info.lines,
    cells: Object.fromEntries(names.map((name, at) => [name, unguarded((record[at] ?? '').trim())])),
  }))
}

function isColumn(name: string): name is Column {
  return (csvColumns as readonly string[]).includes(name)
}
