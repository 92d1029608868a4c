import { EntitySchema } from 'typeorm'
import type { EntitySchemaColumnOptions } from 'typeorm'
import type { LevelId, VenueId } from '../../maps/model/index.ts'
import type { ContentTerms, KioskSettings } from '../contract/kiosk-values.ts'
import type { KioskHealth } from '../contract/kiosks.contract.ts'

/** A kiosk that was bound to a place; its name and token are those of its device. */
export interface KioskScreenRow {
  readonly venueId: VenueId
  /** Id of its device. */
  readonly kioskId: string
  readonly levelId: LevelId
  readonly x: number
  readonly y: number
  readonly headingDeg: number
  readonly orientation: KioskSettings['orientation']
  readonly brightness: KioskSettings['brightness']
  readonly playlist: KioskSettings['playlist']
  readonly revision: number
  readonly pairedAt: Date
  readonly reloadAt: Date | null
  readonly screenshotWantedAt: Date | null
  /** What it said last, at most a minute old as long as it speaks. */
  readonly health: KioskHealth | null
  readonly heardAt: Date | null
}

/** A screen that waits for an operator, or was bound a moment ago. */
export interface KioskPairingRow {
  readonly pairingId: string
  /** SHA-256, hexadecimal. */
  readonly codeHash: string
  readonly secretHash: string
  readonly expiresAt: Date
  readonly venueId: VenueId | null
  readonly kioskId: string | null
}

/** The last picture a kiosk sent. */
export interface KioskScreenshotRow {
  readonly venueId: VenueId
  readonly kioskId: string
  readonly mediaType: string
  readonly bytes: Uint8Array
  readonly takenAt: Date
}

/** An announcement or a card. */
export interface ContentRow {
  readonly venueId: VenueId
  readonly contentId: string
  readonly terms: ContentTerms & { readonly timeZone: string }
  /** As in the terms: what is over is looked for by it. */
  readonly untilAt: Date | null
  readonly createdAt: Date
  readonly createdBy: string
}

/** A picture of content. */
export interface PictureRow {
  readonly venueId: VenueId
  /** SHA-256 of the bytes, hexadecimal. */
  readonly hash: string
  readonly mediaType: string
  readonly bytes: Uint8Array
  readonly createdAt: Date
}

const uuid = (name: string, primary = false): EntitySchemaColumnOptions => ({ name, type: 'uuid', primary })
const time = (name: string, nullable = false): EntitySchemaColumnOptions => ({
  ...{ name, type: 'timestamptz', nullable },
})
const ofKiosk = { venueId: uuid('venue_id', true), kioskId: uuid('kiosk_id', true) }

export const kioskScreenEntity = new EntitySchema<KioskScreenRow>({
  name: 'kiosk_screen',
  tableName: 'kiosk_screen',
  columns: {
    ...ofKiosk,
    levelId: uuid('level_id'),
    x: { type: 'double precision' },
    y: { type: 'double precision' },
    headingDeg: { name: 'heading_deg', type: 'double precision' },
    orientation: { type: 'text' },
    brightness: { type: 'jsonb' },
    playlist: { type: 'jsonb' },
    revision: { type: 'integer' },
    pairedAt: time('paired_at'),
    reloadAt: time('reload_at', true),
    screenshotWantedAt: time('screenshot_wanted_at', true),
    health: { type: 'jsonb', nullable: true },
    heardAt: time('heard_at', true),
  },
})

export const kioskPairingEntity = new EntitySchema<KioskPairingRow>({
  name: 'kiosk_pairing',
  tableName: 'kiosk_pairing',
  columns: {
    pairingId: uuid('pairing_id', true),
    codeHash: { name: 'code_hash', type: 'text' },
    secretHash: { name: 'secret_hash', type: 'text' },
    expiresAt: time('expires_at'),
    venueId: { ...uuid('venue_id'), nullable: true },
    kioskId: { ...uuid('kiosk_id'), nullable: true },
  },
  uniques: [{ name: 'kiosk_pairing_code', columns: ['codeHash'] }],
})

export const kioskScreenshotEntity = new EntitySchema<KioskScreenshotRow>({
  name: 'kiosk_screenshot',
  tableName: 'kiosk_screenshot',
  columns: {
    ...ofKiosk,
    mediaType: { name: 'media_type', type: 'text' },
    bytes: { type: 'bytea' },
    takenAt: time('taken_at'),
  },
})

export const contentEntity = new EntitySchema<ContentRow>({
  name: 'content_card',
  tableName: 'content_card',
  columns: {
    venueId: uuid('venue_id', true),
    contentId: uuid('content_id', true),
    terms: { type: 'jsonb' },
    untilAt: time('until_at', true),
    createdAt: time('created_at'),
    createdBy: { name: 'created_by', type: 'text' },
  },
})

export const pictureEntity = new EntitySchema<PictureRow>({
  name: 'content_picture',
  tableName: 'content_picture',
  columns: {
    venueId: uuid('venue_id', true),
    hash: { type: 'text', primary: true },
    mediaType: { name: 'media_type', type: 'text' },
    bytes: { type: 'bytea' },
    createdAt: time('created_at'),
  },
})

export const kioskEntities = [
  kioskScreenEntity,
  kioskPairingEntity,
  kioskScreenshotEntity,
  contentEntity,
  pictureEntity,
]
