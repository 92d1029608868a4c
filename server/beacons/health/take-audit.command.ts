import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import { recordAudit } from '../../identities/index.ts'
import type { Occasion } from '../../identities/index.ts'
import { findBeacons } from '../beacon-store.ts'
import type { FaultKind, Verdict, Verdicts } from './find-faults.ts'
import { storeVerdicts } from './findings.ts'
import type { Finding } from './findings.ts'

/** What an installer's walk says of one beacon. */
export interface AuditVerdict {
  readonly beaconId: string
  readonly kind: FaultKind
  readonly says: 'yes' | 'no'
  readonly confidence: number
  readonly evidence: Readonly<Record<string, number | string>>
}

const unknown: Verdict = { says: 'unknown' }

/**
 * Takes in what a walk audit says: findings open, are confirmed and close by it as they do by shoppers' traffic, and their evidence
 * says that it was a walk.
 * @returns what opened or closed; or the first beacon that is not there, with nothing changed
 */
export async function takeAudit(
  manager: EntityManager,
  occasion: Occasion,
  audit: { readonly venueId: VenueId; readonly verdicts: readonly AuditVerdict[] },
): Promise<
  readonly Finding[] | { readonly refused: 'unknown-beacon'; readonly facts: { readonly beaconId: string } }
> {
  const { venueId } = audit
  const byBeacon = new Map<string, Partial<Record<FaultKind, Verdict>>>()
  for (const { beaconId, kind, says, confidence, evidence } of audit.verdicts) {
    const verdict: Verdict =
      says === 'no' ? { says } : { says, confidence, evidence: { ...evidence, source: 'walk-audit' } }
    byBeacon.set(beaconId, { ...byBeacon.get(beaconId), [kind]: verdict })
  }
  const ids = [...byBeacon.keys()]
  const known = new Set((await findBeacons(manager, venueId, { ids })).map(({ beaconId }) => beaconId))
  const stranger = ids.find((id) => !known.has(id))
  if (stranger !== undefined) return { refused: 'unknown-beacon', facts: { beaconId: stranger } }
  const verdicts = [...byBeacon].map(([beaconId, found]) => ({
    beaconId,
    verdicts: {
      silent: unknown,
      weak: unknown,
      moved: unknown,
      cloned: unknown,
      drifting: unknown,
      ...found,
    } satisfies Verdicts,
  }))
  const told = await storeVerdicts(manager, occasion, { venueId, verdicts })
  await recordAudit(manager, occasion, {
    action: 'beacons.audited',
    subject: `venue:${venueId}`,
    venueId,
    facts: { beacons: ids.length, opened: told.filter(({ closedAtMs }) => closedAtMs === null).length },
  })
  return told
}
