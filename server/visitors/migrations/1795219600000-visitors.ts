import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Visitors, their consents, that some were erased, and ids whose tokens are no longer good. */
export class Visitors1795219600000 implements MigrationInterface {
  readonly name = 'Visitors1795219600000'

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`DROP TABLE ${table}`)
  }
}

const tables = ['ended_visitor', 'visitor_erasure', 'consent_entry', 'visitor']

const statements = [
  `CREATE TABLE visitor (
    visitor_id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    openid_hash bytea CONSTRAINT visitor_openid UNIQUE,
    openid_sealed bytea,
    CONSTRAINT visitor_known CHECK ((openid_hash IS NULL) = (openid_sealed IS NULL))
  )`,
  `CREATE TABLE consent_entry (
    visitor_id uuid NOT NULL
      CONSTRAINT consent_entry_of REFERENCES visitor (visitor_id) ON DELETE CASCADE,
    seq integer NOT NULL,
    purpose text NOT NULL
      CONSTRAINT consent_entry_purpose CHECK (purpose IN ('location', 'profile', 'marketing')),
    granted boolean NOT NULL,
    text_version text,
    lang text NOT NULL,
    way text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (visitor_id, seq),
    CONSTRAINT consent_entry_text CHECK (NOT granted OR text_version IS NOT NULL)
  )`,
  `CREATE INDEX consent_entry_at ON consent_entry (at)`,
  `CREATE TABLE visitor_erasure (
    erasure_id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    reason text NOT NULL
  )`,
  `CREATE TABLE ended_visitor (
    id_hash bytea PRIMARY KEY,
    at timestamptz NOT NULL,
    until timestamptz NOT NULL
  )`,
  `CREATE INDEX ended_visitor_at ON ended_visitor (at)`,
]
