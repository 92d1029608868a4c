import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import type { Refusal } from '../../contract/endpoint.ts'
import { recordAudit } from '../../identities/index.ts'
import type { Occasion } from '../../identities/index.ts'
import { benefitEntity } from '../parking.entity.ts'
import type { BenefitRow, TariffRow } from '../parking.entity.ts'
import type { Tariff } from '../tariff/index.ts'
import { refreshUnpaid } from './ticket-account.ts'

/** Sets a tariff from a moment on; those before it stay for who drove in under them. */
export async function setTariff(
  manager: EntityManager,
  occasion: Occasion,
  wish: { readonly venueId: VenueId; readonly validFromMs: number; readonly definition: Tariff },
): Promise<TariffRow> {
  const { venueId, validFromMs, definition } = wish
  const row: TariffRow = {
    ...{ venueId, definition, tariffId: occasion.newId(), validFrom: new Date(validFromMs) },
    ...{ createdBy: occasion.actor, createdAt: new Date(occasion.nowMs) },
  }
  await manager.query(
    `INSERT INTO parking_tariff (venue_id, tariff_id, valid_from, definition, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [venueId, row.tariffId, row.validFrom, JSON.stringify(definition), row.createdBy, row.createdAt],
  )
  await recordAudit(manager, occasion, {
    action: 'parking.tariff-set',
    subject: `parking-tariff:${row.tariffId}`,
    venueId,
    facts: { validFromMs },
  })
  return row
}

export interface BenefitWish {
  readonly venueId: VenueId
  readonly ticketId: string
  /** Names what it is given for: a coupon's code, a receipt's number. */
  readonly reference: string
  readonly from: BenefitRow['origin']
  readonly kind: BenefitRow['kind']
  readonly value: number
}

/** Makes a stay cheaper, once for what it is given for: the same wish again gives the same benefit. */
export async function grantBenefit(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, ticketId, reference, from, kind, value }: BenefitWish,
): Promise<BenefitRow | Refusal<'benefit-used'>> {
  const row: BenefitRow = {
    ...{ venueId, ticketId, reference, kind, origin: from },
    value: kind === 'percent' ? Math.min(100, value) : value,
    ...{ benefitId: occasion.newId(), grantedBy: occasion.actor, grantedAt: new Date(occasion.nowMs) },
  }
  const made: readonly unknown[] = await manager.query(
    `INSERT INTO parking_benefit
       (venue_id, benefit_id, ticket_id, reference, origin, kind, value, granted_by, granted_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (venue_id, reference) DO NOTHING RETURNING benefit_id`,
    [
      ...[venueId, row.benefitId, ticketId, reference, from, kind],
      ...[row.value, row.grantedBy, row.grantedAt],
    ],
  )
  if (made.length === 0) {
    const known = await manager.findOneByOrFail(benefitEntity, { venueId, reference })
    const isSame = known.ticketId === ticketId && known.kind === kind && known.value === row.value
    return isSame ? known : { refused: 'benefit-used' }
  }
  await refreshUnpaid(manager, { venueId, ticketId })
  await recordAudit(manager, occasion, {
    action: 'parking.benefit-granted',
    subject: `parking-ticket:${ticketId}`,
    venueId,
    facts: { from, kind, value: row.value },
  })
  return row
}
