import { setTimeout as delay } from 'node:timers/promises'
import { differingFields } from '../drivers/compare.ts'
import type { BeaconReading } from '../drivers/driver.ts'
import { driverFault } from '../drivers/driver-faults.ts'
import { refuseFactoryUuid } from '../frames/factory-uuids.ts'
import { identityText, sameIdentity } from '../frames/identity.ts'
import { iBeaconOf } from '../frames/read-frames.ts'
import type { Refused, Words } from '../frames/words.ts'
import { BeaconFault } from '../radio/beacon-fault.ts'
import type { BeaconFaultId } from '../radio/beacon-fault.ts'
import { span } from '../radio/limits.ts'
import type { Radio } from '../radio/radio.ts'
import type { JobRecord } from './journal.ts'
import { driversFor, openBeacon } from './open-beacon.ts'
import type { OpenBeacon } from './open-beacon.ts'
import { provisionSteps } from './provision.ts'
import type {
  Provisioner,
  ProvisionEvent,
  ProvisionJob,
  ProvisionLimits,
  ProvisionOutcome,
  ProvisionStep,
  ProvisionTools,
} from './provision.ts'

const defaultLimits: ProvisionLimits = { attempts: 5, onAirMs: 15_000, pauseMs: 500 }
const longestPauseMs = 8000

/** Faults that end a whole run: nothing further could be kept account of, or nothing further can be heard. */
const ending: ReadonlySet<string> = new Set<BeaconFaultId>([
  'journal-full',
  'journal-unwritable',
  'vault-unreachable',
  'vault-refused',
  'no-bluetooth',
  'no-adapter',
  'adapter-off',
  'aborted',
])

interface RunOptions {
  readonly signal?: AbortSignal
  readonly onEvent?: (event: ProvisionEvent) => void
}

/**
 * Makes a provisioner. A job is not a list of commands but a goal that is come closer to: whatever broke in between, the next
 * try opens the beacon, reads what it is, and writes only what is missing. The journal holds what cannot be read back from it:
 * what it was before, and which secret was kept for it.
 */
export function createProvisioner(tools: ProvisionTools): Provisioner {
  const limits = { ...defaultLimits, ...tools.limits }
  return {
    async run(jobs, options = {}) {
      const outcomes: ProvisionOutcome[] = []
      const identities = new Map<string, string>()
      let stop = await listenOn(tools.radio)
      for (const job of jobs) {
        const identity = identityText(job.want.identity)
        const other = identities.get(identity)
        identities.set(identity, job.address)
        const step = tools.journal.find(job.jobId)?.step ?? 'planned'
        const outcome =
          stop !== undefined
            ? { jobId: job.jobId, failed: { ...stop, step } }
            : other !== undefined && other !== job.address
              ? { jobId: job.jobId, failed: { ...usedTwice(identity, other), step } }
              : await new JobRun(job, { tools, limits, options }).run()
        if ('failed' in outcome && ending.has(outcome.failed.id)) stop ??= outcome.failed
        outcomes.push(outcome)
        options.onEvent?.({ kind: 'ended', outcome, atMs: tools.clock() })
      }
      return outcomes
    },
  }
}

/** Jobs need the radio to listen between links; what keeps it from that keeps them all from beginning. */
async function listenOn(radio: Radio): Promise<{ readonly id: string; readonly words: Words } | undefined> {
  try {
    if (radio.state !== 'scanning') await radio.startScan()
    return undefined
  } catch (error) {
    if (error instanceof BeaconFault) return error
    throw error
  }
}

/** One job, from wherever the journal left it. */
class JobRun {
  readonly #job: ProvisionJob
  readonly #tools: ProvisionTools
  readonly #limits: ProvisionLimits
  readonly #options: RunOptions
  #record: JobRecord

