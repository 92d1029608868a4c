import type { EntityManager } from 'typeorm'
import { In } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { CampaignState, CampaignTerms } from '../contract/campaign-values.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { databaseErrorFacts } from '../database/index.ts'
import { recordAudit } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import { campaignEntity, campaignVersionEntity } from './campaign.entity.ts'
import type { CampaignRow } from './campaign.entity.ts'
import { refuseMove } from './campaign-states.ts'
import { columnsOf, noticesOf } from './campaign-terms.ts'
import type { Notice } from './campaign-terms.ts'
import { maxOffered } from './live-campaigns.ts'
import { appendOutbox } from '../outbox/index.ts'

/** Campaigns of a venue that have not ended. */
export const maxCampaigns = 2000

/** Who changes campaigns, and when. */
export interface CampaignOccasion extends Occasion {
  /** 16 hexadecimal digits that nobody can foresee. */
  readonly newAssignmentKey: () => string
}

/** A campaign with its terms in force. */
export interface FoundCampaign {
  readonly row: CampaignRow
  readonly terms: CampaignTerms
}

export interface CampaignKey {
  readonly venueId: VenueId
  readonly campaignId: string
}

/** Writes a campaign as a draft. */
export async function createCampaign(
  manager: EntityManager,
  occasion: CampaignOccasion,
  { venueId, terms }: { readonly venueId: VenueId; readonly terms: CampaignTerms },
): Promise<FoundCampaign | Refusal<'unknown-venue' | 'too-many-campaigns'>> {
  const open = await manager.countBy(campaignEntity, {
    venueId,
    state: In(['draft', 'scheduled', 'live', 'paused']),
  })
  if (open >= maxCampaigns) return { refused: 'too-many-campaigns', facts: { maxCampaigns } }
  const now = new Date(occasion.nowMs)
  const row: CampaignRow = {
    venueId,
    campaignId: occasion.newId(),
    state: 'draft',
    version: 1,
    revision: await nextRevision(manager),
    assignmentKey: occasion.newAssignmentKey(),
    createdAt: now,
    createdBy: occasion.actor,
    updatedAt: now,
    ...columnsOf(terms),
    ...emptyTally,
  }
  try {
    await manager.query('SAVEPOINT create_campaign')
    await manager.insert(campaignEntity, row)
  } catch (error) {
    if (databaseErrorFacts(error)?.constraint !== 'campaign_venue') throw error
    await manager.query('ROLLBACK TO SAVEPOINT create_campaign')
    return { refused: 'unknown-venue' }
  }
  await insertVersion(manager, occasion, { row, terms })
  await recordChange(manager, occasion, row, { action: 'campaign.created' })
  return { row, terms }
}

const emptyTally = {
  ...{ day: null, takenOnDay: 0, taken: 0, held: 0, granted: 0, redeemed: 0, refunded: 0, expired: 0 },
  ...{ declined: 0, heldOut: 0, reservedFen: '0', spentFen: '0' },
}

/**
 * Changes the terms: of a draft in place, else as a new version; offers keep the version they were granted by.
 * @param change.version the one the operator looked at
 */
export async function changeCampaign(
  manager: EntityManager,
  occasion: CampaignOccasion,
  {
    key,
    version,
    terms,
  }: {
    readonly key: CampaignKey
    readonly version: number
    readonly terms: CampaignTerms
  },
): Promise<
  | (FoundCampaign & { readonly notices: readonly Notice[] })
  | Refusal<'unknown-campaign' | 'campaign-changed' | 'campaign-state'>
> {
  const row = await lockCampaign(manager, key)
  if (!row) return { refused: 'unknown-campaign' }
  if (row.state === 'ended') {
    return {
      refused: 'campaign-state',
      detail: 'It has ended: write a new one.',
      facts: { state: row.state },
    }
  }
  if (row.version !== version) {
    return {
      refused: 'campaign-changed',
      detail: 'Look at it as it is now and change that.',
      facts: { version: row.version },
    }
  }
  const inPlace = row.state === 'draft' && row.granted === 0
  const change = {
    version: inPlace ? version : version + 1,
    revision: await nextRevision(manager),
    updatedAt: new Date(occasion.nowMs),
    ...columnsOf(terms),
  }
  const changed: CampaignRow = { ...row, ...change }
  if (inPlace) await manager.update(campaignVersionEntity, { ...key, version }, { terms })
  else await insertVersion(manager, occasion, { row: changed, terms })
  await manager.update(campaignEntity, { ...key }, change)
  await recordChange(manager, occasion, changed, {
    action: 'campaign.changed',
    facts: { version: change.version },
  })
  return { row: changed, terms, notices: noticesOf(terms, row) }
}

