import { cpus } from 'node:os'
import process from 'node:process'
import Flatbush from 'flatbush'
import { demoMall } from '../demo/index.ts'
import { ringsContain } from '../geometry/index.ts'
import { realMall, seededBelow } from '../routes/testing/real-mall.ts'
import { floorsOf } from '../walkable/index.ts'
import { ZoneIndex } from './zone-index.ts'

const repeats = 15
const points = 200_000

/**
 * Which units hold a point, beside flatbush with ray casting on the same level and points in the same run:
 * the level with most units of the real mall when `ATRIUM_REAL_MALL` names it, else of the demo mall. Both
 * rates are per second of processor time.
 */
export function run(): object {
  const real = realMall()
  const floors = floorsOf(real?.archive ?? demoMall())
  const floor = [...floors].sort((a, b) => b.units.length - a.units.length)[0]!
  const zones = floor.units
  const index = new ZoneIndex(zones)
  const boxes = zones.map(({ rings }) => boundsOf(rings.flat()))
  const flatbush = new Flatbush(zones.length)
  for (const [left, bottom, right, top] of boxes) flatbush.add(left, bottom, right, top)
  flatbush.finish()
  const [left, bottom, right, top] = boundsOf(zones.flatMap(({ rings }) => rings.flat()))
  const below = seededBelow(3)
  const at = Float64Array.from({ length: 2 * points }, (_, k) => {
    const share = below(1_000_003) / 1_000_003
    return k % 2 === 0 ? left + share * (right - left) : bottom + share * (top - bottom)
  })
  const found = new Int32Array(8)
  const [own, peer] = [new Int32Array(points), new Int32Array(points)]
  const ownMs = medianMs(() => {
    for (let k = 0; k < points; k++) own[k] = index.lookup(at[2 * k]!, at[2 * k + 1]!, found)
  })
  const peerMs = medianMs(() => {
    for (let k = 0; k < points; k++) {
      const [x, y] = [at[2 * k]!, at[2 * k + 1]!]
      peer[k] = flatbush.search(x, y, x, y, (zone) => ringsContain(zones[zone]!.rings, x, y)).length
    }
  })
  return {
    machine: cpus()[0]?.model,
    node: process.version,
    venue: real ? 'real mall' : 'demo mall',
    level: floor.name,
    zones: zones.length,
    points,
    atrium: { perSecond: (points / ownMs) * 1000, nsPerLookup: (ownMs / points) * 1e6 },
    peers: [{ name: 'flatbush + ray casting', perSecond: (points / peerMs) * 1000 }],
    ratio: peerMs / ownMs,
    differences: own.filter((count, k) => count !== peer[k]).length,
  }
}

function medianMs(work: () => void): number {
  const ms = Array.from({ length: repeats }, () => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return ms.sort((a, b) => a - b)[Math.floor(repeats / 2)]!
}

function boundsOf(
  corners: readonly { readonly x: number; readonly y: number }[],
): [number, number, number, number] {
  return [
    Math.min(...corners.map(({ x }) => x)),
    Math.min(...corners.map(({ y }) => y)),
    Math.max(...corners.map(({ x }) => x)),
    Math.max(...corners.map(({ y }) => y)),
  ]
}
