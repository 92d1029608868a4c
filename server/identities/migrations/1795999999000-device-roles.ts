import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Devices that are no kiosks: barriers, cameras, guidance systems, tills. */
export class DeviceRoles1795999999000 implements MigrationInterface {
  readonly name = 'DeviceRoles1795999999000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE kiosk_device ADD COLUMN role text NOT NULL DEFAULT 'kiosk'
      CONSTRAINT kiosk_device_role CHECK (role IN ('kiosk', 'system'))`)
    await runner.query('ALTER TABLE kiosk_device ALTER COLUMN role DROP DEFAULT')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE kiosk_device DROP COLUMN role')
  }
}
