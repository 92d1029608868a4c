import {
  beaconsContract as contract,
  problemIdOf,
  venueId as parseVenueId,
} from '../../server/contract/index.ts'
import type { Answer, Client, Endpoint, ProblemDocument } from '../../server/contract/index.ts'
import type { BeaconChange, Operation, RegistryBeacon } from './operations.ts'
import type { OperationQueue, Queued } from './queue.ts'

/** Why an operation was not taken, beside what it wanted: for a person to choose. */
export interface SyncConflict {
  readonly opId: string
  readonly key: string
  readonly problem: string
  readonly detail: string
  readonly mine: BeaconChange
  readonly theirs: Readonly<Record<string, unknown>>
}

export interface SyncReport {
  readonly synced: number
  /** Behind a conflict on the same beacon: their turn comes when it is settled. */
  readonly held: number
  readonly conflicts: readonly SyncConflict[]
  /** Set when the server could not be reached, or asks to sign in: the rest waits as it is. */
  readonly stopped?: { readonly why: 'out-of-reach' | 'sign-in' | 'busy'; readonly left: number }
}

interface Parts {
  readonly client: Client
  readonly venueId: string
  readonly queue: OperationQueue
  /** The registry as it was taken along. */
  readonly beacons: readonly RegistryBeacon[]
  readonly keyOf: (beacon: RegistryBeacon) => string
  readonly nowMs: () => number
  readonly onProgress?: (done: number, of: number) => void
}

interface Known {
  readonly id: string
  readonly revision: number
}

/**
 * Tells the registry what waits, in its order. Each operation carries its own idempotency key, so that one whose answer got lost
 * is taken once; a beacon somebody else changed meanwhile is a conflict that a person settles, and nothing is overwritten.
 */
export async function syncQueue(parts: Parts): Promise<SyncReport> {
  const { queue } = parts
  const known = knownBeacons(parts)
  const blocked = new Set<string>()
  const waiting = queue.waiting()
  let [synced, held] = [0, 0]
  for (const { op, state } of waiting) {
    const key = op.kind === 'audit' ? op.opId : op.key
    if (state.is === 'conflict') blocked.add(key)
    else if (blocked.has(key)) held++
    else {
      const outcome = await tell(parts, op, known.get(key))
      if ('stopped' in outcome) {
        const left = waiting.length - synced - blocked.size - held
        return { synced, held, conflicts: conflictsOf(queue), stopped: { why: outcome.stopped, left } }
      }
      if ('conflict' in outcome) blocked.add(key)
      else {
        synced++
        if (outcome.beacon) known.set(key, outcome.beacon)
      }
    }
    parts.onProgress?.(synced + blocked.size + held, waiting.length)
  }
  return { synced, held, conflicts: conflictsOf(queue) }
}

/** Ids and revisions by key: as taken along, and as answers said since. */
function knownBeacons({ beacons, queue, keyOf }: Parts): Map<string, Known> {
  const known = new Map<string, Known>()
  for (const beacon of beacons) {
    if (beacon.state !== 'retired' || !known.has(keyOf(beacon))) {
      known.set(keyOf(beacon), { id: beacon.id, revision: beacon.revision })
    }
  }
  for (const { op, state } of queue.all()) {
    if (op.kind === 'audit' || state.is !== 'synced' || !state.beacon) continue
    const before = known.get(op.key)
    if (before?.id !== state.beacon.id || before.revision < state.beacon.revision)
      known.set(op.key, state.beacon)
  }
  return known
}

type Outcome =
  | { readonly beacon?: Known }
  | { readonly conflict: true }
  | { readonly stopped: 'out-of-reach' | 'sign-in' | 'busy' }

async function tell(parts: Parts, op: Operation, known: Known | undefined): Promise<Outcome> {
  const { queue, nowMs } = parts
  if (op.kind === 'change' && !known) {
    const detail = 'The registry has no such beacon.'
    queue.settle({
      entry: 'conflict',
      opId: op.opId,
      atMs: nowMs(),
      problem: 'unknown-beacon',
      detail,
      theirs: {},
    })
    return { conflict: true }
  }
  let answer: Answer<Endpoint>
  try {
    answer = await send(parts, op, known)
  } catch {
    return { stopped: 'out-of-reach' }
  }
  if (answer.ok) {
    const beacon = op.kind === 'audit' ? undefined : knownIn(answer.body)
    queue.settle({ entry: 'synced', opId: op.opId, atMs: nowMs(), ...(beacon ? { beacon } : {}) })
    return beacon ? { beacon } : {}
  }
  if (answer.status === 401) return { stopped: 'sign-in' }
  // A proxy, a restart, a crowd: the operation may be taken later as it is.
  if (answer.status >= 500 || answer.status === 429) return { stopped: 'busy' }
  await noteConflict(parts, op, { answer: answer.problem, known })
  return { conflict: true }
}

