import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { OfferRule } from '../contract/offer-rules.ts'
import { decide } from './decide-offers.ts'
import type { Verdict } from './decide-offers.ts'
import { giveBack } from './give-back.ts'
import type { LiveCampaign } from './live-campaign.ts'
import type { CampaignIndex } from './campaign-index.ts'
import type { CampaignsSnapshot, LiveCampaigns } from './live-campaigns.ts'
import { loadStandings } from './load-standings.ts'
import type { LoadedStandings } from './load-standings.ts'
import { asJson, presentOffer } from './offer.presenter.ts'
import type { Occurrence, VisitorFacts } from './situation.ts'
import { takePlace } from './take-place.ts'
import { appendOutbox } from '../outbox/index.ts'
import type { OfferGrantRow } from './offer-grant.entity.ts'

/** How the database is asked: within one transaction throughout, or only when something is written. */
export interface Store {
  readonly read: EntityManager
  readonly write: <Result>(work: (manager: EntityManager) => Promise<Result>) => Promise<Result>
}

/** What happened to whom. */
export interface OfferRequest {
  readonly venueId: VenueId
  readonly visitor: Omit<VisitorFacts, 'held'>
  readonly occurrences: readonly Occurrence[]
}

export interface OfferServices {
  readonly live: LiveCampaigns
  /** Another statement than `takePlaceStatement()`: for the test that shows what its guards are for. */
  readonly takePlaceSql?: string
}

/** An offer that was granted, with the terms it follows. */
export interface GrantedOffer {
  readonly grant: OfferGrantRow
  readonly campaign: LiveCampaign
}

/** What came of it: an offer, or what every campaign that might have been said. */
export interface OfferOutcome {
  readonly granted: GrantedOffer | undefined
  readonly verdicts: readonly Verdict[]
}

/** Tries before we say that too much is changing at once. */
const maxTries = 5
/** Rules behind which places may stand whose time ran out and that nobody gave back yet. */
const mayHaveLapsed: ReadonlySet<OfferRule> = new Set<OfferRule>([
  'held-already',
  'too-many-offers',
  'cap-per-visitor',
  'cap-total',
  'cap-per-day',
  'budget',
])

/**
 * Decides over what happened and grants the one right offer: reads how things stand, decides, takes a place.
 * When somebody was quicker, or memory was behind, all of it begins anew with what is true now, so that a
 * refusal always has its reason. Places whose time ran out are given back on the way when they stand in it.
 * @returns the offer, or what every candidate said; after five tries in vain neither (one verdict has no reason)
 */
export async function offerOne(
  services: OfferServices,
  store: Store,
  occasion: { readonly nowMs: number; readonly newId: () => string },
  request: OfferRequest,
): Promise<OfferOutcome> {
  let verdicts: readonly Verdict[] = []
  let swept = false
  for (let tries = 0; tries < maxTries; tries++) {
    const snapshot = services.live.snapshot(request.venueId)
    const candidates = candidatesOf(snapshot.index, request)
    const loaded = await loadFor({ ...services, snapshot }, store, request, candidates)
    if (!loaded) continue
    const decision = decide({ all: candidates }, situationOf(request, occasion.nowMs, loaded))
    verdicts = decision.verdicts
    if (!decision.chosen) {
      const lapsed = swept ? 0 : await sweep(store, occasion, request, verdicts)
      swept = true
      if (lapsed > 0) continue
      await recordHeldOut(store, { ...request, nowMs: occasion.nowMs }, { verdicts, known: loaded.heldOut })
      return { granted: undefined, verdicts }
    }
    const { chosen } = decision
    const granted = await store.write((manager) => grant(services, manager, occasion, { chosen, request }))
    if (granted) return { granted, verdicts }
    await services.live.load(store.read, request.venueId)
  }
  return { granted: undefined, verdicts }
}

/** What might be offered: what was asked for, or what is triggered. */
function candidatesOf(index: CampaignIndex, { occurrences, visitor }: OfferRequest) {
  const claimed = claimedIn(occurrences)
  if (claimed.length === 0) return index.triggeredBy(occurrences, visitor)
  return claimed.flatMap((campaignId) => index.get(campaignId) ?? [])
}

function claimedIn(occurrences: readonly Occurrence[]): string[] {
  return occurrences.flatMap((one) => (one.kind === 'claimed' ? one.campaignId : []))
}

