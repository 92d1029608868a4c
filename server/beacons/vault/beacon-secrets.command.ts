import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import { maxSecretVersions } from '../../contract/beacon-secrets.contract.ts'
import { recordAudit } from '../../identities/index.ts'
import type { Occasion } from '../../identities/index.ts'
import { registryOf } from '../change-beacons.command.ts'
import type { SecretBox } from './secret-box.ts'

/** Of which hardware; the venue is part of it, so that no mall reads another's. */
export interface SecretOwner {
  readonly venueId: VenueId
  /** Six pairs of upper-case digits with colons. */
  readonly address: string
}

export interface SecretVersion {
  readonly versionId: string
  readonly state: 'new' | 'proven' | 'old'
  readonly driverId: string
  readonly secret: string
  readonly createdAtMs: number
}

interface SecretFound {
  readonly version_id: string
  readonly state: SecretVersion['state']
  readonly driver_id: string
  readonly key_id: string
  readonly sealed: Uint8Array
  readonly created_at: Date
}

/** What a beacon may open with, in the order to try. Somebody read it: that is recorded, the secrets are not. */
export async function readSecrets(
  manager: EntityManager,
  occasion: Occasion,
  { box, owner }: { readonly box: SecretBox; readonly owner: SecretOwner },
): Promise<readonly SecretVersion[]> {
  const rows = await findSecrets(manager, owner)
  if (rows.length > 0)
    await record(manager, occasion, { verb: 'read', owner, facts: { versions: rows.length } })
  return rows.map((row) => ({
    versionId: row.version_id,
    state: row.state,
    driverId: row.driver_id,
    secret: openRow(box, owner, row),
    createdAtMs: row.created_at.getTime(),
  }))
}

export type KeepRefusal =
  | { readonly refused: 'unknown-venue' }
  | { readonly refused: 'beacon-secret-differs' }
  | { readonly refused: 'too-many-beacon-secrets'; readonly facts: { readonly maxSecretVersions: number } }

/**
 * Keeps a new secret, under the lock of the registry. The same version with the same secret twice is kept once.
 * @returns undefined, or a refusal
 */
export async function keepSecret(
  manager: EntityManager,
  occasion: Occasion,
  asked: {
    readonly box: SecretBox
    readonly owner: SecretOwner
    readonly version: { readonly versionId: string; readonly driverId: string; readonly secret: string }
  },
): Promise<KeepRefusal | undefined> {
  const { box, owner, version } = asked
  if (!(await registryOf(manager, owner.venueId))) return { refused: 'unknown-venue' }
  const rows = await findSecrets(manager, owner)
  const same = rows.find(({ version_id: id }) => id === version.versionId)
  if (same) {
    const isSame = openRow(box, owner, same) === version.secret && same.driver_id === version.driverId
    return isSame ? undefined : { refused: 'beacon-secret-differs' }
  }
  if (rows.length >= maxSecretVersions)
    return { refused: 'too-many-beacon-secrets', facts: { maxSecretVersions } }
  const { keyId, bytes } = box.seal(version.secret, nameOf(owner, version.versionId))
  await manager.query(
    `INSERT INTO beacon_secret (venue_id, address, version_id, driver_id, state, key_id, sealed, created_at, created_by)
     VALUES ($1, $2, $3, $4, 'new', $5, $6, $7, $8)`,
    [
      ...[owner.venueId, owner.address, version.versionId, version.driverId, keyId, bytes],
      ...[new Date(occasion.nowMs), occasion.actor],
    ],
  )
  await record(manager, occasion, { verb: 'kept', owner, facts: { versionId: version.versionId } })
  return undefined
}

/** The beacon opened with it: what was proven before becomes old. Twice is once. */
export async function proveSecret(
  manager: EntityManager,
  occasion: Occasion,
  { owner, versionId }: { readonly owner: SecretOwner; readonly versionId: string },
): Promise<{ readonly refused: 'unknown-beacon-secret' } | undefined> {
  await manager.query('SELECT 1 FROM beacon_registry WHERE venue_id = $1 FOR UPDATE', [owner.venueId])
  const rows = await findSecrets(manager, owner)
  const found = rows.find(({ version_id: id }) => id === versionId)
  if (!found) return { refused: 'unknown-beacon-secret' }
  if (found.state === 'proven') return undefined
  await manager.query(
    `UPDATE beacon_secret SET state = 'old' WHERE venue_id = $1 AND address = $2 AND state = 'proven'`,
    [owner.venueId, owner.address],
  )
  await manager.query(
    `UPDATE beacon_secret SET state = 'proven', proven_at = $4 WHERE venue_id = $1 AND address = $2 AND version_id = $3`,
    [owner.venueId, owner.address, versionId, new Date(occasion.nowMs)],
  )
  await record(manager, occasion, { verb: 'proven', owner, facts: { versionId } })
  return undefined
}

function findSecrets(manager: EntityManager, owner: SecretOwner): Promise<readonly SecretFound[]> {
  return manager.query(
    `SELECT version_id, state, driver_id, key_id, sealed, created_at FROM beacon_secret
     WHERE venue_id = $1 AND address = $2
     ORDER BY CASE state WHEN 'proven' THEN 0 WHEN 'new' THEN 1 ELSE 2 END, created_at DESC, version_id`,
    [owner.venueId, owner.address],
  )
}

function openRow(box: SecretBox, owner: SecretOwner, row: SecretFound): string {
  return box.open({ keyId: row.key_id, bytes: Buffer.from(row.sealed) }, nameOf(owner, row.version_id))
}

function nameOf({ venueId, address }: SecretOwner, versionId: string): string {
  return `${venueId}/${address}/${versionId}`
}

function record(
  manager: EntityManager,
  occasion: Occasion,
  {
    verb,
    owner,
    facts,
  }: {
    readonly verb: 'read' | 'kept' | 'proven'
    readonly owner: SecretOwner
    readonly facts: Readonly<Record<string, string | number>>
  },
): Promise<void> {
  return recordAudit(manager, occasion, {
    action: `beacon-secrets.${verb}`,
    subject: `beacon-hardware:${owner.address}`,
    venueId: owner.venueId,
    facts,
  })
}
