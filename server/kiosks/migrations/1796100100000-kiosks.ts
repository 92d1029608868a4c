import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Screens that wait for an operator, kiosks and what they show. */
export class Kiosks1796100100000 implements MigrationInterface {
  readonly name = 'Kiosks1796100100000'

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`DROP TABLE ${table}`)
  }
}

const tables = ['content_picture', 'content_card', 'kiosk_screenshot', 'kiosk_pairing', 'kiosk_screen']

const statements = [
  `CREATE TABLE kiosk_screen (
    venue_id uuid NOT NULL,
    kiosk_id uuid NOT NULL,
    level_id uuid NOT NULL,
    x double precision NOT NULL,
    y double precision NOT NULL,
    heading_deg double precision NOT NULL,
    orientation text NOT NULL,
    brightness jsonb NOT NULL,
    playlist jsonb NOT NULL,
    revision integer NOT NULL,
    paired_at timestamptz NOT NULL,
    reload_at timestamptz,
    screenshot_wanted_at timestamptz,
    health jsonb,
    heard_at timestamptz,
    PRIMARY KEY (venue_id, kiosk_id),
    CONSTRAINT kiosk_screen_device FOREIGN KEY (venue_id, kiosk_id)
      REFERENCES kiosk_device (venue_id, device_id) ON DELETE CASCADE
  )`,
  // Belongs to no venue before it is bound; a few rows that live for minutes.
  `CREATE TABLE kiosk_pairing (
    pairing_id uuid PRIMARY KEY,
    code_hash text NOT NULL CONSTRAINT kiosk_pairing_code UNIQUE,
    secret_hash text NOT NULL,
    expires_at timestamptz NOT NULL,
    venue_id uuid,
    kiosk_id uuid,
    CONSTRAINT kiosk_pairing_screen FOREIGN KEY (venue_id, kiosk_id)
      REFERENCES kiosk_screen (venue_id, kiosk_id) ON DELETE CASCADE
  )`,
  `CREATE TABLE kiosk_screenshot (
    venue_id uuid NOT NULL,
    kiosk_id uuid NOT NULL,
    media_type text NOT NULL,
    bytes bytea NOT NULL,
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (venue_id, kiosk_id),
    CONSTRAINT kiosk_screenshot_screen FOREIGN KEY (venue_id, kiosk_id)
      REFERENCES kiosk_screen (venue_id, kiosk_id) ON DELETE CASCADE
  )`,
  `CREATE TABLE content_card (
    venue_id uuid NOT NULL CONSTRAINT content_card_venue REFERENCES venue (venue_id) ON DELETE CASCADE,
    content_id uuid NOT NULL,
    terms jsonb NOT NULL,
    until_at timestamptz,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (venue_id, content_id)
  )`,
  `CREATE TABLE content_picture (
    venue_id uuid NOT NULL CONSTRAINT content_picture_venue REFERENCES venue (venue_id) ON DELETE CASCADE,
    hash text NOT NULL,
    media_type text NOT NULL,
    bytes bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (venue_id, hash)
  )`,
]
