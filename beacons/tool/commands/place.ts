import { KitFault } from '../../offline/kit-fault.ts'
import { findPlace } from '../../place/find-place.ts'
import { beaconCalled, exitCodes, shortName, textOption, wrongCall } from '../context.ts'
import type { Context } from '../context.ts'
import { putAt } from '../put-at.ts'
import { servePage } from './page.ts'

/** `place BEACON --at WHERE`, or `place --page`: says where a beacon hangs. */
export async function place(context: Context): Promise<number> {
  if (context.options.page === true) return servePage(context)
  const [name] = context.positionals
  const at = textOption(context, 'at')
  if (name === undefined || at === undefined) {
    throw wrongCall({
      zh: 'place 要写信标和 --at，如 place 1/7 --at F1:12.5,40 或 --at 店名@F1；或 place --page',
      en: 'Expected a beacon and --at, such as "place 1/7 --at F1:12.5,40" or --at "NAME@F1"; or "place --page"',
    })
  }
  const found = findPlace(await context.map(), at)
  if ('refused' in found) throw new KitFault(found.refused, found.words)
  const beacon = beaconCalled(context.kit().beacons(), name)
  putAt(context, beacon, found)
  const now = context.kit().beacons().get(beacon.key)
  context.result({ beacon: now }, () => {
    const spot = `${found.level} (${found.x.toFixed(1)}, ${found.y.toFixed(1)})`
    context.say(
      { zh: `${shortName(beacon)} 装在 ${spot}`, en: `${shortName(beacon)} hangs at ${spot}` },
      'good',
    )
    context.say(
      { zh: '放错了用 beacons undo place', en: 'Wrong? "beacons undo place" takes it back' },
      'quiet',
    )
  })
  return exitCodes.ok
}
