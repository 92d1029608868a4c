import { KitFault } from '../../offline/kit-fault.ts'
import type { Operation } from '../../offline/operations.ts'
import { lastToUndo, undoJobOf } from '../../provisioning/undo-job.ts'
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
  if (last.op.deed === 'provision') return undoProvision(context, undefined)
  const undone = takeBack(context, last)
  if ('refused' in undone) throw new KitFault(undone.refused, undone.words)
  return tell(context, undone)
}

async function undoProvision(context: Context, name: string | undefined): Promise<number> {
  const key = name === undefined ? undefined : beaconCalled(context.kit().beacons(), name).key
  return withRadio(context, async (radio) => {
    const room = await openRoom(context, radio)
    try {
      const last = lastToUndo(room.records(), key)
      if (!last) return tellNothing(context)
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
