import type { CampaignFact, Facts, GrantFact, RedemptionFact, TallyField } from './facts.ts'
import { tallyFields } from './facts.ts'
import { groupBy, sumOf } from './finding.ts'
import type { Finding } from './finding.ts'
import type { Ledger } from './ledger.ts'

const isTaken = ({ state }: GrantFact) => state === 'held' || state === 'redeemed'

interface CampaignRows {
  readonly grants: readonly GrantFact[]
  readonly redemptions: readonly RedemptionFact[]
}

/** The offers and redemptions of each campaign, those without any included. */
function byCampaign({ campaigns, grants, redemptions }: Facts): [CampaignFact, CampaignRows][] {
  const grantsOf = groupBy(grants, ({ campaignId }) => campaignId)
  const redemptionsOf = groupBy(redemptions, ({ campaignId }) => campaignId)
  return campaigns.map((campaign) => [
    campaign,
    {
      grants: grantsOf.get(campaign.campaignId) ?? [],
      redemptions: redemptionsOf.get(campaign.campaignId) ?? [],
    },
  ])
}

const committedFen = ({ grants, redemptions }: CampaignRows) =>
  sumOf(grants, ({ state, reservedFen }) => (state === 'held' ? reservedFen : 0)) +
  sumOf(redemptions, ({ refundedMs, spentFen }) => (refundedMs === null ? spentFen : 0))

/**
 * Counts offers, not tallies. A limit that was lowered below what was out is honoured: compared is the largest that any
 * version of the terms had.
 */
export function couponsAboveCap(facts: Facts): Finding[] {
  return byCampaign(facts).flatMap(([{ campaignId, most }, rows]) => {
    const found: Finding[] = []
    const look = (what: string, count: number, limit: number | null) => {
      if (limit !== null && count > limit) {
        const sentence = `Campaign ${campaignId} gave ${count} ${what}; at most ${limit} were allowed.`
        found.push({ check: 'coupons-above-cap', sentence })
      }
    }
    const taken = rows.grants.filter(isTaken)
    look('places', taken.length, most.total)
    for (const [day, ofDay] of groupBy(taken, (grant) => grant.day)) {
      look(`places on ${day}`, ofDay.length, most.perDay)
    }
    const known = taken.filter(({ visitorId }) => visitorId !== null)
    for (const [visitor, own] of groupBy(known, ({ visitorId }) => visitorId ?? '')) {
      look(`places to visitor ${visitor}`, own.length, most.perVisitor)
    }
    look('fen', committedFen(rows), most.budgetFen)
    return found
  })
}

/** Counts what the rows of campaigns and of their visitors say they count. */
export function tallyWrong(facts: Facts): Finding[] {
  const found = byCampaign(facts).flatMap(([campaign, rows]) => {
    const counted = countTally(campaign, rows)
    const wrong = tallyFields.filter((field) => campaign.tally[field] !== counted[field])
    return wrong.map((field) => ({
      check: 'tally-wrong' as const,
      sentence: `Campaign ${campaign.campaignId} says ${field} ${campaign.tally[field]}; its offers give ${counted[field]}.`,
    }))
  })
  const ofVisitor = groupBy(facts.grants, ({ campaignId, visitorId }) => `${campaignId} ${visitorId ?? ''}`)
  for (const { campaignId, visitorId, taken, held } of facts.visitorTallies) {
    const grants = ofVisitor.get(`${campaignId} ${visitorId}`) ?? []
    const counted = {
      taken: grants.filter(isTaken).length,
      held: grants.filter(({ state }) => state === 'held').length,
    }
    if (taken !== counted.taken || held !== counted.held) {
      const sentence =
        `Visitor ${visitorId} has taken ${taken} and holds ${held} of campaign ${campaignId}, says their tally; ` +
        `their offers give ${counted.taken} and ${counted.held}.`
      found.push({ check: 'tally-wrong', sentence })
    }
  }
  return found
}

function countTally(
  { day }: CampaignFact,
  { grants, redemptions }: CampaignRows,
): Record<TallyField, number> {
  const count = (...states: readonly GrantFact['state'][]) =>
    grants.filter(({ state }) => states.includes(state)).length
  return {
    taken: grants.filter(isTaken).length,
    held: count('held'),
    granted: grants.length,
    redeemed: count('redeemed', 'refunded'),
    refunded: count('refunded'),
    expired: count('expired'),
    declined: count('declined'),
    takenOnDay: grants.filter((grant) => isTaken(grant) && grant.day === day).length,
    reservedFen: sumOf(grants, ({ state, reservedFen }) => (state === 'held' ? reservedFen : 0)),
    spentFen: sumOf(redemptions, ({ refundedMs, spentFen }) => (refundedMs === null ? spentFen : 0)),
  }
}

