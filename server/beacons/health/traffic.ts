/** Side of the squares in which traffic is summed up, metres: about the error of a fix, and nobody's track. */
export const cellM = 4
/** Fixes less certain than this say nothing about a beacon. */
const maxRadiusM = 20
/** Cells along each axis around the origin of a frame: ±2 km. */
const halfCells = 512
const levelStride = 4 * halfCells * halfCells
/** Cells of one beacon in one hour; a beacon heard in more is heard everywhere. */
const maxCells = 400

/** Windows in which a beacon was heard in a cell, and the sum of their rssi. */
export interface HeardCell {
  windows: number
  rssiSumDbm: number
}

/** One hour of a venue's traffic, summed up by cells. A window is one report of one phone. */
export interface TrafficHour {
  /** Start of the hour, epoch ms. */
  readonly hourMs: number
  /** Ids of levels, in the order of their numbers in the cells. */
  readonly levels: string[]
  /** Windows by cell. */
  readonly windows: Map<number, number>
  /** By beacon (its id in the registry), what was heard by cell. */
  readonly heard: Map<string, Map<number, HeardCell>>
  /** When each beacon was heard last, epoch ms. */
  readonly lastHeardMs: Map<string, number>
}

export const hourMs = 3_600_000

/** An hour of which nothing is known yet. */
export function emptyHour(atMs: number): TrafficHour {
  return {
    hourMs: Math.floor(atMs / hourMs) * hourMs,
    levels: [],
    windows: new Map(),
    heard: new Map(),
    lastHeardMs: new Map(),
  }
}

/** One phone's window: where it was and which registered beacons it heard. */
export interface TrafficWindow {
  readonly atMs: number
  readonly fix: { readonly levelId: string; readonly x: number; readonly y: number; readonly radiusM: number }
  readonly heard: readonly { readonly beaconId: string; readonly rssiDbm: number }[]
}

/** Adds a window to its hour; one whose fix is uncertain or out of bounds says nothing: false. O(beacons heard). */
export function addWindow(hour: TrafficHour, { atMs, fix, heard }: TrafficWindow): boolean {
  if (!(fix.radiusM <= maxRadiusM)) return false
  const cell = cellOf(levelNumber(hour.levels, fix.levelId), fix.x, fix.y)
  if (cell === undefined) return false
  hour.windows.set(cell, (hour.windows.get(cell) ?? 0) + 1)
  for (const { beaconId, rssiDbm } of heard) {
    hour.lastHeardMs.set(beaconId, Math.max(hour.lastHeardMs.get(beaconId) ?? 0, atMs))
    let cells = hour.heard.get(beaconId)
    if (!cells) hour.heard.set(beaconId, (cells = new Map<number, HeardCell>()))
    const known = cells.get(cell)
    if (known) {
      known.windows++
      known.rssiSumDbm += rssiDbm
    } else if (cells.size < maxCells) cells.set(cell, { windows: 1, rssiSumDbm: rssiDbm })
  }
  return true
}

/** Sums hours up into one; cells keep their meaning whatever order the levels had. O(cells). */
export function sumHours(hours: readonly TrafficHour[]): TrafficHour {
  const sum = emptyHour(hours[0]?.hourMs ?? 0)
  for (const hour of hours) {
    const numbers = hour.levels.map((id) => levelNumber(sum.levels, id))
    const moved = (cell: number) =>
      numbers[Math.floor(cell / levelStride)]! * levelStride + (cell % levelStride)
    for (const [cell, windows] of hour.windows) {
      const key = moved(cell)
      sum.windows.set(key, (sum.windows.get(key) ?? 0) + windows)
    }
    for (const [beaconId, cells] of hour.heard) {
      let into = sum.heard.get(beaconId)
      if (!into) sum.heard.set(beaconId, (into = new Map<number, HeardCell>()))
      for (const [cell, { windows, rssiSumDbm }] of cells) {
        const key = moved(cell)
        const known = into.get(key)
        into.set(key, {
          windows: windows + (known?.windows ?? 0),
          rssiSumDbm: rssiSumDbm + (known?.rssiSumDbm ?? 0),
        })
      }
    }
    for (const [beaconId, atMs] of hour.lastHeardMs) {
      sum.lastHeardMs.set(beaconId, Math.max(sum.lastHeardMs.get(beaconId) ?? 0, atMs))
    }
  }
  return sum
}

/** The middle of a cell in the frame of its level. */
export function placeOfCell(
  { levels }: TrafficHour,
  cell: number,
): { readonly levelId: string; readonly x: number; readonly y: number } {
  const inLevel = cell % levelStride
  return {
    levelId: levels[Math.floor(cell / levelStride)]!,
    x: (Math.floor(inLevel / (2 * halfCells)) - halfCells + 0.5) * cellM,
    y: ((inLevel % (2 * halfCells)) - halfCells + 0.5) * cellM,
  }
}

function levelNumber(levels: string[], id: string): number {
  const known = levels.indexOf(id)
  return known >= 0 ? known : levels.push(id) - 1
}

function cellOf(level: number, x: number, y: number): number | undefined {
  const column = Math.floor(x / cellM) + halfCells
  const row = Math.floor(y / cellM) + halfCells
  if (!(column >= 0 && row >= 0 && column < 2 * halfCells && row < 2 * halfCells)) return undefined
  return level * levelStride + column * 2 * halfCells + row
}

/** An hour as it is stored: lists of numbers, rssi in whole dBm. */
export interface StoredHour {
  readonly levels: readonly string[]
  /** Cell, windows, cell, windows … */
  readonly windows: readonly number[]
  /** By beacon: when heard last, then cell, windows, sum of rssi, cell … */
  readonly heard: Readonly<Record<string, readonly number[]>>
}

export function storedHour(hour: TrafficHour): StoredHour {
  return {
    levels: hour.levels,
    windows: [...hour.windows].flat(),
    heard: Object.fromEntries(
      [...hour.heard].map(([beaconId, cells]) => [
        beaconId,
        [
          hour.lastHeardMs.get(beaconId) ?? 0,
          ...[...cells].flatMap(([cell, { windows, rssiSumDbm }]) => [cell, windows, Math.round(rssiSumDbm)]),
        ],
      ]),
    ),
  }
}

export function readStoredHour(atMs: number, stored: StoredHour): TrafficHour {
  const hour = { ...emptyHour(atMs), levels: [...stored.levels] }
  for (let i = 0; i + 1 < stored.windows.length; i += 2) {
    hour.windows.set(stored.windows[i]!, stored.windows[i + 1]!)
  }
  for (const [beaconId, [last = 0, ...numbers]] of Object.entries(stored.heard)) {
    hour.lastHeardMs.set(beaconId, last)
    const cells = new Map<number, HeardCell>()
    for (let i = 0; i + 2 < numbers.length; i += 3) {
      cells.set(numbers[i]!, { windows: numbers[i + 1]!, rssiSumDbm: numbers[i + 2]! })
    }
    hour.heard.set(beaconId, cells)
  }
  return hour
}
