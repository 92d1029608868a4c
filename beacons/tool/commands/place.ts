import { KitFault } from '../../offline/kit-fault.ts'
import { beaconMounts } from '../../../server/contract/index.ts'
import type { LocalBeacon } from '../../offline/local-registry.ts'
import { findPlace } from '../../place/find-place.ts'
import type { FoundPlace } from '../../place/find-place.ts'
import { servePlacePage } from '../../place/serve-page.ts'
import { beaconCalled, exitCodes, numberOption, shortName, wrongCall } from '../context.ts'
import type { Context } from '../context.ts'
import { queueChange, undoLast } from '../deeds.ts'
import { textOption } from './take.ts'

/** `place BEACON --at WHERE`, or `place --page`: says where a beacon hangs. */
export async function place(context: Context): Promise<number> {
  if (context.options.page === true) return placeOnPage(context)
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

function putAt(context: Context, beacon: LocalBeacon, found: Pick<FoundPlace, 'levelId' | 'x' | 'y'>): void {
  if (beacon.state === 'retired') {
    throw new KitFault('retired', {
      zh: `${shortName(beacon)} 已退役，不能再装`,
      en: `Expected a beacon in use, but ${shortName(beacon)} is retired`,
    })
  }
  const mount = textOption(context, 'mount')
  const known = beaconMounts.find((each) => each === mount)
  if (mount !== undefined && !known) {
    throw wrongCall({
      zh: `--mount 是 ${beaconMounts.join('、')}，收到 "${mount}"`,
      en: `Expected --mount to be one of ${beaconMounts.join(', ')}, got "${mount}"`,
    })
  }
  const { levelId, x, y } = found
  const change = {
    ...{ state: 'installed' as const, place: { levelId, x, y } },
    ...(known ? { mount: known } : {}),
    ...(context.options.height === undefined
      ? {}
      : { mountHeightM: numberOption(context, 'height', { usual: 3, least: 0, most: 50 }) }),
  }
  queueChange(context, beacon, { change, deed: 'place' })
}

/** Serves the floor plan on this machine until Ctrl-C. */
async function placeOnPage(context: Context): Promise<number> {
  const { machine } = context
  const map = await context.map()
  const kit = context.kit()
  const page = await servePlacePage({
    ...{ map, language: context.language },
    port: numberOption(context, 'port', { usual: 0, least: 0, most: 65_535 }),
    beacons: () => [...kit.beacons().values()],
    place(key, at) {
      const beacon = kit.beacons().get(key)
      const level = map.tables.levels.find(({ id }) => id === at.levelId)
      if (!beacon || !level) return false
      putAt(context, beacon, { levelId: level.id, x: at.x, y: at.y })
      return true
    },
    undo: () => undoLast(context, ['place']) !== undefined,
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
