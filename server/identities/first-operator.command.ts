import { timingSafeEqual } from 'node:crypto'
import type { EntityManager } from 'typeorm'
import type { Refusal } from '../contract/endpoint.ts'
import type { Database } from '../database/index.ts'
import { groupedCode, newCode, plainCode } from '../platform/codes.ts'
import { createAccount } from './create-account.command.ts'
import { firstOperatorCodeEntity } from './first-operator-code.entity.ts'
import type { Occasion } from './audit.ts'
import { tokenHash } from './opaque-tokens.ts'
import type { SignedIn } from './sign-in.command.ts'
import { startSession } from './start-session.command.ts'

/** How long a code is good. */
export const codeMs = 30 * 60 * 1000
/** Wrong codes after which the right one is void too. */
export const maxCodeAttempts = 10
const codeLength = 12

/**
 * Makes the one-time code for the first operator, in place of any earlier one, while there is no operator.
 * @returns the code in groups of four, to be shown once, or `undefined` when there is an operator
 */
export async function renewFirstOperatorCode(database: Database, nowMs: number): Promise<string | undefined> {
  const code = newCode(codeLength)
  return database.transaction(async (manager) => {
    if (await hasOperator(manager)) {
      await manager.delete(firstOperatorCodeEntity, { id: 1 })
      return undefined
    }
    const expiresAt = new Date(nowMs + codeMs)
    const row = { id: 1, codeHash: tokenHash(code), expiresAt, attempts: 0 } as const
    // Processes that start at once each make one: the last is good, and none of them fails.
    await manager.upsert(firstOperatorCodeEntity, row, ['id'])
    return groupedCode(code)
  })
}

/**
 * Makes the first operator and signs them in. The code is used up by it; a wrong one is counted, and after
 * ten the code is void until the server starts again.
 * @returns the account and its session, or a refusal: operator-exists, wrong-code, weak-password,
 * username-taken
 */
export async function createFirstOperator(
  manager: EntityManager,
  occasion: Occasion,
  given: { readonly code: string; readonly username: string; readonly password: string },
): Promise<SignedIn | Refusal<'operator-exists' | 'wrong-code' | 'weak-password' | 'username-taken'>> {
  const row = await manager.findOne(firstOperatorCodeEntity, {
    where: { id: 1 },
    lock: { mode: 'pessimistic_write' },
  })
  if (await hasOperator(manager)) return { refused: 'operator-exists' }
  const usable = row && row.expiresAt.getTime() > occasion.nowMs && row.attempts < maxCodeAttempts
  if (!usable || !sameHash(row.codeHash, tokenHash(plainCode(given.code)))) {
    if (usable) await manager.increment(firstOperatorCodeEntity, { id: 1 }, 'attempts', 1)
    return { refused: 'wrong-code', detail: 'Restart the server for a new code.' }
  }
  const account = await createAccount(manager, occasion, { ...given, roles: ['operator'], venues: 'all' })
  if ('refused' in account) return account
  await manager.delete(firstOperatorCodeEntity, { id: 1 })
  const session = await startSession(manager, occasion, account.accountId)
  return { account, token: session.token, expiresAtMs: session.expiresAtMs }
}

/** Any account with the role counts, also a disabled one: whoever made it knows how to make another. */
async function hasOperator(manager: EntityManager): Promise<boolean> {
  const rows: readonly unknown[] = await manager.query(
    `SELECT 1 FROM account WHERE roles @> '["operator"]' LIMIT 1`,
  )
  return rows.length > 0
}

function sameHash(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one, 'hex'), Buffer.from(other, 'hex'))
}
