import { iBeaconOf } from '../../frames/read-frames.ts'
import { KitFault } from '../../offline/kit-fault.ts'
import { nextLeased } from '../../offline/local-registry.ts'
import type { LocalBeacon } from '../../offline/local-registry.ts'
import type { BeaconChange } from '../../offline/operations.ts'
import { identityText } from '../../frames/identity.ts'
import type {
  ProvisionEvent,
  ProvisionJob,
  ProvisionOutcome,
  ProvisionRegistry,
} from '../../provisioning/provision.ts'
import type { Advertisement, Radio } from '../../radio/radio.ts'
import {
  beaconCalled,
  exitCodes,
  levelsOption,
  numberOption,
  shortName,
  textOption,
  wrongCall,
} from '../context.ts'
import type { Context } from '../context.ts'
import { queueChange, queueRegister, takeBack } from '../deeds.ts'
import { withRadio } from '../listen.ts'
import { LiveBlock, progressLine, toned } from '../terminal.ts'
import { timeLeft } from './take.ts'

const handClearlyDb = 10
const lookEveryMs = 250
const inHandLimitMs = 10 * 60_000
/** So many looks in a row have to agree, a second from the first to the last: a hand that passes by is no beacon held. */
const steadyLooks = 5
/** What was not heard for so long is gone: it neither is held nor keeps another from being it. */
const latelyMs = 3000

/**
 * The registry of provisioning off-line: what was done goes into the queue under the job's own id, so that a job told twice is one.
 */
export function queueAsRegistry(context: Context): ProvisionRegistry {
  return {
    record(done) {
      if (done.undoes !== undefined) return Promise.resolve(takeBackJob(context, done.undoes))
      const { identity } = done.config
      // As it says and sends, not as it was told: some hardware takes its next step, some cannot be told at all.
      const { measuredPowerDbm, txPowerDbm, intervalMs } = { ...done.config, ...done.reading }
      const { batteryPercent, firmware, model } = done.reading
      const change: BeaconChange = {
        hardware: {
          mac: done.address,
          ...(firmware === undefined ? {} : { firmware: firmware.slice(0, 100) }),
          model: (model ?? done.driverId).slice(0, 100),
        },
        ...(measuredPowerDbm === undefined ? {} : { measuredPowerDbm }),
        ...(txPowerDbm === undefined ? {} : { txPowerDbm }),
        ...(intervalMs === undefined ? {} : { intervalMs: Math.round(intervalMs) }),
        ...(batteryPercent === undefined
          ? {}
          : {
              battery: { percent: Math.max(0, Math.min(100, Math.round(batteryPercent))), atMs: done.atMs },
            }),
      }
      const beacon = context.kit().beacons().get(identityText(identity))
      const how = { change, deed: 'provision' as const, opId: done.jobId }
      if (beacon && beacon.state !== 'retired') queueChange(context, beacon, how)
      else queueRegister(context, identity, how)
      return Promise.resolve(undefined)
    },
  }
}

/** Takes back what was told of a job, if anything was. */
function takeBackJob(context: Context, jobId: string) {
  const queued = context.kit().queue.find(jobId)
  const undone = queued && takeBack(context, queued)
  return undone && 'refused' in undone ? undone : undefined
}

/** `provision`: gives beacons their numbers, one in hand after the other, or all that are in the air with `--all`. */
export async function provision(context: Context): Promise<number> {
  const { machine } = context
  const outcomes: ProvisionOutcome[] = []
  await withRadio(context, async (radio) => {
    const room = await machine.openProvisioning({
      radio,
      registry: queueAsRegistry(context),
      dir: context.dir,
    })
    try {
      const run = (jobs: readonly ProvisionJob[]) => runJobs(context, room, jobs)
      if (context.options.all === true) {
        outcomes.push(...(await run(await jobsInAir(context, radio))))
        return
      }
      const count = numberOption(context, 'count', { usual: 1, least: 1, most: 1000 })
      for (let done = 0; done < count && !machine.stop.aborted; done++) {
        const address = textOption(context, 'mac') ?? (await inHand(context, radio))
        if (address === undefined) break
        outcomes.push(...(await run([await jobFor(context, address)])))
      }
    } finally {
      await room.close()
    }
  })
  const failed = outcomes.filter((outcome) => 'failed' in outcome)
  context.event({ event: 'end', done: outcomes.length - failed.length, failed: failed.length })
  context.say(
    {
      zh: `完成 ${outcomes.length - failed.length} 个，未完成 ${failed.length} 个`,
      en: `${outcomes.length - failed.length} done, ${failed.length} not`,
    },
    failed.length > 0 ? 'warn' : 'good',
  )
  if (failed.length > 0)
    context.say(
      { zh: '再运行一次会从断开的地方继续。', en: 'Run it again: it goes on where it was.' },
      'quiet',
    )
  return outcomes.length === 0 ? exitCodes.refused : failed.length > 0 ? exitCodes.attention : exitCodes.ok
}

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