function send({ client, venueId, beacons, keyOf }: Parts, op: Operation, known: Known | undefined) {
  const once = { idempotencyKey: op.opId }
  const params = { venueId: parseVenueId.parse(venueId) }
  switch (op.kind) {
    case 'register':
      return client.call(
        contract.createBeacon,
        { params, body: { identity: op.identity, ...op.change } },
        once,
      )
    case 'change': {
      const base = beacons.find((beacon) => keyOf(beacon) === op.key && beacon.id === known?.id)
      // What was seen when it was made, unless our own operations came in between.
      const isOwn = known !== undefined && base?.revision !== known.revision
      const revision = isOwn ? known.revision : (op.revision ?? known?.revision ?? 1)
      const body = { revision, ...op.change }
      return client.call(
        contract.changeBeacon,
        { params: { ...params, beaconId: known?.id ?? '' }, body },
        once,
      )
    }
    case 'audit':
      return client.call(contract.auditBeacons, { params, body: { verdicts: op.verdicts } }, once)
  }
}

/** The id and revision in an answer about a beacon. */
function knownIn(body: unknown): Known | undefined {
  const isBeacon =
    typeof body === 'object' &&
    body !== null &&
    'id' in body &&
    'revision' in body &&
    typeof body.id === 'string' &&
    typeof body.revision === 'number'
  return isBeacon ? { id: String(body.id), revision: Number(body.revision) } : undefined
}

async function noteConflict(
  { client, venueId, queue, nowMs }: Parts,
  op: Operation,
  { answer, known }: { readonly answer: ProblemDocument; readonly known: Known | undefined },
): Promise<void> {
  const common = {
    entry: 'conflict' as const,
    ...{ opId: op.opId, atMs: nowMs(), problem: problemIdOf(answer) ?? answer.type },
    detail: answer.detail ?? answer.title,
  }
  if (op.kind === 'audit' || !known) {
    queue.settle({ ...common, theirs: {} })
    return
  }
  let theirs: Record<string, unknown> = {}
  let revision: number | undefined
  try {
    const params = { venueId: parseVenueId.parse(venueId), beaconId: known.id }
    const now = await client.call(contract.readBeacon, { params })
    if (now.ok) {
      revision = now.body.revision
      const fields = new Map<string, unknown>(Object.entries(now.body))
      theirs = Object.fromEntries(Object.keys(op.change).map((field) => [field, fields.get(field) ?? null]))
    }
  } catch {
    // Out of reach again: the conflict is known, what the registry has is asked for when it is settled.
  }
  queue.settle({ ...common, theirs, ...(revision === undefined ? {} : { revision }) })
}

function conflictsOf(queue: OperationQueue): SyncConflict[] {
  return queue.waiting().flatMap(({ op, state }: Queued) => {
    if (state.is !== 'conflict') return []
    const { problem, detail, theirs } = state.conflict
    const [key, mine] = op.kind === 'audit' ? [op.opId, {}] : [op.key, op.change]
    return [{ opId: op.opId, key, problem, detail, mine, theirs }]
  })
}

/**
 * Settles a conflict: `theirs` lets the operation go; `mine` makes it anew on what the registry has now.
 * @returns false when there is no such conflict
 */
export function settleConflict(
  queue: OperationQueue,
  opId: string,
  {
    keep,
    newId,
    nowMs,
  }: { readonly keep: 'mine' | 'theirs'; readonly newId: () => string; readonly nowMs: number },
): boolean {
  const queued = queue.find(opId)
  if (queued?.state.is !== 'conflict') return false
  const { op, state } = queued
  // The new one first: a crash in between asks once more, it loses nothing.
  if (keep === 'mine' && op.kind !== 'audit') {
    const { revision } = state.conflict
    const supersedes = op.supersedes ?? op.opId
    queue.add({
      ...op,
      opId: newId(),
      atMs: nowMs,
      supersedes,
      ...(revision === undefined ? {} : { revision }),
    })
  }
  queue.settle({ entry: 'dropped', opId, atMs: nowMs })
  return true
}
