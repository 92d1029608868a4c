import { setTimeout as delay } from 'node:timers/promises'
import { audit, extentOf } from '../audit/audit.ts'
import { factsOf } from '../audit/facts.ts'
import type { Facts } from '../audit/facts.ts'
import type { Finding } from '../audit/finding.ts'
import type { Ledger, ScreenBelief } from '../audit/ledger.ts'

/** What came of a run. */
export interface AuditedRun {
  readonly findings: readonly Finding[]
  /** How much was looked at. */
  readonly extent: Readonly<Record<string, number>>
}

/** How long the outbox may take to become empty. */
const drainLimitMs = 30_000
/** After it is empty: batches of visits and of withdrawals are written every two seconds, frames go out within one. */
const settleMs = 4_000

/**
 * Waits until a server has done what it had to do, at most half a minute: what waits after that is for the audit to
 * find.
 */
export async function drain(url: string): Promise<void> {
  const giveUpAtMs = performance.now() + drainLimitMs
  const waits = async () => (await factsOf(url)).waiting.length > 0
  do await delay(settleMs)
  while ((await waits()) && performance.now() < giveUpAtMs)
}

/**
 * Audits a database after a run that has come to rest.
 * @param screens asked at that moment; they take the place of those in the ledger
 */
export async function auditRun(
  url: string,
  ledger: Ledger,
  screens: () => readonly ScreenBelief[],
): Promise<AuditedRun> {
  await drain(url)
  const told: Ledger = { ...ledger, screens: [...screens()] }
  const facts: Facts = await factsOf(url, told.erased)
  return { findings: audit(facts, told), extent: extentOf(facts, told) }
}
