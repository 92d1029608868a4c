import { verifyOnAir } from '../../audit/index.ts'
import type { Check, ExpectedBeacon } from '../../audit/index.ts'
import type { LocalBeacon } from '../../offline/local-registry.ts'
import { KitFault } from '../../offline/kit-fault.ts'
import { beaconCalled, exitCodes, numberOption, shortName } from '../context.ts'
import type { Context } from '../context.ts'
import { queueChange } from '../deeds.ts'
import { listen, withRadio } from '../listen.ts'
import { LiveBlock, progressLine, toned } from '../terminal.ts'
import { timeLeft } from '../words.ts'

const neighbourM = 25
const enoughPackets = 20
/** Without a name the beacon overhead is meant: the loudest of ours by so much. */
const clearlyDb = 6

/** `verify [BEACON]`: listens under a beacon and says whether it is what it should be; then it is verified. */
export async function verify(context: Context): Promise<number> {
  const { machine } = context
  const seconds = numberOption(context, 'seconds', { usual: 15, least: 3, most: 300 })
  const beacons = context.kit().beacons()
  const [name] = context.positionals
  const named = name === undefined ? undefined : beaconCalled(beacons, name)
  const block = context.json ? undefined : new LiveBlock(machine.output)
  const sinceMs = machine.nowMs()
  const { air } = await withRadio(context, (radio) =>
    listen(context, radio, {
      seconds,
      // Neighbours need time to be heard, too.
      isEnough: (log) =>
        named !== undefined &&
        machine.nowMs() - sinceMs > 5000 &&
        log.heard().some(({ key, packets }) => key === named.key && packets >= enoughPackets),
      draw: (_, elapsedMs) => {
        const at = {
          done: Math.min(seconds, Math.round(elapsedMs / 1000)),
          of: seconds,
          sinceMs,
          nowMs: machine.nowMs(),
        }
        block?.draw([progressLine(machine.output, at, (left) => timeLeft(context, left))])
      },
    }),
  )
  block?.end([])
  const heard = air.heard()
  const beacon = named ?? overhead(heard, beacons)
  if (beacon.state === 'planned' || !beacon.place) {
    throw new KitFault('not-placed', {
      zh: `${shortName(beacon)} 还没有装：先 beacons place ${shortName(beacon)} --at …`,
      en: `Expected a beacon that hangs, but ${shortName(beacon)} is not placed: run "beacons place ${shortName(beacon)} --at …" first`,
    })
  }
  const checks = verifyOnAir(expectedOf(beacon, beacons), heard)
  const isWell = checks.every(({ isOk }) => isOk)
  const battery = heard.find(({ key }) => key === beacon.key)?.batteryPercent
  if (isWell) {
    const change = {
      state: 'verified' as const,
      ...(battery === undefined ? {} : { battery: { percent: battery, atMs: machine.nowMs() } }),
    }
    queueChange(context, beacon, { change, deed: 'verify' })
  }
  context.result({ beacon: beacon.key, verified: isWell, checks }, () => {
    tellChecks(context, beacon, checks)
  })
  return isWell ? exitCodes.ok : exitCodes.attention
}

function overhead(
  heard: readonly { key: string; rssiDbm: number }[],
  beacons: ReadonlyMap<string, LocalBeacon>,
): LocalBeacon {
  const ours = heard.filter(({ key }) => beacons.has(key))
  const [first, second] = ours
  const beacon = first && beacons.get(first.key)
  if (beacon && (!second || second.key === first.key || first.rssiDbm - second.rssiDbm >= clearlyDb))
    return beacon
  const list = ours
    .slice(0, 3)
    .map(({ key, rssiDbm }) => `${key.split('/').slice(1).join('/')} (${rssiDbm} dBm)`)
  throw new KitFault('none-overhead', {
    zh: `分不清头顶是哪一个：${list.join('、') || '一个也没听到'}。写明编号，如 beacons verify 1/7`,
    en: `Expected one beacon clearly the loudest, heard ${list.join(', ') || 'none of ours'}: name it, such as "beacons verify 1/7"`,
  })
}

function expectedOf(beacon: LocalBeacon, beacons: ReadonlyMap<string, LocalBeacon>): ExpectedBeacon {
  const { place } = beacon
  const neighbours = [...beacons.values()]
    .flatMap((other) => {
      if (other.key === beacon.key || !place || other.place?.levelId !== place.levelId) return []
      if (other.state !== 'installed' && other.state !== 'verified') return []
      return [{ key: other.key, distanceM: Math.hypot(other.place.x - place.x, other.place.y - place.y) }]
    })
    .filter(({ distanceM }) => distanceM <= neighbourM)
    .sort((a, b) => a.distanceM - b.distanceM)
  const { key, measuredPowerDbm, intervalMs, mountHeightM } = beacon
  return { key, mac: beacon.hardware.mac, measuredPowerDbm, intervalMs, mountHeightM, neighbours }
}

function tellChecks(context: Context, beacon: LocalBeacon, checks: readonly Check[]): void {
  const { output } = context.machine
  const isWell = checks.every(({ isOk }) => isOk)
  context.say(
    isWell
      ? {
          zh: `${shortName(beacon)} 合格，已记为已验`,
          en: `${shortName(beacon)} is as it should be, and verified`,
        }
      : { zh: `${shortName(beacon)} 不合格`, en: `${shortName(beacon)} is not as it should be` },
    isWell ? 'good' : 'bad',
  )
  for (const { isOk, words } of checks) {
    output.write(`  ${toned(output, isOk ? 'good' : 'bad', isOk ? '✓' : '✗')} ${context.text(words)}\n`)
  }
}
