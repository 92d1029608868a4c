import { EntitySchema } from 'typeorm'

/** A command that was carried out under a key, and how it was answered. */
export interface IdempotencyRow {
  /** `account:…`, `device:…`, `visitor:…`, or `public`. */
  caller: string
  endpoint: string
  key: string
  /** Keyed hash of the request body and address: a request may hold a password. */
  requestHash: string
  reply: StoredReply | null
  expiresAt: Date
}

export interface StoredReply {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export const idempotencyEntity = new EntitySchema<IdempotencyRow>({
  name: 'idempotency_key',
  tableName: 'idempotency_key',
  columns: {
    caller: { type: 'text', primary: true },
    endpoint: { type: 'text', primary: true },
    key: { type: 'text', primary: true },
    requestHash: { name: 'request_hash', type: 'text' },
    reply: { type: 'json', nullable: true },
    expiresAt: { name: 'expires_at', type: 'timestamptz' },
  },
})
