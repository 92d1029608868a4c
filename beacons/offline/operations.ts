import { z } from 'zod'
import { beaconsContract } from '../../server/contract/index.ts'
import type { ResponseOf } from '../../server/contract/index.ts'

/** A beacon as the registry tells it. */
export type RegistryBeacon = ResponseOf<typeof beaconsContract.readBeacon>
export type RegistryFinding = ResponseOf<typeof beaconsContract.listFindings>[number]
export type NumberLease = ResponseOf<typeof beaconsContract.leaseBeaconNumbers>

const identity = beaconsContract.createBeacon.request.body.shape.identity
const change = beaconsContract.changeBeacon.request.body.omit({ revision: true })
const auditVerdict = beaconsContract.auditBeacons.request.body.shape.verdicts.element

/** What of a beacon is changed, as the contract has it. */
export type BeaconChange = z.output<typeof change>
export type AuditVerdict = z.output<typeof auditVerdict>

const common = {
  /** Also the idempotency key: the same operation told twice happens once. */
  opId: z.string(),
  atMs: z.number(),
  /** The operation this one was made from when a conflict was settled: it stands for it. The first of them all. */
  supersedes: z.string().optional(),
  /** What the installer did, for `undo`. */
  deed: z.enum(['place', 'verify', 'provision', 'plan', 'retire', 'replace', 'audit', 'undo']),
}

const operationSchema = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('register'), key: z.string(), identity, change }),
  z.object({
    ...common,
    kind: z.literal('change'),
    key: z.string(),
    change,
    /** The same fields as they were, so that it can be undone. */
    before: change,
    /** The revision the change was made to, as far as one was known. */
    revision: z.number().optional(),
  }),
  z.object({ ...common, kind: z.literal('audit'), verdicts: z.array(auditVerdict) }),
])

/** Something to be told to the registry when there is a network. `key` is a beacon's identity as text. */
export type Operation = z.output<typeof operationSchema>

/** An entry of the queue's log. */
export const queueEntry = z.discriminatedUnion('entry', [
  z.object({ entry: z.literal('op'), op: operationSchema }),
  z.object({
    entry: z.literal('synced'),
    opId: z.string(),
    atMs: z.number(),
    beacon: z.object({ id: z.string(), revision: z.number() }).optional(),
  }),
  z.object({
    entry: z.literal('conflict'),
    opId: z.string(),
    atMs: z.number(),
    problem: z.string(),
    detail: z.string(),
    /** The fields in question as the registry has them now. */
    theirs: z.record(z.string(), z.unknown()),
    /** The revision they were read at. */
    revision: z.number().optional(),
  }),
  z.object({ entry: z.literal('dropped'), opId: z.string(), atMs: z.number() }),
])
export type QueueEntry = z.output<typeof queueEntry>
