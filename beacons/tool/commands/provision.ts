import { iBeaconOf } from '../../frames/read-frames.ts'
import type { BeaconChange } from '../../offline/operations.ts'
import { refuseFactoryUuid } from '../../frames/factory-uuids.ts'
import { identityText } from '../../frames/identity.ts'
import type { Words } from '../../frames/words.ts'
import type {
  ProvisionedBeacon,
  ProvisionEvent,
  ProvisionJob,
  ProvisionOutcome,
  ProvisionRegistry,
} from '../../provisioning/provision.ts'
import { unfinishedJobs } from '../../provisioning/unfinished-jobs.ts'
import type { Advertisement, Radio } from '../../radio/radio.ts'
import { beaconCalled, exitCodes, numberOption, shortName, textOption, wrongCall } from '../context.ts'
import type { Context, ProvisioningRoom, SecretsAt } from '../context.ts'
import { queueChange, queueRegister, takeBack } from '../deeds.ts'
import { inHand } from '../in-hand.ts'
import { withRadio } from '../listen.ts'
import { jobFor, macOf } from '../next-job.ts'
import { LiveBlock, progressLine, toned } from '../terminal.ts'
import { timeLeft } from '../words.ts'

/**
 * The registry of provisioning off-line: what was done goes into the queue under the job's own id, so that a job told twice is one.
 */
