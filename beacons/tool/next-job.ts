import { identityText } from '../frames/identity.ts'
import type { BeaconIdentity } from '../frames/identity.ts'
import { KitFault } from '../offline/kit-fault.ts'
import { nextLeased } from '../offline/local-registry.ts'
import type { LocalBeacon } from '../offline/local-registry.ts'
import type { ProvisionJob } from '../provisioning/provision.ts'
import type { UnfinishedJob } from '../provisioning/unfinished-jobs.ts'
import { beaconCalled, levelsOption, numberOption } from './context.ts'
import type { Context } from './context.ts'

/** The next number to give on the wanted level: a planned beacon without hardware, else the next leased one. */
function nextIdentity(context: Context, taken: ReadonlySet<string>, levelIds: readonly string[] | undefined) {
  const kit = context.kit()
  const beacons = kit.beacons()
  const isWanted = (levelId: string | undefined) =>
    levelIds === undefined || (levelId !== undefined && levelIds.includes(levelId))
  const planned = [...beacons.values()]
    .filter(
      ({ state, hardware, key, place }) =>
        state === 'planned' && hardware.mac === '' && !taken.has(key) && isWanted(place?.levelId),
    )
    .sort((a, b) => a.identity.major - b.identity.major || a.identity.minor - b.identity.minor)[0]
  if (planned) return { identity: planned.identity, beacon: planned }
  const used = { has: (key: string) => beacons.has(key) || taken.has(key) }
  const levels = levelIds ?? [...new Set(kit.registry.leases.map(({ levelId }) => levelId))]
  for (const levelId of levels) {
    const identity = nextLeased(kit.registry.leases, used, { levelId, nowMs: context.machine.nowMs() })
    if (identity) return { identity }
  }
  throw new KitFault('no-number-left', {
    zh: '没有待配置的信标，号段也用完或到期了：联网后 beacons take',
    en: 'Expected a planned beacon or a leased number, but neither is left: run "beacons take" with a network',
  })
}

/**
 * The job for a beacon: the one that was broken off with it, with what this call asks; otherwise a new one, with the next number
 * that nobody has and no broken job may have written.
 * @param taken identities given in this call
 */
export async function jobFor(
  context: Context,
  address: string,
  {
    unfinished,
    taken = new Set(),
  }: { readonly unfinished: ReadonlyMap<string, UnfinishedJob>; readonly taken?: ReadonlySet<string> },
): Promise<ProvisionJob> {
  const [name] = context.positionals
  const named = name === undefined ? undefined : beaconCalled(context.kit().beacons(), name)
  const asked = askedOf(context)
  const broken = jobToGoOn(context, address, unfinished)
  if (broken && (named === undefined || named.key === identityText(broken.want.identity)))
    return { ...broken, address, want: { ...broken.want, ...asked } }
  const levels = context.options.level === undefined ? undefined : await levelIdsOf(context)
  const written = [...unfinished.values()].map(({ record }) => identityText(record.job.want.identity))
  const next: { identity: BeaconIdentity; beacon?: LocalBeacon } = named
    ? { identity: named.identity, beacon: named }
    : nextIdentity(context, new Set([...taken, ...written]), levels)
  const { beacon } = next
  return {
    jobId: context.machine.newId(),
    address,
    want: { identity: next.identity, ...(beacon ? radioOf(beacon) : {}), ...asked },
    ...(beacon?.id === undefined ? {} : { beaconId: beacon.id }),
  }
}

/** The job that was broken off with a beacon, unless its number went to other hardware meanwhile. */
function jobToGoOn(
  context: Context,
  address: string,
  unfinished: ReadonlyMap<string, UnfinishedJob>,
): ProvisionJob | undefined {
  const broken = unfinished.get(address)
  if (!broken || broken.isBeingUndone) return undefined
  const { job } = broken.record
  const beacon = context.kit().beacons().get(identityText(job.want.identity))
  const isFree = !beacon || (beacon.state !== 'retired' && ['', address].includes(macOf(beacon)))
  return isFree ? job : undefined
}

/** The address of a beacon's hardware in capitals, as the radio says it; empty when it has none yet. */
export function macOf({ hardware }: Pick<LocalBeacon, 'hardware'>): string {
  return hardware.mac.toUpperCase()
}

function radioOf({ intervalMs, measuredPowerDbm, txPowerDbm }: LocalBeacon) {
  return { intervalMs, measuredPowerDbm, ...(txPowerDbm === null ? {} : { txPowerDbm }) }
}

/** What this call asks of the radio, before what is planned. */
function askedOf(context: Context): { readonly intervalMs?: number; readonly measuredPowerDbm?: number } {
  const numberAsked = (name: string, at: { readonly least: number; readonly most: number }) =>
    context.options[name] === undefined ? undefined : numberOption(context, name, { usual: at.least, ...at })
  const intervalMs = numberAsked('interval-ms', { least: 100, most: 10_240 })
  const measuredPowerDbm = numberAsked('power-dbm', { least: -100, most: -20 })
  return {
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(measuredPowerDbm === undefined ? {} : { measuredPowerDbm }),
  }
}

async function levelIdsOf(context: Context): Promise<string[]> {
  const map = await context.map()
  const names = levelsOption(context, map) ?? []
  return map.tables.levels.filter(({ name }) => names.includes(name)).map(({ id }) => id)
}
