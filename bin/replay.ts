/**
 * `replay --server URL --walks DIR [--import VENUE_DIR --operator TOKEN] [--speed N] [--limit N] [--json]`: plays recorded
 * walks as phones against a running server and prints accuracy, presence, offers and latencies against the walks' truth.
 */
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { importMall } from '../bench/replay/import-mall.ts'
import { replay } from '../bench/replay/replay.ts'
import type { Replay } from '../bench/replay/replay.ts'
import { greetAt, takeTour } from '../bench/replay/tour.ts'
import type { Tour } from '../bench/replay/tour.ts'
import { openTown, realTime } from '../bench/simulate/index.ts'
import { createClient } from '../server/contract/index.ts'
import type { Score } from '../positioning/testing/evaluation.ts'
import { caseAt } from '../server/presence/testing/real-walks.ts'
import { Refused, runProgram, WrongCall } from './program.ts'
import { wholeNumber } from './recordings.ts'

const usage = `usage: npm run replay -- --server URL --walks DIR [--import VENUE_DIR --operator TOKEN]
                         [--venue ID] [--survey DIR] [--speed N] [--limit N] [--json]

  --server    a running server
  --walks     walks to play, a folder for each level
  --import    publish this recorded venue first, with geofences around shops, beacons and radio map from the survey
  --operator  token of an operator; with it an offer is claimed and redeemed, a kiosk updated and a car found, too
  --venue     id of the venue on the server, when it was imported before and is not the only one
  --survey    walks of the survey; ../survey beside --walks unless given
  --speed     1; accuracy holds at any, presence only at the pace of the server's clock
  --limit     play so many of the walks only`

await runProgram(usage, async () => {
  const { values } = parseArgs({
    options: {
      server: { type: 'string' },
      walks: { type: 'string' },
      import: { type: 'string' },
      operator: { type: 'string' },
      venue: { type: 'string' },
      survey: { type: 'string' },
      speed: { type: 'string', default: '1' },
      limit: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const { server: serverUrl, walks: walksDir, operator } = values
  if (serverUrl === undefined || walksDir === undefined) throw new WrongCall('Expected --server and --walks.')
  if (values.import !== undefined && operator === undefined)
    throw new WrongCall('Expected --operator with --import.')
  const speed = wholeNumber('--speed', values.speed)
  say('准备行走记录', 'reading the walks')
  const surveyDir = values.survey ?? join(dirname(walksDir), 'survey')
  const venueDir = values.import ?? join(dirname(dirname(walksDir)), 'venue')
  const mall = caseAt({ venueDir, surveyDir, walksDir })
  const walks =
    values.limit === undefined ? mall.walks : mall.walks.slice(0, wholeNumber('--limit', values.limit))
  if (walks.length === 0)
    throw new Refused(`在 ${walksDir} 中没有找到行走记录。\nExpected walks in ${walksDir}.`)
  const client = createClient({ baseUrl: serverUrl, fetch, token: () => operator })
  const zoneIds = mall.zones.map(({ id }) => id)
  if (values.import !== undefined) say('导入商场', 'importing the mall')
  const venueId = values.import === undefined ? values.venue : await importMall(client, mall)
  const town = await openTown(serverUrl, venueId)
  if (operator !== undefined) await greetAt(client, town.venueId, zoneIds)
  const result = await replay({
    ...{ serverUrl, town, walks, speed },
    ...{ extents: mall.extents, zones: mall.zones, time: realTime(), atOnce: walks.length },
    onProgress: (stage, done) => {
      if (stage === 'located') say('手机定位', 'phones that placed themselves', done, walks.length)
      else say('已走完', 'walks played', done, walks.length)
    },
  })
  const tour =
    operator === undefined
      ? undefined
      : await takeTour({ serverUrl, operator, town, nowMs: () => Date.now() })
  console.log(values.json ? JSON.stringify({ ...result, tour }) : describe(result, tour, speed))
  return 0
})

function say(zh: string, en: string, done?: number, of?: number): void {
  if (done !== undefined && done % 10 > 0 && done !== of) return
  console.error(done === undefined ? `${zh} · ${en}` : `${zh} · ${en}: ${done}/${of ?? '?'}`)
}

function describe({ accuracy, presence, ...result }: Replay, tour: Tour | undefined, speed: number): string {
  const places = ({ n, meanM, medianM, p95M, levelRight, insideRadius }: Score) =>
    `${n} questions, mean ${meanM.toFixed(2)} m, median ${medianM.toFixed(2)} m, p95 ${p95M.toFixed(1)} m, ` +
    `level right ${percent(levelRight)}, inside radius ${percent(insideRadius)}`
  const lines = [
    `${result.walks} walks, ${result.minutes.toFixed(1)} min`,
    `covered:  ${places(accuracy.covered)}`,
    `warm:     ${places(accuracy.warm)}`,
    ...(presence
      ? [
          `presence: ${presence.changesPerMinute} changes/min, ${presence.unknownPerMinute} unknown/min, ` +
            `${presence.entries} entries, ${percent(presence.noticed)} noticed, delay p50 ${presence.delayS.p50} s, ` +
            `p90 ${presence.delayS.p90} s${speed === 1 ? '' : ' (not comparable: played faster than the server’s clock)'}`,
        ]
      : []),
    `offers:   ${result.offers} came by themselves`,
    `reports:  ${result.reports.sent} sent, ${result.reports.refused} refused, receipt p50 ` +
      `${result.receiptMs.p50.toFixed(0)} ms, p99 ${result.receiptMs.p99.toFixed(0)} ms`,
  ]
  if (!tour) return lines.join('\n')
  const { offer, kiosk, car } = tour
  return [
    ...lines,
    `offer:    claimed in ${offer.claimedMs.toFixed(0)} ms, redeemed in ${offer.redeemedMs.toFixed(0)} ms, ${offer.discountFen} fen off`,
    `kiosk:    one place less after ${kiosk.updatedMs.toFixed(0)} ms, ${kiosk.left} left`,
    `car:      found in ${car.foundMs.toFixed(0)} ms: ${car.where}, ${car.wayM.toFixed(0)} m to walk`,
  ].join('\n')
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
