import type { BeaconIdentity } from '../frames/identity.ts'
import { identityText } from '../frames/identity.ts'
import { beforeOf } from '../offline/local-registry.ts'
import type { LocalBeacon } from '../offline/local-registry.ts'
import type { BeaconChange, Operation } from '../offline/operations.ts'
import type { Context } from './context.ts'

type Deed = Operation['deed']

/** Queues a change of a beacon; it is on the disk when this returns. */
export function queueChange(
  context: Pick<Context, 'kit' | 'machine'>,
  beacon: LocalBeacon,
  { change, deed, opId }: { readonly change: BeaconChange; readonly deed: Deed; readonly opId?: string },
): void {
  const { machine } = context
  context.kit().queue.add({
    ...{ kind: 'change' as const, opId: opId ?? machine.newId(), atMs: machine.nowMs(), deed },
    ...{ key: beacon.key, change, before: beforeOf(beacon, change) },
    ...(beacon.revision === undefined ? {} : { revision: beacon.revision }),
  })
}

/** Queues a new beacon with a number that was leased. */
export function queueRegister(
  context: Pick<Context, 'kit' | 'machine'>,
  identity: BeaconIdentity,
  { change, deed, opId }: { readonly change: BeaconChange; readonly deed: Deed; readonly opId?: string },
): void {
  const { machine } = context
  const key = identityText(identity)
  context.kit().queue.add({
    ...{ kind: 'register' as const, opId: opId ?? machine.newId(), atMs: machine.nowMs(), deed },
    ...{ key, identity, change },
  })
}

/**
 * Takes back the last operation of a deed: one the registry has not seen is dropped, one it has is changed back.
 * @returns what was taken back; undefined when there is nothing to
 */
export function undoLast(
  { kit, machine }: Pick<Context, 'kit' | 'machine'>,
  deeds: readonly Deed[],
): { readonly op: Operation; readonly how: 'dropped' | 'changed-back' } | undefined {
  const { queue } = kit()
  const undone = new Set(
    queue
      .all()
      .flatMap(({ op }) =>
        op.deed === 'undo' && op.opId.startsWith(undoPrefix) ? [op.opId.slice(undoPrefix.length)] : [],
      ),
  )
  const last = [...queue.all()]
    .reverse()
    .find(({ op, state }) => deeds.includes(op.deed) && state.is !== 'dropped' && !undone.has(op.opId))
  if (!last) return undefined
  const { op, state } = last
  if (state.is !== 'synced') {
    queue.settle({ entry: 'dropped', opId: op.opId, atMs: machine.nowMs() })
    return { op, how: 'dropped' }
  }
  if (op.kind === 'audit') return undefined
  const beacon = kit().beacons().get(op.key)
  const change = op.kind === 'register' ? { state: 'retired' as const } : op.before
  queue.add({
    ...{ kind: 'change' as const, opId: undoPrefix + op.opId, atMs: machine.nowMs(), deed: 'undo' as const },
    ...{ key: op.key, change, before: beacon ? beforeOf(beacon, change) : {} },
  })
  return { op, how: 'changed-back' }
}

const undoPrefix = 'undo-'
