import { EntitySchema } from 'typeorm'
import type { ConsentWay, Purpose } from './purposes.ts'

/**
 * A visitor about whom something is kept. Anonymous until they sign in: an id that means nobody. There is no row for
 * a visitor who has said nothing yet.
 */
export interface VisitorRow {
  readonly visitorId: string
  readonly createdAt: Date
  /** HMAC-SHA-256 of the openid; null while anonymous. */
  readonly openidHash: Buffer | null
  /** The openid under AES-256-GCM (`visitor-keys.ts`); null while anonymous. */
  readonly openidSealed: Buffer | null
  /** The phone number an account was given, sealed likewise. */
  readonly phoneSealed: Buffer | null
}

export const visitorEntity = new EntitySchema<VisitorRow>({
  name: 'visitor',
  tableName: 'visitor',
  columns: {
    visitorId: { name: 'visitor_id', type: 'uuid', primary: true },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    openidHash: { name: 'openid_hash', type: 'bytea', nullable: true },
    openidSealed: { name: 'openid_sealed', type: 'bytea', nullable: true },
    phoneSealed: { name: 'phone_sealed', type: 'bytea', nullable: true },
  },
  uniques: [{ name: 'visitor_openid', columns: ['openidHash'] }],
})

/** A visitor's word on a purpose. Entries are only ever added; the last of a purpose counts. */
export interface ConsentEntryRow {
  readonly visitorId: string
  /** Counts the visitor's entries from 1. */
  readonly seq: number
  readonly purpose: Purpose
  readonly granted: boolean
  readonly textVersion: string | null
  readonly lang: 'zh' | 'en'
  readonly way: ConsentWay
  readonly at: Date
}

export const consentEntryEntity = new EntitySchema<ConsentEntryRow>({
  name: 'consent_entry',
  tableName: 'consent_entry',
  columns: {
    visitorId: { name: 'visitor_id', type: 'uuid', primary: true },
    seq: { type: 'integer', primary: true },
    purpose: { type: 'text' },
    granted: { type: 'boolean' },
    textVersion: { name: 'text_version', type: 'text', nullable: true },
    lang: { type: 'text' },
    way: { type: 'text' },
    at: { type: 'timestamptz' },
  },
  indices: [{ name: 'consent_entry_at', columns: ['at'] }],
})

/** That an erasure took place, without whose it was. */
export interface VisitorErasureRow {
  readonly erasureId: string
  readonly at: Date
  /** `erased` at the visitor's wish; `joined` when an anonymous id became an account. */
  readonly reason: 'erased' | 'joined'
}

export const visitorErasureEntity = new EntitySchema<VisitorErasureRow>({
  name: 'visitor_erasure',
  tableName: 'visitor_erasure',
  columns: {
    erasureId: { name: 'erasure_id', type: 'uuid', primary: true },
    at: { type: 'timestamptz' },
    reason: { type: 'text' },
  },
})

/**
 * An id whose tokens are no longer good, as its keyed hash: it leads to nobody, and goes when the last token of it
 * would have expired anyway.
 */
export interface EndedVisitorRow {
  readonly idHash: Buffer
  readonly at: Date
  readonly until: Date
}

export const endedVisitorEntity = new EntitySchema<EndedVisitorRow>({
  name: 'ended_visitor',
  tableName: 'ended_visitor',
  columns: {
    idHash: { name: 'id_hash', type: 'bytea', primary: true },
    at: { type: 'timestamptz' },
    until: { type: 'timestamptz' },
  },
  indices: [{ name: 'ended_visitor_at', columns: ['at'] }],
})
