import process from 'node:process'
import { realMall } from '../../maps/routes/testing/real-mall.ts'
import { buildRoutingTables } from '../../maps/routes/index.ts'
import { heldPhone, weChatReceiver } from '../../positioning/simulate/index.ts'
import { heldAndroid } from '../../positioning/testing/simulated-mall.ts'
import { buildingOf, planVenue } from './index.ts'
import { judgePlan } from './testing/judge-plan.ts'
import type { JudgedSecond } from './testing/judge-plan.ts'

/** The plan's figures were chosen with these; `held-out` asks others. */
const chosenWith = [1, 2, 3]
const heldOut = [11, 12, 13]
const perLevel = 4

/**
 * `npm run bench -- beacon-plan [held-out] [LEVEL …]`. Plans the real mall and judges the plan on all of its levels, with an Android phone and with what a mini-program gives; and asks whether
 * the places it calls worse are: the mean error where the predicted one is among the worst quarter, beside the rest.
 * @throws Error without `ATRIUM_REAL_MALL`
 */
export function run(args: readonly string[]): object {
  const mall = realMall()
  if (!mall) throw new Error('set ATRIUM_REAL_MALL to the folder of the real mall')
  const tables = buildRoutingTables(mall.archive, mall.destinations)
  const building = buildingOf(mall.archive, tables)
  const since = process.cpuUsage()
  const plan = planVenue(building)
  const { user } = process.cpuUsage(since)
  const seeds = args.includes('held-out') ? heldOut : chosenWith
  const all = building.levels.map(({ name }) => name)
  const asked = all.filter((name) => args.includes(name))
  const strolls = { levels: asked.length > 0 ? asked : all, perLevel, seeds }
  const android = judgePlan({ building, tables, plan }, { ...strolls, phone: heldAndroid })
  const motion = { ...heldPhone, interface: 'mini-program' as const }
  const miniProgram = judgePlan(
    { building, tables, plan },
    { ...strolls, phone: { receiver: weChatReceiver, motion } },
  )
  const predicted = (second: JudgedSecond) =>
    plan.measure.places.reduce<{ awayM: number; expectedM: number }>(
      (best, { level, x, y, expectedM }) => {
        const awayM = level === second.level ? Math.hypot(x - second.x, y - second.y) : Infinity
        return awayM < best.awayM ? { awayM, expectedM } : best
      },
      { awayM: Infinity, expectedM: 0 },
    ).expectedM
  const seconds = android.seconds.map((second) => ({ errorM: second.errorM, predictedM: predicted(second) }))
  seconds.sort((a, b) => b.predictedM - a.predictedM)
  const quarter = Math.floor(seconds.length / 4)
  const mean = (part: typeof seconds) => part.reduce((sum, { errorM }) => sum + errorM, 0) / part.length
  const meanOf = (judged: readonly JudgedSecond[], level: string) =>
    mean(judged.filter((second) => second.level === level).map(({ errorM }) => ({ errorM, predictedM: 0 })))
  const byLevel = strolls.levels.map((level) => {
    const { beacons = 0, floorM2 = 0 } = plan.measure.levels.find((one) => one.level === level) ?? {}
    return {
      ...{ level, m2PerBeacon: floorM2 / beacons },
      ...{ androidM: meanOf(android.seconds, level), miniProgramM: meanOf(miniProgram.seconds, level) },
    }
  })
  return {
    seeds,
    beacons: plan.beacons.length,
    planCpuS: user / 1e6,
    levels: plan.measure.levels,
    android: android.following,
    miniProgram: miniProgram.following,
    byLevel,
    /** Where the plan says it will be worst, the rest, and where it says it will be best. */
    byPrediction: {
      worstTenthM: mean(seconds.slice(0, Math.floor(seconds.length / 10))),
      worstQuarterM: mean(seconds.slice(0, quarter)),
      restM: mean(seconds.slice(quarter)),
      bestQuarterM: mean(seconds.slice(-quarter)),
    },
  }
}