async function jobFor(
  context: Context,
  address: string,
  taken: ReadonlySet<string> = new Set(),
): Promise<ProvisionJob> {
  const [name] = context.positionals
  const named = name === undefined ? undefined : beaconCalled(context.kit().beacons(), name)
  const levels = context.options.level === undefined ? undefined : await levelIdsOf(context)
  const next: { identity: ProvisionJob['want']['identity']; beacon?: LocalBeacon } = named
    ? { identity: named.identity, beacon: named }
    : nextIdentity(context, taken, levels)
  const { beacon } = next
  const optional = (option: string, at: { least: number; most: number }, known: number | undefined) =>
    context.options[option] === undefined ? known : numberOption(context, option, { usual: 0, ...at })
  const intervalMs = optional('interval-ms', { least: 100, most: 10_240 }, beacon?.intervalMs)
  const measuredPowerDbm = optional('power-dbm', { least: -100, most: -20 }, beacon?.measuredPowerDbm)
  const txPowerDbm = beacon?.txPowerDbm ?? undefined
  return {
    jobId: context.machine.newId(),
    address,
    want: {
      identity: next.identity,
      ...(intervalMs === undefined ? {} : { intervalMs }),
      ...(measuredPowerDbm === undefined ? {} : { measuredPowerDbm }),
      ...(txPowerDbm === undefined ? {} : { txPowerDbm }),
    },
    ...(beacon?.id === undefined ? {} : { beaconId: beacon.id }),
  }
}

async function levelIdsOf(context: Context): Promise<string[]> {
  const map = await context.map()
  const names = levelsOption(context, map) ?? []
  return map.tables.levels.filter(({ name }) => names.includes(name)).map(({ id }) => id)
}

/** Jobs for everything near that is not of the registry, in the order of their strength. */
async function jobsInAir(context: Context, radio: Radio): Promise<ProvisionJob[]> {
  const nearest = numberOption(context, 'near-dbm', { usual: -75, least: -100, most: -20 })
  await radio.startScan({ weakestRssiDbm: nearest })
  await context.machine.wait(
    numberOption(context, 'seconds', { usual: 5, least: 1, most: 120 }) * 1000,
    context.machine.stop,
  )
  const known = new Set(
    [...context.kit().beacons().values()].map(({ hardware }) => hardware.mac.toUpperCase()),
  )
  const candidates = radio
    .advertisements()
    .filter(
      (seen) => (seen.rssiDbm ?? -127) >= nearest && !known.has(seen.address) && isCandidate(context, seen),
    )
    .sort((a, b) => (b.rssiDbm ?? -127) - (a.rssiDbm ?? -127))
  const most = numberOption(context, 'count', { usual: candidates.length, least: 1, most: 1000 })
  const taken = new Set<string>()
  const jobs: ProvisionJob[] = []
  for (const { address } of candidates.slice(0, most)) {
    const job = await jobFor(context, address, taken)
    taken.add(identityText(job.want.identity))
    jobs.push(job)
  }
  return jobs
}

/** A beacon that has none of our numbers yet. */
function isCandidate(context: Context, seen: Advertisement): boolean {
  const frame = iBeaconOf(seen)
  return !frame || !context.kit().beacons().has(identityText(frame.identity))
}

/**
 * Waits for one device to be held to the machine: louder than the gate, and clearly louder than all others, for a second.
 * @returns its address; undefined when nobody holds one
 */
async function inHand(context: Context, radio: Radio): Promise<string | undefined> {
  const { machine, text } = context
  const gateDbm = numberOption(context, 'in-hand-dbm', { usual: -50, least: -90, most: -20 })
  const block = context.json ? undefined : new LiveBlock(machine.output)
  const lately = new Map<string, { rssiDbm: number; atMs: number }>()
  const off = radio.onSighting(({ address, rssiDbm, atMs }) => {
    if (rssiDbm !== undefined) lately.set(address, { rssiDbm, atMs })
  })
  await radio.startScan()
  const sinceMs = machine.nowMs()
  let steady: { address: string; looks: number } | undefined
  try {
    while (!machine.stop.aborted && machine.nowMs() - sinceMs < inHandLimitMs) {
      const sinceLately = machine.nowMs() - latelyMs
      const [first, second] = [...lately]
        .filter(([, { atMs }]) => atMs >= sinceLately)
        .sort((a, b) => b[1].rssiDbm - a[1].rssiDbm)
      const isHeld =
        first !== undefined &&
        first[1].rssiDbm >= gateDbm &&
        (!second || first[1].rssiDbm - second[1].rssiDbm >= handClearlyDb)
      steady = isHeld
        ? { address: first[0], looks: steady?.address === first[0] ? steady.looks + 1 : 1 }
        : undefined
      if (steady && steady.looks >= steadyLooks) {
        block?.end([text({ zh: `在手里：${steady.address}`, en: `In hand: ${steady.address}` })])
        return steady.address
      }
      block?.draw([
        text({
          zh: `把一个信标贴近这台机器（要强过 ${gateDbm} dBm，现在最强 ${first?.[1].rssiDbm ?? '–'}）`,
          en: `Hold one beacon to this machine (louder than ${gateDbm} dBm; loudest now ${first?.[1].rssiDbm ?? '–'})`,
        }),
      ])
      await machine.wait(lookEveryMs, machine.stop)
    }
  } finally {
    off()
  }
  block?.end([])
  return undefined
}

