import type { Words } from '../frames/words.ts'
import type { Heard } from './air-log.ts'

/** What a beacon should be, and who hangs near it. */
export interface ExpectedBeacon {
  readonly key: string
  readonly mac: string
  readonly measuredPowerDbm: number
  readonly intervalMs: number
  readonly mountHeightM: number
  /** Beacons within some twenty metres on its level, nearest first. */
  readonly neighbours: readonly { readonly key: string; readonly distanceM: number }[]
}

export type CheckId = 'heard' | 'one-of-it' | 'hardware' | 'interval' | 'power' | 'strength' | 'neighbours'

/** One check on the air: what was expected, what came, and, when they differ, what to do. */
export interface Check {
  readonly id: CheckId
  readonly isOk: boolean
  readonly words: Words
}

const leastPackets = 8
/** The random delay of each packet makes 5 ms on average. **Source** Bluetooth Core Specification 5.4, vol. 6 part B, 4.4.2.2. */
const meanDelayMs = 5
const intervalTolerance = 0.15
/** Under it, phone in the hand: path loss of 2.2 over the height that is left, and this much for body and fades. */
const strengthToleranceDb = 12
const handM = 1.2
const exponent = 2.2

/**
 * Verifies a beacon by what is heard under it: it is there and alone, it is the hardware that was registered, it sends as often and as
 * loud as it should, and those that hang beside it are heard with it, which says that one stands where one believes to stand.
 */
export function verifyOnAir(expected: ExpectedBeacon, heard: readonly Heard[]): Check[] {
  const own = heard.filter(({ key }) => key === expected.key)
  const loudest = own.reduce<Heard | undefined>(
    (best, one) => (!best || one.packets > best.packets ? one : best),
    undefined,
  )
  if (!loudest || loudest.packets < leastPackets) return [notHeard(loudest?.packets ?? 0)]
  return [
    {
      id: 'heard',
      isOk: true,
      words: { zh: `收到 ${loudest.packets} 个包`, en: `${loudest.packets} packets heard` },
    },
    alone(own),
    ...hardware(expected, loudest),
    interval(expected, loudest),
    power(expected, loudest),
    strength(expected, loudest),
    ...neighbours(expected, heard),
  ]
}

function notHeard(packets: number): Check {
  return {
    id: 'heard',
    isOk: false,
    words: {
      zh: `应收到至少 ${leastPackets} 个包，只收到 ${packets} 个：确认站在它下方、电池已装，再试一次`,
      en: `Expected ${leastPackets} packets or more, ${packets} came: stand under it, check its battery, and try again`,
    },
  }
}

function alone(own: readonly Heard[]): Check {
  const addresses = own.filter(({ packets }) => packets >= leastPackets / 2).map(({ address }) => address)
  if (addresses.length < 2) {
    return {
      id: 'one-of-it',
      isOk: true,
      words: { zh: '编号只有一个来源', en: 'nobody else has its number' },
    }
  }
  const list = addresses.join(', ')
  return {
    id: 'one-of-it',
    isOk: false,
    words: {
      zh: `一个编号应只有一个信标，却有 ${list}：给其中一个换编号`,
      en: `Expected one beacon with this number, heard ${list}: give one of them another number`,
    },
  }
}

function hardware({ mac }: ExpectedBeacon, { address }: Heard): Check[] {
  if (mac === '') return []
  const isOk = mac.toUpperCase() === address.toUpperCase()
  return [
    {
      id: 'hardware',
      isOk,
      words: isOk
        ? { zh: `硬件 ${address}`, en: `hardware ${address}` }
        : {
            zh: `登记的硬件是 ${mac}，听到的是 ${address}：核对标签；若已更换，运行 beacons replace`,
            en: `Expected the hardware ${mac}, heard ${address}: check the label; if it was exchanged, run "beacons replace"`,
          },
    },
  ]
}

function interval(expected: ExpectedBeacon, { intervalMs }: Heard): Check {
  if (intervalMs === undefined) {
    return {
      id: 'interval',
      isOk: false,
      words: {
        zh: `应测出间隔（${expected.intervalMs} ms），但包太少：再听一会儿`,
        en: `Expected to measure its interval (${expected.intervalMs} ms), but too few packets came: listen longer`,
      },
    }
  }
  const wanted = expected.intervalMs + meanDelayMs
  const measured = Math.round(intervalMs)
  const isOk = Math.abs(intervalMs - wanted) <= intervalTolerance * wanted
  return {
    id: 'interval',
    isOk,
    words: isOk
      ? { zh: `间隔 ${measured} ms`, en: `interval ${measured} ms` }
      : {
          zh: `间隔应为 ${expected.intervalMs} ms，实测 ${measured} ms：重新配置，或改登记`,
          en: `Expected an interval of ${expected.intervalMs} ms, measured ${measured} ms: provision it again, or change the registry`,
        },
  }
}

function power(expected: ExpectedBeacon, { measuredPowerDbm }: Heard): Check {
  const isOk = measuredPowerDbm === expected.measuredPowerDbm
  return {
    id: 'power',
    isOk,
    words: isOk
      ? { zh: `1 米功率 ${measuredPowerDbm} dBm`, en: `says ${measuredPowerDbm} dBm at 1 m` }
      : {
          zh: `1 米功率登记为 ${expected.measuredPowerDbm} dBm，广播里是 ${measuredPowerDbm} dBm：重新配置，或改登记`,
          en: `Expected it to say ${expected.measuredPowerDbm} dBm at 1 m, it says ${measuredPowerDbm} dBm: provision it again, or change the registry`,
        },
  }
}

function strength(expected: ExpectedBeacon, { rssiDbm }: Heard): Check {
  const awayM = Math.max(1, expected.mountHeightM - handM)
  const wanted = Math.round(expected.measuredPowerDbm - 10 * exponent * Math.log10(awayM))
  const isOk = Math.abs(rssiDbm - wanted) <= strengthToleranceDb
  return {
    id: 'strength',
    isOk,
    words: isOk
      ? { zh: `正下方 ${rssiDbm} dBm`, en: `${rssiDbm} dBm under it` }
      : rssiDbm < wanted
        ? {
            zh: `正下方应约 ${wanted} dBm，实测 ${rssiDbm} dBm：是否装在金属后面，或发射功率太低`,
            en: `Expected some ${wanted} dBm under it, heard ${rssiDbm} dBm: is it behind metal, or its power set too low`,
          }
        : {
            zh: `正下方应约 ${wanted} dBm，实测 ${rssiDbm} dBm：1 米功率登记得太低`,
            en: `Expected some ${wanted} dBm under it, heard ${rssiDbm} dBm: its power at 1 m is registered too low`,
          },
  }
}

/** Of the three nearest at least one: metal doors and pillars may hide some, not all. */
function neighbours({ neighbours: near }: ExpectedBeacon, heard: readonly Heard[]): Check[] {
  const nearest = near.slice(0, 3)
  if (nearest.length === 0) return []
  const known = new Set(heard.map(({ key }) => key))
  const found = nearest.filter(({ key }) => known.has(key)).length
  const isOk = found > 0
  return [
    {
      id: 'neighbours',
      isOk,
      words: isOk
        ? {
            zh: `最近的 ${nearest.length} 个邻居听到 ${found} 个`,
            en: `${found} of its ${nearest.length} nearest heard`,
          }
        : {
            zh: `应听到旁边的 ${nearest.length} 个信标，一个也没有：确认你站的位置就是登记的位置`,
            en: `Expected to hear some of the ${nearest.length} beacons beside it, none came: make sure that this is the place that is registered`,
          },
    },
  ]
}
