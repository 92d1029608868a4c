import { stopS } from '../../health/round.ts'
import type { Round } from '../../health/round.ts'
import type { Visit } from '../../health/visits.ts'
import { exitCodes, shortName } from '../context.ts'
import type { Context } from '../context.ts'
import { roundNow } from '../round-now.ts'
import { toned } from '../terminal.ts'
import { mountWords, whyWords } from '../words.ts'
import { servePage } from './page.ts'

/** `health`: what is wrong, how long batteries last, and the round to put it right; with `--page` on the floor plan. */
export async function health(context: Context): Promise<number> {
  if (context.options.page === true) return servePage(context)
  const kit = context.kit()
  const hanging = [...kit.beacons().values()].filter(
    ({ state }) => state === 'installed' || state === 'verified',
  ).length
  const round = await roundNow(context)
  const document = {
    beacons: hanging,
    findings: kit.registry.findings.length,
    visits: round ? round.stops.length + round.unreachable.length : 0,
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
    tellHealth(context, hanging, round)
  })
  return round ? exitCodes.attention : exitCodes.ok
}

function tellHealth(context: Context, hanging: number, round: Round | undefined): void {
  const { text } = context
  if (!round) {
    context.say(
      { zh: `${hanging} 个信标都好，不用跑。`, en: `All ${hanging} beacons are well: no round is needed.` },
      'good',
    )
    return
  }
  const count = round.stops.length
  context.say(
    {
      zh: `明天这一圈：${count} 个，步行 ${Math.round(round.lengthM)} 米，约 ${round.minutes} 分钟（每个 ${stopS / 60} 分钟）`,
      en: `Tomorrow’s round: ${count} beacons, ${Math.round(round.lengthM)} m on foot, some ${round.minutes} min (${stopS / 60} each)`,
    },
    'strong',
  )
  const list = Object.entries(round.batteries).map(([cell, cells]) => `${cell} × ${cells}`)
  if (list.length > 0)
    context.say({ zh: `带上：${list.join('、')}，梯子`, en: `Take along: ${list.join(', ')}, a ladder` })
  if (count > 0) tellStops(context, round)
  for (const { beacon } of round.unreachable) {
    const sentence = text({ zh: '地图上没有无台阶的路到', en: 'the map has no step-free way to' })
    context.machine.output.write(`${toned(context.machine.output, 'warn', sentence)} ${shortName(beacon)}\n`)
  }
}

function tellStops(context: Context, { stops }: Round): void {
  const { text } = context
  const tone = (why: Visit['why']) => (why === 'battery' ? 'warn' : 'bad')
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
    stops.map(({ beacon, level, why, walkM, forecast }, index) => [
      String(index + 1),
      { text: shortName(beacon), tone: 'strong' },
      level,
      `${Math.round(beacon.place?.x ?? 0)}, ${Math.round(beacon.place?.y ?? 0)}`,
      `${text(mountWords[beacon.mount])} ${beacon.mountHeightM} m`,
      { text: text(whyWords[why]), tone: tone(why) },
      `${Math.round(walkM)} m`,
      forecast ? `${Math.round(forecast.percentNow)} %` : '–',
    ]),
  )
}
