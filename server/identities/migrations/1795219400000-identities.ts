import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Accounts, their sessions, kiosks, the code of the first operator, and the record of changes. */
export class Identities1795219400000 implements MigrationInterface {
  readonly name = 'Identities1795219400000'

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`DROP TABLE ${table}`)
  }
}

const tables = ['audit_entry', 'first_operator_code', 'kiosk_device', 'account_session', 'account']

const statements = [
  `CREATE TABLE account (
    account_id uuid PRIMARY KEY,
    username text NOT NULL,
    username_key text NOT NULL CONSTRAINT account_username UNIQUE,
    password_hash text NOT NULL,
    roles jsonb NOT NULL CONSTRAINT account_roles CHECK (jsonb_typeof(roles) = 'array'),
    venues jsonb NOT NULL
      CONSTRAINT account_venues CHECK (venues = '"all"' OR jsonb_typeof(venues) = 'array'),
    disabled boolean NOT NULL,
    created_at timestamptz NOT NULL
  )`,
  `CREATE TABLE account_session (
    session_id uuid PRIMARY KEY,
    account_id uuid NOT NULL
      CONSTRAINT account_session_of REFERENCES account (account_id) ON DELETE CASCADE,
    token_hash text NOT NULL CONSTRAINT account_session_token UNIQUE,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
  )`,
  `CREATE INDEX account_session_account ON account_session (account_id)`,
  `CREATE TABLE kiosk_device (
    venue_id uuid NOT NULL CONSTRAINT kiosk_device_venue REFERENCES venue (venue_id) ON DELETE CASCADE,
    device_id uuid NOT NULL,
    name text NOT NULL,
    token_hash text NOT NULL CONSTRAINT kiosk_device_token UNIQUE,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    last_seen_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (venue_id, device_id)
  )`,
  `CREATE TABLE first_operator_code (
    id smallint PRIMARY KEY CONSTRAINT first_operator_code_one CHECK (id = 1),
    code_hash text NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts integer NOT NULL
  )`,
  `CREATE TABLE audit_entry (
    entry_id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    venue_id uuid,
    request_id text,
    facts jsonb NOT NULL
  )`,
  `CREATE INDEX audit_entry_venue ON audit_entry (venue_id, entry_id)`,
]
