import { cpus } from 'node:os'
import process from 'node:process'
import { RandomStream } from '../../positioning/index.ts'
import { PresenceZones } from './presence-zones.ts'
import { box, circle, planOf } from './testing/zone-plans.ts'
import { newVisitorZones, ZoneStep } from './zone-beliefs.ts'

const repeats = 15
const visitors = 1000
const secondsEach = 100
const levels = ['L1', 'L2', 'L3', 'L4', 'L5']
const sideM = 240

/** Five levels of 240 m by 240 m: 350 shops of 12 m by 12 m on each and fifty geofences of 15 m, 2 000 zones. */
function mall(): PresenceZones {
  const random = new RandomStream(4)
  const zones = levels.flatMap((level) => [
    ...Array.from({ length: 350 }, (_, i) => {
      const [x, y] = [(i % 20) * 12, Math.floor(i / 20) * 13.3]
      return { id: `${level} ${i}`, kind: 'unit' as const, on: [{ level, ring: box(x, y, x + 12, y + 12) }] }
    }),
    ...Array.from({ length: 50 }, (_, i) => {
      const middle = { x: random.uniform() * sideM, y: random.uniform() * sideM }
      return {
        id: `${level} fence ${i}`,
        kind: 'geofence' as const,
        on: [{ level, ring: circle(middle, 15) }],
      }
    }),
  ])
  return new PresenceZones(planOf(levels, zones))
}

/** Fixes a second of one core through zones and dwell: a thousand visitors, who walk at 1.2 m/s and are seen each second. */
export function zoneStepRate(): object {
  const zones = mall()
  const step = new ZoneStep(zones, () => [60_000, 300_000])
  let events = 0
  const listener = {
    entered: () => {
      events++
    },
    left: () => {
      events++
    },
    dwelled: () => {
      events++
    },
  }
  const random = new RandomStream(9)
  const radii = [3, 6, 10, 16]
  const rates: number[] = []
  for (let repeat = 0; repeat < repeats + 2; repeat++) {
    const people = Array.from({ length: visitors }, () => ({
      zones: newVisitorZones(),
      heading: random.uniform() * 2 * Math.PI,
      sight: {
        tMs: 0,
        levelIndex: Math.floor(random.uniform() * levels.length),
        levelProbability: 0.97,
        x: random.uniform() * sideM,
        y: random.uniform() * sideM,
        radiusM: radii[Math.floor(random.uniform() * radii.length)]!,
        trust: 1,
      },
    }))
    const before = process.cpuUsage()
    for (let s = 0; s < secondsEach; s++) {
      for (const { zones: state, heading, sight } of people) {
        sight.tMs += 1000
        sight.x = Math.abs((sight.x + 1.2 * Math.sin(heading)) % sideM)
        sight.y = Math.abs((sight.y + 1.2 * Math.cos(heading)) % sideM)
        step.take(state, sight, listener)
      }
    }
    const { user, system } = process.cpuUsage(before)
    if (repeat >= 2) rates.push((visitors * secondsEach) / ((user + system) / 1e6))
  }
  rates.sort((a, b) => a - b)
  return {
    machine: cpus()[0]?.model,
    node: process.version,
    zones: zones.zones.length,
    fixes: visitors * secondsEach * repeats,
    events,
    fixesPerCpuSecond: {
      least: Math.round(rates[0]!),
      median: Math.round(rates[repeats >> 1]!),
      most: Math.round(rates[repeats - 1]!),
    },
  }
}