export function queueAsRegistry(context: Context): ProvisionRegistry {
  return {
    record(done) {
      if (done.undoes !== undefined) return Promise.resolve(takeBackJob(context, done.undoes))
      const { identity } = done.config
      // As it says and sends, not as it was told: some hardware takes its next step, some cannot be told at all.
      const { measuredPowerDbm, intervalMs } = { ...done.config, ...done.reading }
      const { batteryPercent, firmware, model, txPowerDbm = null } = done.reading
      const change: BeaconChange = {
        hardware: {
          mac: done.address,
          ...(firmware === undefined ? {} : { firmware: firmware.slice(0, 100) }),
          model: (model ?? done.driverId).slice(0, 100),
        },
        ...(measuredPowerDbm === undefined ? {} : { measuredPowerDbm }),
        // A power that the beacon does not say is not known, whatever was planned.
        txPowerDbm,
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
  const queued = context.kit().queue.standing(jobId)
  const undone = queued && takeBack(context, queued)
  return undone && 'refused' in undone ? undone : undefined
}

/** Where the secrets of the kit's beacons are kept, and whom they go to. */
export function secretsOf(context: Context): SecretsAt {
  const { server, venueId } = context.kit().info
  return { dir: context.dir, client: context.client(server), venueId }
}

/** The room that talks to beacons; lines of its files that are damaged are told. */
export async function openRoom(context: Context, radio: Radio): Promise<ProvisioningRoom> {
  const { machine } = context
  const registry = queueAsRegistry(context)
  const room = await machine.openProvisioning({ radio, registry, ...secretsOf(context) })
  for (const words of room.damage) {
    context.event({ event: 'damaged', message: words })
    context.say(words, 'bad')
  }
  return room
}

/** `provision`: gives beacons their numbers, one in hand after the other, or all that are in the air with `--all`. */
export async function provision(context: Context): Promise<number> {
  const outcomes: ProvisionOutcome[] = []
  let secretsHere = 0
  await withRadio(context, async (radio) => {
    const room = await openRoom(context, radio)
    try {
      if (context.options.all === true) {
        outcomes.push(...(await runJobs(context, room, await jobsInAir(context, radio, room))))
        return
      }
      for await (const outcome of runInHand(context, radio, room)) outcomes.push(outcome)
    } finally {
      secretsHere = room.secretsHere()
      await room.close()
    }
  })
  const failed = outcomes.filter((outcome) => 'failed' in outcome)
  context.event({ event: 'end', done: outcomes.length - failed.length, failed: failed.length, secretsHere })
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
  if (secretsHere > 0)
    context.say(
      {
        zh: '连不上服务器：新密码加密存在这台电脑上，有网后先 beacons sync。',
        en: 'The server is out of reach: new secrets are sealed on this laptop alone. Run "beacons sync" as soon as there is a network.',
      },
      'warn',
    )
  return outcomes.length === 0 ? exitCodes.refused : failed.length > 0 ? exitCodes.attention : exitCodes.ok
}

/** One beacon after the other, as they are held to the machine; one alone where the call names it. */
async function* runInHand(
  context: Context,
  radio: Radio,
  room: ProvisioningRoom,
): AsyncGenerator<ProvisionOutcome> {
  const { machine, options, positionals } = context
  const given = macOption(context)
  const isNamed = given !== undefined || positionals.length > 0
  if (isNamed && options.count !== undefined)
    throw wrongCall({
      zh: '--count 不能与 BEACON 或 --mac 一起用：那是同一个',
      en: 'Expected --count without BEACON and --mac: those are one beacon',
    })
  const count = numberOption(context, 'count', { usual: 1, least: 1, most: 1000 })
  const tried = new Set<string>()
  for (let done = 0; done < count && !machine.stop.aborted; done++) {
    const whyNot = (at: string) => (isNamed ? undefined : whyNotAgain(context, at, { room, tried }))
    const address = given ?? (await inHand(context, radio, whyNot))
    if (address === undefined) return
    tried.add(address)
    const unfinished = unfinishedJobs(room.records())
    yield* await runJobs(context, room, [await jobFor(context, address, { unfinished })])
  }
}

/** Why the beacon that is held is not meant: it stays in the hand when it is done, and would be given the next number, too. */
function whyNotAgain(
  context: Context,
  address: string,
  { room, tried }: { readonly room: ProvisioningRoom; readonly tried: ReadonlySet<string> },
): Words | undefined {
  const isUnfinished = unfinishedJobs(room.records()).has(address)
  const known = [...context.kit().beacons().values()].find(
    (beacon) => beacon.state !== 'retired' && macOf(beacon) === address,
  )
  if (known && !isUnfinished) {
    const name = shortName(known)
    return {
      zh: `${address} 已是 ${name}：请收好，换下一个`,
      en: `${address} is ${name} already: put it away and take the next`,
    }
  }
  if (!tried.has(address)) return undefined
  return {
    zh: `${address} 刚才没有完成：先放一边，再运行一次`,
    en: `${address} was tried just now and is not done: put it aside and run this again`,
  }
}

/** The address given with `--mac`, in capitals as the radio and the vault have it. */
function macOption(context: Context): string | undefined {
  const given = textOption(context, 'mac')
  const address = given?.trim().toUpperCase()
  if (address === undefined || /^[0-9A-F]{2}(:[0-9A-F]{2}){5}$/.test(address)) return address
  throw wrongCall({
    zh: `--mac 是 C8:FD:19:00:00:01 这样的地址，收到 "${given ?? ''}"`,
    en: `Expected --mac to be an address such as C8:FD:19:00:00:01, got "${given ?? ''}"`,
  })
}

/** Jobs for everything near that is not of the registry or was broken off, in the order of their strength. */
async function jobsInAir(context: Context, radio: Radio, room: ProvisioningRoom): Promise<ProvisionJob[]> {
  const nearest = numberOption(context, 'near-dbm', { usual: -75, least: -100, most: -20 })
  await radio.startScan({ weakestRssiDbm: nearest })
  await context.machine.wait(
    numberOption(context, 'seconds', { usual: 5, least: 1, most: 120 }) * 1000,
    context.machine.stop,
  )
  const known = new Set([...context.kit().beacons().values()].map(macOf))
  const unfinished = unfinishedJobs(room.records())
  const isWanted = (seen: Advertisement) =>
    unfinished.has(seen.address) || (!known.has(seen.address) && isFresh(room, seen))
  const candidates = radio
    .advertisements()
    .filter((seen) => (seen.rssiDbm ?? -127) >= nearest && isWanted(seen))
    .sort((a, b) => (b.rssiDbm ?? -127) - (a.rssiDbm ?? -127))
  const most = numberOption(context, 'count', { usual: candidates.length, least: 1, most: 1000 })
  const taken = new Set<string>()
  const jobs: ProvisionJob[] = []
  for (const { address } of candidates.slice(0, most)) {
    const job = await jobFor(context, address, { unfinished, taken })
    taken.add(identityText(job.want.identity))
    jobs.push(job)
  }
  return jobs
}

/**
 * Surely a beacon, and in nobody's use: it has the number of its factory, or none yet. One with a number of somebody's own, a
 * neighbour's or another laptop's of today, is taken in the hand or by `--mac` alone.
 */
function isFresh(room: Pick<ProvisioningRoom, 'isBeacon'>, seen: Advertisement): boolean {
  const frame = iBeaconOf(seen)
  return room.isBeacon(seen) && (!frame || refuseFactoryUuid(frame.identity.uuid) !== undefined)
}

/** Runs jobs with a live line each. */
export async function runJobs(
  context: Context,
  room: Pick<ProvisioningRoom, 'run'>,
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
    case 'ended': {
      const note = 'done' in event.outcome ? powerLeft(event.outcome.done) : undefined
      return { atMs, ...event.outcome, ...(note ? { note } : {}) }
    }
    case 'step':
      return { atMs, jobId: event.jobId, step: event.step }
    case 'retry':
      return { atMs, jobId: event.jobId, attempt: event.attempt, id: event.id, message: event.words }
  }
}

function outcomeLine({ machine, text }: Context, name: string, outcome: ProvisionOutcome): string {
  if ('failed' in outcome)
    return `${toned(machine.output, 'bad', '✗')} ${name}  ${text(outcome.failed.words)}`
  const note = powerLeft(outcome.done)
  return `${toned(machine.output, 'good', '✓')} ${name}${note ? `  ${toned(machine.output, 'warn', text(note))}` : ''}`
}

/** What to say of hardware that stays at its own power, whatever was planned or asked with `--power-dbm`. */
function powerLeft({ config, reading }: ProvisionedBeacon): Words | undefined {
  const [asked, is] = [config.measuredPowerDbm, reading.measuredPowerDbm]
  if (asked === undefined || is === undefined || asked === is) return undefined
  return {
    zh: `功率改不了：1 米处仍是 ${is} dBm，不是 ${asked} dBm`,
    en: `its power cannot be told: it stays at ${is} dBm at a metre, not ${asked} dBm`,
  }
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
