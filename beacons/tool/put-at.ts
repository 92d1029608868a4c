import { beaconMounts } from '../../server/contract/index.ts'
import { KitFault } from '../offline/kit-fault.ts'
import type { LocalBeacon } from '../offline/local-registry.ts'
import type { FoundPlace } from '../place/find-place.ts'
import { numberOption, shortName, textOption, wrongCall } from './context.ts'
import type { Context } from './context.ts'
import { queueChange } from './deeds.ts'

/** Queues where a beacon hangs, with the mount and height of the call.
 * @throws KitFault `retired` and `wrong-call` */
export function putAt(
  context: Context,
  beacon: LocalBeacon,
  found: Pick<FoundPlace, 'levelId' | 'x' | 'y'>,
): void {
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
