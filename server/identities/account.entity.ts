import { EntitySchema } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { AccountRole } from '../contract/endpoint.ts'

/** The venues someone may act in. */
export type VenueScope = 'all' | readonly VenueId[]

/** A person who signs in with a username and a password. */
export interface AccountRow {
  readonly accountId: string
  /** As it was typed when the account was made. */
  readonly username: string
  /** As it is compared, see `username.ts`. */
  readonly usernameKey: string
  /** argon2id in PHC format. */
  readonly passwordHash: string
  readonly roles: readonly AccountRole[]
  readonly venues: VenueScope
  readonly disabled: boolean
  readonly createdAt: Date
}

export const accountEntity = new EntitySchema<AccountRow>({
  name: 'account',
  tableName: 'account',
  columns: {
    accountId: { name: 'account_id', type: 'uuid', primary: true },
    username: { type: 'text' },
    usernameKey: { name: 'username_key', type: 'text' },
    passwordHash: { name: 'password_hash', type: 'text' },
    roles: { type: 'jsonb' },
    venues: { type: 'jsonb' },
    disabled: { type: 'boolean' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
  },
  uniques: [{ name: 'account_username', columns: ['usernameKey'] }],
})
