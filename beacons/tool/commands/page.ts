import { servePlacePage } from '../../place/serve-page.ts'
import type { PageRound } from '../../place/serve-page.ts'
import { exitCodes, numberOption } from '../context.ts'
import type { Context } from '../context.ts'
import { lastDeed, takeBack } from '../deeds.ts'
import { putAt } from '../put-at.ts'
import { roundNow } from '../round-now.ts'
import { whyWords } from '../words.ts'

/** Serves the floor plan on this machine until Ctrl-C: what is to be placed, what hangs, and tomorrow's round. */
export async function servePage(context: Context): Promise<number> {
  const { machine, text } = context
  const map = await context.map()
  const kit = context.kit()
  const page = await servePlacePage({
    ...{ map, language: context.language },
    port: numberOption(context, 'port', { usual: 0, least: 0, most: 65_535 }),
    beacons: () => [...kit.beacons().values()],
    async round(): Promise<PageRound | undefined> {
      const round = await roundNow(context)
      return (
        round && {
          minutes: round.minutes,
          stops: round.stops.map(({ beacon, why, ways }) => ({
            ...{ key: beacon.key, why: text(whyWords[why]), isUrgent: why !== 'battery', ways },
          })),
        }
      )
    },
    place(key, at) {
      const beacon = kit.beacons().get(key)
      const level = map.tables.levels.find(({ id }) => id === at.levelId)
      if (!beacon || !level || beacon.state === 'retired') return false
      putAt(context, beacon, { levelId: level.id, x: at.x, y: at.y })
      return true
    },
    undo() {
      const last = lastDeed(context, ['place'])
      return last !== undefined && !('refused' in takeBack(context, last))
    },
  })
  try {
    context.event({ url: page.url })
    context.say(
      {
        zh: `打开 ${page.url} （只在本机，Ctrl-C 结束）`,
        en: `Open ${page.url} (on this machine only; Ctrl-C ends)`,
      },
      'strong',
    )
    machine.openPage?.(page.url)
    await machine.wait(24 * 3_600_000, machine.stop)
  } finally {
    await page.close()
  }
  return exitCodes.ok
}
