import { identityText } from '../../frames/identity.ts'
import { KitFault } from '../../offline/kit-fault.ts'
import type { Operation } from '../../offline/operations.ts'
import type { JobRecord } from '../../provisioning/journal.ts'
import { laterJobOf, lastToUndo, undoJobOf } from '../../provisioning/undo-job.ts'
import { beaconCalled, exitCodes, shortName, wrongCall } from '../context.ts'
import type { Context } from '../context.ts'
import { keptBy, lastDeed, takeBack, undoable } from '../deeds.ts'
import { withRadio } from '../listen.ts'
import { openRoom, runJobs } from './provision.ts'

const known = [...undoable, 'provision'] as const

/**
 * `undo [DEED]`: takes back the last of what was done here. Provisioning is taken back on the beacon itself: it becomes what it
 * was before, and the registry is told.
 */
export async function undo(context: Context): Promise<number> {
  const [what, name] = context.positionals
  const deed = known.find((each) => each === what)
  if ((what !== undefined && !deed) || (name !== undefined && deed !== 'provision')) {
    const given = context.positionals.join(' ')
    throw wrongCall({
      zh: `undo 只认 ${known.join('、')}，其中 provision 可写信标；收到 "${given}"`,
      en: `Expected undo of ${known.join(', ')}, provision with a beacon or without, got "${given}"`,
    })
  }
  if (deed === 'provision') return undoProvision(context, name)
  const last = lastDeed(context, deed ? [deed] : known)
  if (!last) return tellNothing(context)
  if (last.op.deed === 'provision')
    return undoProvision(context, undefined, last.op.supersedes ?? last.op.opId)
  const undone = takeBack(context, last)
  if ('refused' in undone) throw new KitFault(undone.refused, undone.words)
  return tell(context, undone)
}

/** Takes back a job: of a beacon that is named, the one told, or the last. */
async function undoProvision(context: Context, name: string | undefined, jobId?: string): Promise<number> {
  return withRadio(context, async (radio) => {
    const room = await openRoom(context, radio)
    try {
      const records = room.records()
      const key = name === undefined ? undefined : keyCalled(context, records, name)
      const last = records.find(({ job }) => job.jobId === jobId) ?? lastToUndo(records, key)
      if (!last) return tellNothing(context)
      const later = laterJobOf(records, last)
      if (later) throw laterJob(later)
      // Before anything is written to the beacon: the registry must be able to follow.
      const told = context.kit().queue.standing(last.job.jobId)
      const kept = told && keptBy(context, told)
      if (kept) throw new KitFault(kept.refused, kept.words)
      const job = undoJobOf(last)
      if ('refused' in job) throw new KitFault(job.refused, job.words)
      const [outcome] = await runJobs(context, room, [job])
      if (!outcome || 'failed' in outcome) return exitCodes.attention
      const { identity } = last.job.want
      context.result(
        { undone: { how: 'changed-back', job: last.job.jobId, beacon: job.want.identity } },
        () => {
          context.say(
            {
              zh: `${identity.major}/${identity.minor} 已改回 ${job.want.identity.major}/${job.want.identity.minor}（密码仍是我们的）`,
              en: `${identity.major}/${identity.minor} is ${job.want.identity.major}/${job.want.identity.minor} again (its secret stays ours)`,
            },
            'good',
          )
        },
      )
      return exitCodes.ok
    } finally {
      await room.close()
    }
  })
}

/** The identity a person means: also one that the registry no longer has, as when its undo was broken off. */
function keyCalled(context: Context, records: readonly JobRecord[], name: string): string {
  const wanted = name.trim().toLowerCase()
  const keys = records.map(({ job }) => ({
    key: identityText(job.want.identity),
    identity: job.want.identity,
  }))
  const isCalled = ({ key, identity }: (typeof keys)[number]) =>
    key === wanted || shortName({ identity }) === wanted
  const known = [...context.kit().beacons().values()].some((beacon) => isCalled(beacon))
  const ofJob = known ? undefined : keys.find(isCalled)
  return ofJob?.key ?? beaconCalled(context.kit().beacons(), name).key
}

function laterJob({ job }: JobRecord): KitFault {
  const name = shortName(job.want)
  return new KitFault('later-deed', {
    zh: `${job.address} 之后又配成了 ${name}：先 beacons undo provision ${name}`,
    en: `Expected the last that was done to ${job.address}, but it became ${name} since: "beacons undo provision ${name}" first`,
  })
}

function tell(context: Context, { op, how }: { readonly op: Operation; readonly how: string }): number {
  context.result({ undone: { how, op } }, () => {
    const beacon = op.kind === 'audit' ? undefined : context.kit().beacons().get(op.key)
    const name = beacon ? shortName(beacon) : ''
    context.say({ zh: `已撤销：${op.deed} ${name}`, en: `Taken back: ${op.deed} ${name}` }, 'good')
  })
  return exitCodes.ok
}

function tellNothing(context: Context): number {
  context.result({ undone: null }, () => {
    context.say({ zh: '没有可撤销的。', en: 'There is nothing to take back.' }, 'warn')
  })
  return exitCodes.refused
}