/** Standings of the candidates; undefined when memory was behind and is current now. */
async function loadFor(
  { live, snapshot }: OfferServices & { readonly snapshot: CampaignsSnapshot },
  { read }: Store,
  { venueId, visitor, occurrences }: OfferRequest,
  candidates: readonly LiveCampaign[],
): Promise<LoadedStandings | undefined> {
  const asked = [...candidates.map(({ campaignId }) => campaignId), ...claimedIn(occurrences)]
  const campaignIds = [...new Set(asked)]
  const loaded = await loadStandings(read, { venueId, visitorId: visitor.visitorId, campaignIds })
  // Against the snapshot the candidates are of: memory itself may have become current in between.
  const isCurrent = campaignIds.every((id) => snapshot.revisions.get(id) === loaded.revisions.get(id))
  if (isCurrent) return loaded
  await live.load(read, venueId)
  return undefined
}

function situationOf(request: OfferRequest, nowMs: number, { standings, held }: LoadedStandings) {
  const { visitor, occurrences } = request
  return { nowMs, occurrences, standings, visitor: { ...visitor, held } }
}

async function grant(
  { takePlaceSql }: OfferServices,
  manager: EntityManager,
  { nowMs, newId }: { readonly nowMs: number; readonly newId: () => string },
  { chosen, request }: { readonly chosen: LiveCampaign; readonly request: OfferRequest },
): Promise<GrantedOffer | undefined> {
  const { venueId, campaignId, version } = chosen
  const { visitorId } = request.visitor
  const grantId = newId()
  const place = await takePlace(manager, { campaign: chosen, visitorId, grantId, nowMs }, takePlaceSql)
  if (!place) return undefined
  const row: OfferGrantRow = {
    venueId,
    grantId,
    campaignId,
    version,
    visitorId,
    state: 'held',
    codeNumber: place.codeNumber,
    day: place.day,
    reservedFen: String(chosen.mostSpentFen),
    grantedAt: new Date(nowMs),
    heldUntil: new Date(place.heldUntilMs),
    endedAt: null,
  }
  const offer = presentOffer({ grant: row, terms: chosen.terms }, nowMs)
  await appendOutbox(
    manager,
    { nowMs, newId },
    { venueId, topic: 'offer.granted', visitorId, payload: { offer: asJson(offer) } },
  )
  return { grant: row, campaign: chosen }
}

/** Gives back what stands in the way and has run out; how many places that were. */
async function sweep(
  store: Store,
  occasion: { readonly nowMs: number; readonly newId: () => string },
  { venueId, visitor }: OfferRequest,
  verdicts: readonly Verdict[],
): Promise<number> {
  const blocked = verdicts.filter(({ reason }) => reason && mayHaveLapsed.has(reason.rule))
  if (blocked.length === 0) return 0
  const rows: readonly { campaign_id: string }[] = await store.read.query(
    `SELECT DISTINCT campaign_id FROM offer_grant
     WHERE venue_id = $1 AND state = 'held' AND held_until <= $4
       AND (campaign_id = ANY($2::uuid[]) OR visitor_id = $3)`,
    [
      venueId,
      blocked.map(({ campaign }) => campaign.campaignId),
      visitor.visitorId,
      new Date(occasion.nowMs),
    ],
  )
  let sum = 0
  for (const { campaign_id: campaignId } of rows) {
    sum += await store.write((manager) => giveBack(manager, { venueId, campaignId, as: 'expired' }, occasion))
  }
  return sum
}

/** Counts a visitor of the group that is compared with, once for each campaign. */
async function recordHeldOut(
  store: Store,
  { venueId, visitor, nowMs }: OfferRequest & { readonly nowMs: number },
  { verdicts, known }: { readonly verdicts: readonly Verdict[]; readonly known: ReadonlySet<string> },
): Promise<void> {
  const campaigns = verdicts.flatMap(({ campaign, reason }) =>
    reason?.rule === 'held-out' && !known.has(campaign.campaignId) ? campaign.campaignId : [],
  )
  for (const campaignId of campaigns) {
    await store.write((manager) =>
      manager.query(
        `WITH first AS (
           INSERT INTO campaign_visitor AS mine
             (venue_id, visitor_id, campaign_id, taken, held, declined, held_out_at)
           VALUES ($1, $2, $3, 0, 0, false, $4)
           ON CONFLICT (venue_id, visitor_id, campaign_id) DO UPDATE SET held_out_at = EXCLUDED.held_out_at
           WHERE mine.held_out_at IS NULL
           RETURNING mine.campaign_id)
         UPDATE campaign SET held_out = held_out + 1
         FROM first WHERE campaign.venue_id = $1 AND campaign.campaign_id = first.campaign_id`,
        [venueId, visitor.visitorId, campaignId, new Date(nowMs)],
      ),
    )
  }
}