/** Refusals of a till that say the offer itself is no good; others are about the till or its question. */
const brokenPromises = new Set(['offer-over', 'bad-code', 'wrong-shop', 'unknown-offer'])

/**
 * An offer that a shopper was shown is in the database, theirs unless they were erased, kept for as long as they were
 * told; and when its code came to a till within that time for the first time, it was redeemed.
 */
export function shownNotHonoured({ grants }: Facts, ledger: Ledger): Finding[] {
  const found: Finding[] = []
  const say = (sentence: string) => found.push({ check: 'shown-not-honoured', sentence })
  const byId = new Map(grants.map((grant) => [grant.grantId, grant]))
  const erased = new Set(ledger.erased.map(({ visitorId }) => visitorId))
  const shown = new Map(ledger.shownOffers.map((offer) => [offer.offerId, offer]))
  for (const { offerId, visitorId, heldUntilMs } of shown.values()) {
    const grant = byId.get(offerId)
    if (!grant) say(`Visitor ${visitorId} was shown offer ${offerId}, which is not there.`)
    else if (grant.visitorId !== visitorId && !erased.has(visitorId)) {
      say(`Offer ${offerId} was shown to visitor ${visitorId} and is kept for ${String(grant.visitorId)}.`)
    } else if (grant.heldUntilMs < heldUntilMs) {
      say(`Offer ${offerId} was shown as kept until ${heldUntilMs} and is kept until ${grant.heldUntilMs}.`)
    } else if (grant.state === 'expired' && (grant.endedMs ?? 0) < heldUntilMs) {
      say(`Offer ${offerId} was ended at ${String(grant.endedMs)}, before its time ${heldUntilMs}.`)
    }
  }
  for (const { offerId, answer, askedAtMs } of ledger.tillVisits) {
    const offer = shown.get(offerId)
    const endedMs = byId.get(offerId)?.endedMs ?? Infinity
    const inTime = offer !== undefined && askedAtMs < offer.heldUntilMs && askedAtMs < endedMs
    if (inTime && brokenPromises.has(answer)) {
      say(`Offer ${offerId} came to the till in time and was refused: ${answer}.`)
    }
  }
  return found
}

/** What tills were told of redemptions and refunds is what is written down, and each follows from its offer. */
export function redemptionWrong({ grants, redemptions }: Facts, ledger: Ledger): Finding[] {
  const found: Finding[] = []
  const say = (sentence: string) => found.push({ check: 'redemption-wrong', sentence })
  const byId = new Map(redemptions.map((one) => [one.redemptionId, one]))
  for (const { redemptionId, offerId, answer, billFen, discountFen } of ledger.tillVisits) {
    if (answer !== 'redeemed') continue
    const row = byId.get(redemptionId)
    if (!row) say(`Redemption ${redemptionId} of offer ${offerId} was told and is not there.`)
    else if (row.grantId !== offerId) {
      say(`Redemption ${redemptionId} was told of offer ${offerId} and is of ${row.grantId}.`)
    } else if (row.billFen !== billFen || row.discountFen !== (discountFen ?? row.discountFen)) {
      const told = `${billFen} fen less ${String(discountFen)}`
      say(`Redemption ${redemptionId} was told as ${told} and is ${row.billFen} less ${row.discountFen}.`)
    }
  }
  for (const { redemptionId } of ledger.refunds) {
    const row = byId.get(redemptionId)
    if (typeof row?.refundedMs !== 'number')
      say(`Redemption ${redemptionId} was told as refunded and is not.`)
  }
  const ofGrant = new Map(redemptions.map((one) => [one.grantId, one]))
  for (const { grantId, state } of grants) {
    const row = ofGrant.get(grantId)
    const expected = !row ? undefined : row.refundedMs === null ? 'redeemed' : 'refunded'
    const isUsed = state === 'redeemed' || state === 'refunded'
    if ((isUsed || row) && state !== expected) {
      say(`Offer ${grantId} is ${state}, and its redemption says ${expected ?? 'that there was none'}.`)
    }
  }
  return found
}
