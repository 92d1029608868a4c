import type { BeaconIdentity } from '../frames/identity.ts'
import { identityText } from '../frames/identity.ts'
import type { Refused } from '../frames/words.ts'
import { beforeOf } from '../offline/local-registry.ts'
import type { LocalBeacon } from '../offline/local-registry.ts'
import type { BeaconChange, Operation } from '../offline/operations.ts'
import type { Queued } from '../offline/queue.ts'
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

/** What was taken back, and how. */
export interface Undone {
  readonly op: Operation
  readonly how: 'dropped' | 'changed-back'
}

/** Deeds that are operations alone; a provisioned beacon has to be changed back itself, see `commands/undo.ts`. */
export const undoable = ['place', 'verify', 'retire', 'replace', 'plan'] as const

/** The last operation that may be taken back, of some deeds; undefined when there is none. */
export function lastDeed({ kit }: Pick<Context, 'kit'>, deeds: readonly Deed[]): Queued | undefined {
  const standing = standingOf(kit().queue.all())
  return standing.reverse().find(({ op }) => deeds.includes(op.deed))
}

/** Why an operation cannot be taken back: what was done to the beacon since rests on it. */
export function keptBy({ kit }: Pick<Context, 'kit'>, { op }: Queued): Refused | undefined {
  if (op.kind === 'audit') return undefined
  const standing = standingOf(kit().queue.all())
  const at = standing.findIndex((queued) => queued.op.opId === op.opId)
  const since = at < 0 ? undefined : standing.slice(at + 1).find((each) => isOf(each, op.key))
  if (!since) return undefined
  const { deed } = since.op
  return {
    refused: 'later-deed',
    words: {
      zh: `之后还做过 ${deed}：先 beacons undo ${deed}`,
      en: `Expected the last that was done to this beacon, but "${deed}" came after it: "beacons undo ${deed}" first`,
    },
  }
}

function isOf({ op }: Queued, key: string): boolean {
  return op.kind !== 'audit' && op.key === key
}

/**
 * Takes back an operation: one the registry has not seen is dropped, one it has is changed back. Twice is once.
 * @returns or why not, see `keptBy`
 */
export function takeBack(context: Pick<Context, 'kit' | 'machine'>, queued: Queued): Undone | Refused {
  const { op, state } = queued
  const kit = context.kit()
  const atMs = context.machine.nowMs()
  const kept = keptBy(context, queued)
  if (kept) return kept
  if (state.is === 'dropped') return { op, how: 'dropped' }
  if (state.is !== 'synced') {
    kit.queue.settle({ entry: 'dropped', opId: op.opId, atMs })
    return { op, how: 'dropped' }
  }
  if (op.kind !== 'audit') {
    const beacon = kit.beacons().get(op.key)
    const change = op.kind === 'register' ? { state: 'retired' as const } : op.before
    kit.queue.add({
      ...{ kind: 'change' as const, opId: undoPrefix + op.opId, atMs, deed: 'undo' as const },
      ...{ key: op.key, change, before: beacon ? beforeOf(beacon, change) : {} },
      ...revisionLeftBy(kit.queue.all(), op.key),
    })
  }
  return { op, how: 'changed-back' }
}

/**
 * The revision our own operations left a beacon at. What others changed since then is a conflict for a person, also when the kit
 * was taken anew and has it.
 */
function revisionLeftBy(all: readonly Queued[], key: string): { readonly revision?: number } {
  const revisions = all.flatMap(({ op, state }) =>
    op.kind !== 'audit' && op.key === key && state.is === 'synced' && state.beacon
      ? [state.beacon.revision]
      : [],
  )
  return revisions.length === 0 ? {} : { revision: Math.max(...revisions) }
}

/** What was done and neither let go nor taken back, in its order. */
function standingOf(all: readonly Queued[]): Queued[] {
  const undone = new Set(
    all.flatMap(({ op }) => {
      const opId = op.supersedes ?? op.opId
      return op.deed === 'undo' && opId.startsWith(undoPrefix) ? [opId.slice(undoPrefix.length)] : []
    }),
  )
  return all.filter(({ op, state }) => op.deed !== 'undo' && state.is !== 'dropped' && !undone.has(op.opId))
}

const undoPrefix = 'undo-'