/** Moves a campaign to another state. Moving it to where it is changes nothing. */
export async function moveCampaign(
  manager: EntityManager,
  occasion: CampaignOccasion,
  { key, to }: { readonly key: CampaignKey; readonly to: CampaignState },
): Promise<FoundCampaign | Refusal<'unknown-campaign' | 'campaign-state' | 'too-many-campaigns'>> {
  const row = await lockCampaign(manager, key)
  if (!row) return { refused: 'unknown-campaign' }
  const terms = await termsInForce(manager, row)
  if (row.state === to) return { row, terms }
  const refusal = refuseMove({ from: row.state, to, granted: row.granted }, terms.schedule, occasion.nowMs)
  if (refusal) return refusal
  if (to === 'scheduled' || to === 'live') {
    const { venueId } = key
    const offered = await manager.countBy(campaignEntity, { venueId, state: In(['scheduled', 'live']) })
    if (offered >= maxOffered) return { refused: 'too-many-campaigns', facts: { maxOffered } }
  }
  return { row: await setState(manager, occasion, { row, to }), terms }
}

/** Throws away a draft nobody ever got anything by. */
export async function deleteCampaign(
  manager: EntityManager,
  occasion: CampaignOccasion,
  key: CampaignKey,
): Promise<Refusal<'unknown-campaign' | 'campaign-state'> | undefined> {
  const row = await lockCampaign(manager, key)
  if (!row) return { refused: 'unknown-campaign' }
  if (row.state !== 'draft' || row.granted > 0) {
    const detail = 'Only a draft that was never live can be thrown away: end it instead.'
    return { refused: 'campaign-state', detail, facts: { state: row.state } }
  }
  await manager.delete(campaignEntity, { ...key })
  await recordChange(manager, occasion, row, { action: 'campaign.deleted' })
  return undefined
}

/**
 * Says what the clock has made of campaigns: those whose beginning has come are live, those whose end has
 * passed have ended. Only bookkeeping, as `decide` and the statement that takes a place look at the times.
 * @returns the campaigns that changed
 */
export async function followSchedules(
  manager: EntityManager,
  occasion: CampaignOccasion,
): Promise<CampaignRow[]> {
  const due = await manager
    .createQueryBuilder(campaignEntity, 'campaign')
    .where(
      `(campaign.state = 'scheduled' AND campaign.startsAt <= :now)
       OR (campaign.state IN ('scheduled', 'live', 'paused') AND campaign.endsAt <= :now)`,
      { now: new Date(occasion.nowMs) },
    )
    .orderBy({ 'campaign.venueId': 'ASC', 'campaign.campaignId': 'ASC' })
    .take(100)
    .setLock('pessimistic_write')
    .setOnLocked('skip_locked')
    .getMany()
  const changed: CampaignRow[] = []
  for (const row of due) {
    const over = row.endsAt !== null && row.endsAt.getTime() <= occasion.nowMs
    changed.push(await setState(manager, occasion, { row, to: over ? 'ended' : 'live' }))
  }
  return changed
}

/** The terms in force of a campaign. */
export async function termsInForce(manager: EntityManager, row: CampaignRow): Promise<CampaignTerms> {
  const { venueId, campaignId, version } = row
  const { terms } = await manager.findOneByOrFail(campaignVersionEntity, { venueId, campaignId, version })
  return terms
}

async function setState(
  manager: EntityManager,
  occasion: CampaignOccasion,
  { row, to }: { readonly row: CampaignRow; readonly to: CampaignState },
): Promise<CampaignRow> {
  const { venueId, campaignId, state: from } = row
  const change = {
    state: to,
    revision: await nextRevision(manager),
    updatedAt: new Date(occasion.nowMs),
  }
  await manager.update(campaignEntity, { venueId, campaignId }, change)
  await recordChange(manager, occasion, row, { action: 'campaign.moved', facts: { from, to } })
  return { ...row, ...change }
}

async function recordChange(
  manager: EntityManager,
  occasion: CampaignOccasion,
  { venueId, campaignId }: CampaignKey,
  { action, facts }: { readonly action: string; readonly facts?: Readonly<Record<string, string | number>> },
): Promise<void> {
  await recordAudit(manager, occasion, {
    action,
    subject: `campaign:${campaignId}`,
    venueId,
    ...(facts ? { facts } : {}),
  })
  await appendOutbox(manager, occasion, { venueId, topic: 'campaign.changed', payload: { campaignId } })
}

async function insertVersion(
  manager: EntityManager,
  { nowMs, actor }: Occasion,
  { row: { venueId, campaignId, version }, terms }: FoundCampaign,
): Promise<void> {
  const written = { createdAt: new Date(nowMs), createdBy: actor }
  await manager.insert(campaignVersionEntity, { venueId, campaignId, version, terms, ...written })
}

function lockCampaign(manager: EntityManager, key: CampaignKey): Promise<CampaignRow | null> {
  return manager.findOne(campaignEntity, { where: { ...key }, lock: { mode: 'pessimistic_write' } })
}

async function nextRevision(manager: EntityManager): Promise<string> {
  const rows: readonly { revision: string }[] = await manager.query(
    `SELECT nextval('campaign_revision') AS revision`,
  )
  return rows[0]!.revision
}
