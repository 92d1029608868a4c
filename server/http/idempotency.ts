import type { EntityManager } from 'typeorm'
import { Fault } from './fault.ts'
import { idempotencyEntity } from './idempotency.entity.ts'
import type { StoredReply } from './idempotency.entity.ts'
import type { AnyReply } from './route.ts'

/** How long a repeat is answered like the first. */
export const keepRepliesMs = 24 * 60 * 60 * 1000
/** Expired rows that are cleared away with each new one: the table cannot outgrow a day for long. */
const sweepRows = 100

/** One try of a command under a key. */
export interface KeyedCommand {
  readonly caller: string
  readonly endpoint: string
  readonly key: string
  readonly requestHash: string
  readonly nowMs: number
}

/**
 * Carries a command out once for its key, inside the transaction of the manager. A repeat gets the stored
 * answer; one that comes while the first is under way waits for it (the row's key is locked until then). A
 * refusal is not kept, as nothing was carried out.
 * @throws Fault idempotency-key-reused when the key was used for another request
 */
export async function carryOutOnce(
  manager: EntityManager,
  command: KeyedCommand,
  work: () => Promise<AnyReply>,
): Promise<AnyReply> {
  const { caller, endpoint, key, requestHash, nowMs } = command
  const now = new Date(nowMs)
  const id = [caller, endpoint, key]
  await sweep(manager, now)
  await manager.query(
    `DELETE FROM idempotency_key
     WHERE caller = $1 AND endpoint = $2 AND key = $3 AND expires_at <= $4`,
    [...id, now],
  )
  const rows: unknown[] = await manager.query(
    `INSERT INTO idempotency_key (caller, endpoint, key, request_hash, expires_at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING key`,
    [...id, requestHash, new Date(nowMs + keepRepliesMs)],
  )
  if (rows.length === 0) return storedReply(manager, command)
  const reply = await work()
  const stored = 'refused' in reply ? null : JSON.stringify(reply)
  await manager.query(
    stored === null
      ? 'DELETE FROM idempotency_key WHERE caller = $1 AND endpoint = $2 AND key = $3'
      : 'UPDATE idempotency_key SET reply = $4 WHERE caller = $1 AND endpoint = $2 AND key = $3',
    stored === null ? id : [...id, stored],
  )
  return reply
}

async function storedReply(manager: EntityManager, command: KeyedCommand): Promise<StoredReply> {
  const { caller, endpoint, key, requestHash } = command
  const row = await manager.getRepository(idempotencyEntity).findOneBy({ caller, endpoint, key })
  if (!row?.reply) {
    throw new Fault('busy', {
      detail: 'The first request with this key has not finished; try again.',
      headers: { 'retry-after': '1' },
    })
  }
  if (row.requestHash !== requestHash) {
    throw new Fault('idempotency-key-reused', { detail: 'Take a new key for a new request.' })
  }
  return row.reply
}

/** The endpoints whose answers to a caller are kept, and until when. */
export async function keptReplies(
  manager: EntityManager,
  caller: string,
): Promise<{ readonly endpoint: string; readonly expiresAt: Date }[]> {
  return manager.find(idempotencyEntity, {
    select: { endpoint: true, expiresAt: true },
    where: { caller },
    order: { expiresAt: 'ASC' },
  })
}

/** Drops the answers kept for a caller: they may hold what was asked to be erased. */
export async function forgetCaller(manager: EntityManager, caller: string): Promise<void> {
  await manager.query('DELETE FROM idempotency_key WHERE caller = $1', [caller])
}

async function sweep(manager: EntityManager, now: Date): Promise<void> {
  await manager.query(
    `DELETE FROM idempotency_key WHERE (caller, endpoint, key) IN (
       SELECT caller, endpoint, key FROM idempotency_key
       WHERE expires_at <= $1 LIMIT ${String(sweepRows)} FOR UPDATE SKIP LOCKED)`,
    [now],
  )
}
