import { EntitySchema } from 'typeorm'
import { accountEntity } from './account.entity.ts'

/** Someone signed in somewhere. */
export interface AccountSessionRow {
  readonly sessionId: string
  readonly accountId: string
  /** SHA-256 of the token, hexadecimal; the token itself is kept nowhere. */
  readonly tokenHash: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
}

export const accountSessionEntity = new EntitySchema<AccountSessionRow>({
  name: 'account_session',
  tableName: 'account_session',
  columns: {
    sessionId: { name: 'session_id', type: 'uuid', primary: true },
    accountId: { name: 'account_id', type: 'uuid' },
    tokenHash: { name: 'token_hash', type: 'text' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    lastSeenAt: { name: 'last_seen_at', type: 'timestamptz' },
    expiresAt: { name: 'expires_at', type: 'timestamptz' },
  },
  uniques: [{ name: 'account_session_token', columns: ['tokenHash'] }],
  indices: [{ name: 'account_session_account', columns: ['accountId'] }],
  foreignKeys: [
    {
      name: 'account_session_of',
      target: accountEntity,
      columnNames: ['accountId'],
      referencedColumnNames: ['accountId'],
      onDelete: 'CASCADE',
    },
  ],
})