  constructor(
    job: ProvisionJob,
    run: { readonly tools: ProvisionTools; readonly limits: ProvisionLimits; readonly options: RunOptions },
  ) {
    this.#job = job
    this.#tools = run.tools
    this.#limits = run.limits
    this.#options = run.options
    this.#record = run.tools.journal.find(job.jobId) ?? {
      job,
      step: 'planned',
      changedAtMs: run.tools.clock(),
    }
  }

  async run(): Promise<ProvisionOutcome> {
    const refused = refuseFactoryUuid(this.#job.want.identity.uuid)
    if (refused && this.#job.undoes === undefined)
      return this.#failed({ id: refused.refused, words: refused.words })
    let pauseMs = this.#limits.pauseMs
    for (let attempt = 1; ; attempt++) {
      try {
        const refusal = await this.#comeCloser()
        if (refusal) return this.#failed({ id: refusal.refused, words: refusal.words })
        return this.#done()
      } catch (error) {
        if (!(error instanceof BeaconFault)) throw error
        if (!error.passes || attempt >= this.#limits.attempts) return this.#failed(error)
        const { id, words } = error
        this.#tell({ kind: 'retry', jobId: this.#job.jobId, attempt, id, words, atMs: this.#tools.clock() })
        await delay(pauseMs)
        pauseMs = Math.min(longestPauseMs, pauseMs * 2)
      }
    }
  }

  /** One try at all that is still to do. */
  async #comeCloser(): Promise<Refused | undefined> {
    if (!this.#tools.journal.find(this.#job.jobId)) await this.#reach('planned')
    if (!this.#isAt('proven')) {
      const refused = await this.#configure()
      if (refused) return refused
    }
    if (!this.#isAt('on-air')) await this.#hearIt()
    if (!this.#isAt('registered')) {
      const { done } = this.#record
      const refused = done && (await this.#tools.registry.record(done))
      if (refused) return refused
      await this.#reach('registered')
    }
    return undefined
  }

  async #configure(): Promise<Refused | undefined> {
    const open = await this.#open()
    try {
      const read = await open.session.read()
      if (!this.#isAt('opened')) await this.#reach('opened', { before: read, driverId: open.driver.id })
      const next = await this.#keepSecret(open)
      const reading = await this.#write(open, read)
      if ('refused' in reading) return reading
      await this.#reach('configured', { reading })
      if (next !== undefined) {
        await open.session.changeSecret(next)
        await this.#reach('secret-written')
      }
      await open.session.finish()
    } finally {
      await open.link.close()
    }
    await this.#prove()
    return undefined
  }

  #open(): Promise<OpenBeacon> {
    const { address, driverId } = this.#job
    const { radio, vault, drivers } = this.#tools
    const { signal } = this.#options
    const likely = driversFor(drivers, radio.heard(address), this.#record.driverId ?? driverId)
    return openBeacon({ radio, vault }, { address, drivers: likely, ...(signal ? { signal } : {}) })
  }

  /**
   * The secret it is to get, in the vault before it is on the beacon. None when it has it already, when it opened with one
   * proven before, when it has no secrets, or when it goes back. The one kept before a crash is taken again: tries do not fill the vault.
   */
  async #keepSecret({ driver, version }: OpenBeacon): Promise<string | undefined> {
    const { address } = this.#job
    const { vault, randomBytes } = this.#tools
    const { secretVersionId } = this.#record
    if (this.#job.undoes !== undefined) return undefined
    if (version !== undefined && version.versionId === secretVersionId) return undefined
    const kept = (await vault.versions(address)).find(
      ({ versionId, driverId }) => versionId === secretVersionId && driverId === driver.id,
    )
    if (kept) return kept.secret
    if (version?.state === 'proven') return undefined
    const secret = driver.newSecret(randomBytes)
    if (secret === undefined) return undefined
    const versionId = uuidFrom(randomBytes(16))
    await vault.keep(address, { versionId, driverId: driver.id, secret })
    await this.#reach('secret-kept', { secretVersionId: versionId })
    return secret
  }

  async #write({ session }: OpenBeacon, before: BeaconReading): Promise<BeaconReading | Refused> {
    const { want, address } = this.#job
    const writes = session.planWrites(want, before)
    if ('refused' in writes) return writes
    if (writes.length === 0) return before
    for (const { write } of writes) await write()
    const after = await session.read()
    const differing = differingFields(want, after, session.capabilities)
    if (differing.length > 0) throw driverFault('config-rejected', address, differing.join(', '))
    return after
  }

  /** Opens it with the new secret alone: only that proves it. */
  async #prove(): Promise<void> {
    const { secretVersionId } = this.#record
    if (secretVersionId === undefined) {
      await this.#reach('proven')
      return
    }
    const { address } = this.#job
    const open = await this.#open()
    await open.link.close()
    if (open.version?.versionId !== secretVersionId) {
      throw driverFault('unreadable-answer', address, 'its new secret did not take')
    }
    await this.#tools.vault.prove(address, secretVersionId)
    await this.#reach('proven')
  }

  /** Configured is what it says over a link; done is what phones hear. */
  async #hearIt(): Promise<void> {
    const { address, want, jobId, beaconId, undoes } = this.#job
    const { radio, clock } = this.#tools
    const { onAirMs } = this.#limits
    const measuredPowerDbm = await new Promise<number>((resolve) => {
      const end = (power: number) => {
        clearTimeout(timer)
        stop()
        resolve(power)
      }
      const timer = setTimeout(end, onAirMs, NaN)
      const stop = radio.onSighting((sighting) => {
        const frame = iBeaconOf(sighting)
        if (sighting.address !== address || !frame || !sameIdentity(frame.identity, want.identity)) return
        end(frame.measuredPowerDbm)
      })
    })
    if (Number.isNaN(measuredPowerDbm)) {
      throw new BeaconFault('not-heard', {
        zh: `${address} 已写好，但 ${span(onAirMs)} 内没有听到 ${identityText(want.identity)}；请稍候或重新装电池再试。`,
        en: `${address} is written, but ${identityText(want.identity)} was not heard from it within ${span(onAirMs)}; wait a little or take its battery out and in, then run it again.`,
      })
    }
    const atMs = clock()
    const done = {
      jobId,
      ...(beaconId === undefined ? {} : { beaconId }),
      ...(undoes === undefined ? {} : { undoes }),
      address,
      driverId: this.#record.driverId ?? '',
      config: want,
      reading: { ...this.#record.reading, measuredPowerDbm },
      atMs,
    }
    await this.#reach('on-air', { done })
  }

  #isAt(step: ProvisionStep): boolean {
    return provisionSteps.indexOf(this.#record.step) >= provisionSteps.indexOf(step)
  }

  /** Writes to the journal first; only what is on the disk has happened. A step behind the one reached changes nothing. */
  async #reach(step: ProvisionStep, news: Partial<JobRecord> = {}): Promise<void> {
    const { journal, clock } = this.#tools
    const atMs = clock()
    const isFurther = step === 'planned' || !this.#isAt(step)
    const record = { ...this.#record, ...news, step: isFurther ? step : this.#record.step, changedAtMs: atMs }
    await journal.append(record)
    this.#record = record
    if (isFurther) this.#tell({ kind: 'step', jobId: this.#job.jobId, step, atMs })
  }

  #tell(event: ProvisionEvent): void {
    this.#options.onEvent?.(event)
  }

  #done(): ProvisionOutcome {
    const { done } = this.#record
    if (!done)
      throw new Error(`The journal says that ${this.#job.jobId} is registered, and not what it became.`)
    return { jobId: this.#job.jobId, done }
  }

  #failed({ id, words }: { readonly id: string; readonly words: Words }): ProvisionOutcome {
    return { jobId: this.#job.jobId, failed: { id, words, step: this.#record.step } }
  }
}

function usedTwice(identity: string, other: string): { readonly id: string; readonly words: Words } {
  return {
    id: 'number-used-twice',
    words: {
      zh: `${identity} 在这批任务里已给了 ${other}；请为这只信标换一个编号。`,
      en: `${identity} is given to ${other} in the same run; give this beacon another number.`,
    },
  }
}

/** A random UUID (version 4) of sixteen bytes. Source: RFC 9562, 5.4. */
function uuidFrom(bytes: Uint8Array): string {
  const value = Uint8Array.from(bytes)
  value[6] = ((value[6] ?? 0) & 0x0f) | 0x40
  value[8] = ((value[8] ?? 0) & 0x3f) | 0x80
  const digits = Buffer.from(value).toString('hex')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
