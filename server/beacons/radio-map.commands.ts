import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import { decodeRadioMap } from '../../positioning/index.ts'
import { recordAudit } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import { lockRegistry } from './beacon-store.ts'
import { registryOf } from './change-beacons.command.ts'
import { hashOf } from './radio-maps.ts'

/** Versions kept of a venue; the oldest that is not active goes. */
export const maxRadioMaps = 20

export interface RadioMapRow {
  readonly number: number
  readonly hash: string
  readonly size: number
  readonly beacons: number
  readonly notes: string
  readonly active: boolean
  readonly created_at: Date
  readonly created_by: string
}

const columns = `number, hash, length(bytes) AS size, beacons, notes, active, created_at, created_by`

/** The surveyed maps of a venue, newest first. */
export async function listRadioMaps(
  manager: EntityManager,
  venueId: VenueId,
): Promise<readonly RadioMapRow[]> {
  return manager.query(`SELECT ${columns} FROM radio_map WHERE venue_id = $1 ORDER BY number DESC`, [venueId])
}

/**
 * Stores a surveyed radio map and puts it in force. The kernel's own decoder says whether it is one; its levels have to be
 * levels of the published map. The same content again is the version it was.
 * @param levelIds of the published map
 * @returns the version, and whether it is new; or a refusal
 */
export async function uploadRadioMap(
  manager: EntityManager,
  occasion: Occasion,
  upload: {
    readonly venueId: VenueId
    readonly bytes: Uint8Array
    readonly notes: string
    readonly levelIds: readonly string[]
  },
): Promise<
  | { readonly row: RadioMapRow; readonly isNew: boolean }
  | { readonly refused: 'bad-radio-map'; readonly detail: string }
  | { readonly refused: 'unknown-venue' }
> {
  const { venueId, bytes, notes, levelIds } = upload
  const read = readMap(bytes, levelIds)
  if ('refused' in read) return read
  if (!(await registryOf(manager, venueId))) return { refused: 'unknown-venue' }
  const hash = hashOf(bytes)
  const known = (await listRadioMaps(manager, venueId)).find((row) => row.hash === hash)
  await lockRegistry(manager, venueId, occasion)
  await manager.query('UPDATE radio_map SET active = false WHERE venue_id = $1 AND active', [venueId])
  const rows: readonly { readonly number: number }[] = known
    ? [known]
    : await manager.query(
        `INSERT INTO radio_map (venue_id, number, hash, bytes, beacons, notes, active, created_at, created_by)
         SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, false, $6, $7 FROM radio_map WHERE venue_id = $1
         RETURNING number`,
        [venueId, hash, Buffer.from(bytes), read.beacons, notes, new Date(occasion.nowMs), occasion.actor],
      )
  const { number } = rows[0]!
  await manager.query('UPDATE radio_map SET active = true WHERE venue_id = $1 AND number = $2', [
    venueId,
    number,
  ])
  await manager.query('DELETE FROM radio_map WHERE venue_id = $1 AND NOT active AND number <= $2', [
    venueId,
    number - maxRadioMaps,
  ])
  await recordAudit(manager, occasion, {
    action: known ? 'radio-map.chosen' : 'radio-map.uploaded',
    subject: `venue:${venueId}`,
    venueId,
    facts: { number, hash, beacons: read.beacons, bytes: bytes.length },
  })
  const row = (await listRadioMaps(manager, venueId)).find((one) => one.number === number)!
  return { row, isNew: !known }
}

function readMap(
  bytes: Uint8Array,
  levelIds: readonly string[],
): { readonly beacons: number } | { readonly refused: 'bad-radio-map'; readonly detail: string } {
  try {
    const map = decodeRadioMap(bytes)
    const strange = map.grid.levels.find(({ id }) => !levelIds.includes(id))
    if (!strange) return { beacons: map.beacons.length }
    return { refused: 'bad-radio-map', detail: `The published map has no level ${strange.id.slice(0, 64)}.` }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { refused: 'bad-radio-map', detail: error.message.slice(0, 300) }
  }
}

/**
 * Puts a stored radio map in force, or with `null` the one made from the registry.
 * @returns false when there is no such version
 */
export async function chooseRadioMap(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, number }: { readonly venueId: VenueId; readonly number: number | null },
): Promise<boolean> {
  const known = (await listRadioMaps(manager, venueId)).some((row) => row.number === number)
  if (number !== null && !known) return false
  if (number === null && (await listRadioMaps(manager, venueId)).every(({ active }) => !active)) return true
  await lockRegistry(manager, venueId, occasion)
  await manager.query('UPDATE radio_map SET active = false WHERE venue_id = $1 AND active', [venueId])
  await manager.query('UPDATE radio_map SET active = true WHERE venue_id = $1 AND number = $2', [
    venueId,
    number,
  ])
  await recordAudit(manager, occasion, {
    action: 'radio-map.chosen',
    subject: `venue:${venueId}`,
    venueId,
    facts: { number },
  })
  return true
}