/** Runs jobs with a live line each. */
export async function runJobs(
  context: Context,
  room: {
    run: (
      jobs: readonly ProvisionJob[],
      options: { signal: AbortSignal; onEvent: (event: ProvisionEvent) => void },
    ) => Promise<readonly ProvisionOutcome[]>
  },
  jobs: readonly ProvisionJob[],
): Promise<readonly ProvisionOutcome[]> {
  const { machine, text } = context
  const block = context.json ? undefined : new LiveBlock(machine.output)
  const sinceMs = machine.nowMs()
  const named = new Map(jobs.map((job) => [job.jobId, job]))
  const ended: string[] = []
  let now = ''
  const draw = () => {
    const at = { done: ended.length, of: jobs.length, sinceMs, nowMs: machine.nowMs() }
    block?.draw([
      ...ended.slice(-10),
      now,
      progressLine(machine.output, at, (seconds) => timeLeft(context, seconds)),
    ])
  }
  const outcomes = await room.run(jobs, {
    signal: machine.stop,
    onEvent(event) {
      context.event({ event: event.kind, ...eventFacts(event) })
      const job = named.get(event.kind === 'ended' ? event.outcome.jobId : event.jobId)
      const name = job ? `${job.want.identity.major}/${job.want.identity.minor}  ${job.address}` : ''
      if (event.kind === 'ended') {
        ended.push(outcomeLine(context, name, event.outcome))
        now = ''
      } else if (event.kind === 'retry') now = toned(machine.output, 'warn', `${name}  ${text(event.words)}`)
      else now = `${name}  ${text(stepWords[event.step])}`
      draw()
    },
  })
  block?.end([...ended])
  return outcomes
}

function eventFacts(event: ProvisionEvent): object {
  const { atMs } = event
  switch (event.kind) {
    case 'ended':
      return { atMs, ...event.outcome }
    case 'step':
      return { atMs, jobId: event.jobId, step: event.step }
    case 'retry':
      return { atMs, jobId: event.jobId, attempt: event.attempt, id: event.id, message: event.words }
  }
}

function outcomeLine({ machine, text }: Context, name: string, outcome: ProvisionOutcome): string {
  return 'failed' in outcome
    ? `${toned(machine.output, 'bad', '✗')} ${name}  ${text(outcome.failed.words)}`
    : `${toned(machine.output, 'good', '✓')} ${name}`
}

const stepWords = {
  planned: { zh: '连接', en: 'connecting' },
  opened: { zh: '已打开，读原来的设置', en: 'open, reading what it was' },
  'secret-kept': { zh: '新密码已存好', en: 'its new secret is kept' },
  configured: { zh: '已写入并读回', en: 'written and read back' },
  'secret-written': { zh: '密码已换', en: 'secret changed' },
  proven: { zh: '新密码已验证', en: 'new secret proven' },
  'on-air': { zh: '已听到新编号', en: 'heard with its new number' },
  registered: { zh: '已登记', en: 'registered' },
} as const

/** `retire BEACON`: takes a beacon out of use; its number may go to its successor. */
export function retire(context: Context): Promise<number> {
  const [name] = context.positionals
  if (name === undefined) throw wrongCall({ zh: 'retire 要写信标', en: 'Expected a beacon to retire' })
  const beacon = beaconCalled(context.kit().beacons(), name)
  queueChange(context, beacon, { change: { state: 'retired' }, deed: 'retire' })
  context.result({ retired: beacon.key }, () => {
    context.say(
      {
        zh: `${shortName(beacon)} 已退役；beacons undo retire 可撤销`,
        en: `${shortName(beacon)} is retired; "beacons undo retire" takes it back`,
      },
      'good',
    )
  })
  return Promise.resolve(exitCodes.ok)
}

/** `replace BEACON`: other hardware takes its place and number; then it is verified anew. */
export async function replace(context: Context): Promise<number> {
  const [name] = context.positionals
  if (name === undefined)
    throw wrongCall({ zh: 'replace 要写被换的信标', en: 'Expected the beacon that is replaced' })
  const beacon = beaconCalled(context.kit().beacons(), name)
  const code = await provision(context)
  if (code !== exitCodes.ok) return code
  const now = context.kit().beacons().get(beacon.key) ?? beacon
  if (now.state === 'verified') queueChange(context, now, { change: { state: 'installed' }, deed: 'replace' })
  context.say({
    zh: `挂回原处后：beacons verify ${shortName(beacon)}`,
    en: `Hang it where the old one was, then: beacons verify ${shortName(beacon)}`,
  })
  return exitCodes.ok
}
