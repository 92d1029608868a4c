import { offersContract as contract } from '../contract/offers.contract.ts'
import { route } from '../http/index.ts'
import type { Route } from '../http/index.ts'
import type { VenueId } from '../../maps/model/index.ts'
import type { CampaignOccasion } from './campaign.commands.ts'
import { changeCampaign, createCampaign, deleteCampaign, moveCampaign } from './campaign.commands.ts'
import { refusePlaces } from './campaign-terms.ts'
import { decide } from './decide-offers.ts'
import { occasionOf } from './offer-services.ts'
import type { CallFacts, OfferRouteServices } from './offer-services.ts'
import { loadStandings } from './load-standings.ts'
import {
  presentCampaign,
  presentDecision,
  presentPublicCampaign,
  presentTally,
  presentVersion,
} from './offer.presenter.ts'
import {
  compileAsIfLive,
  countDays,
  findCampaign,
  listCampaigns,
  listVersions,
  takenOf,
} from './read-campaigns.ts'
import { openNow } from './open-now.ts'

/** Nobody: what a preview without a visitor decides for. */
const nobody = '00000000-0000-7000-8000-000000000000'

/** The routes of campaigns, for operators, and of what everybody may see of them. */
export function campaignsRoutes(services: OfferRouteServices): Route[] {
  return [...writingRoutes(services), ...readingRoutes(services), previewRoute(services)]
}

function campaignOccasion(services: OfferRouteServices, call: CallFacts): CampaignOccasion {
  const { newAssignmentKey } = services
  return { ...occasionOf(services, call), newAssignmentKey }
}

function writingRoutes(services: OfferRouteServices): Route[] {
  const { database, placesOf, reload } = services
  return [
    route(contract.createCampaign, async (call) => {
      const { venueId } = call.params
      const refusal = refusePlaces(call.body.terms, placesOf(venueId))
      if (refusal) return refusal
      const made = await createCampaign(call.manager, campaignOccasion(services, call), {
        venueId,
        terms: call.body.terms,
      })
      return 'refused' in made ? made : { status: 201, body: presentCampaign(made.row, made.terms) }
    }),
    route(contract.changeCampaign, async (call) => {
      const { terms, version } = call.body
      const refusal = refusePlaces(terms, placesOf(call.params.venueId))
      // The campaign is there or not, whatever became of the map.
      if (refusal?.refused === 'unknown-zone') return { ...refusal, refused: 'unknown-zone' }
      const changed = await changeCampaign(call.manager, campaignOccasion(services, call), {
        key: call.params,
        version,
        terms,
      })
      if ('refused' in changed) return changed
      reload(call.manager, call.params.venueId)
      const { row, notices } = changed
      return { status: 200, body: { campaign: presentCampaign(row, terms), notices } }
    }),
    route(contract.moveCampaign, async (call) => {
      const moved = await moveCampaign(call.manager, campaignOccasion(services, call), {
        key: call.params,
        to: call.body.state,
      })
      if ('refused' in moved) return moved
      reload(call.manager, call.params.venueId)
      return { status: 200, body: presentCampaign(moved.row, moved.terms) }
    }),
    route(contract.deleteCampaign, async (call) => {
      const refusal = await database.transaction((manager) =>
        deleteCampaign(manager, campaignOccasion(services, call), call.params),
      )
      return refusal ?? { status: 204 }
    }),
  ]
}

function readingRoutes({ database, clock, live }: OfferRouteServices): Route[] {
  const { manager } = database.dataSource
  return [
    route(contract.listCampaigns, async ({ params: { venueId }, query: { state, before, limit } }) => {
      const found = await listCampaigns(manager, { venueId, state, before, limit })
      return { status: 200, body: found.map(({ row, terms }) => presentCampaign(row, terms)) }
    }),
    // Before the campaign by its id, which would take `live` for one.
    route(contract.listLiveCampaigns, async ({ params: { venueId } }) => {
      const open = openNow(live.of(venueId), clock())
      const taken = await takenOf(
        manager,
        venueId,
        open.map(({ campaignId }) => campaignId),
      )
      return {
        status: 200,
        body: open.map((campaign) => presentPublicCampaign(campaign, taken.get(campaign.campaignId))),
      }
    }),
    route(contract.readCampaign, async ({ params }) => {
      const found = await findCampaign(manager, params)
      if (!found) return { refused: 'unknown-campaign' }
      return { status: 200, body: presentCampaign(found.row, found.terms) }
    }),
    route(contract.listCampaignVersions, async ({ params, query: { limit } }) => {
      const rows = await listVersions(manager, params, limit)
      return rows.length === 0
        ? { refused: 'unknown-campaign' }
        : { status: 200, body: rows.map(presentVersion) }
    }),
    route(contract.readCampaignStatistics, async ({ params }) => {
      const found = await findCampaign(manager, params)
      if (!found) return { refused: 'unknown-campaign' }
      const counted = await countDays(manager, params)
      return { status: 200, body: { tally: presentTally(found.row), ...counted } }
    }),
  ]
}

function previewRoute({ database, clock, live }: OfferRouteServices): Route {
  const { manager } = database.dataSource
  return route(contract.previewCampaigns, async ({ params: { venueId }, body }) => {
    const { occurrences, visitor, asIfLive, atMs } = body
    const offered = await live.load(manager, venueId)
    const tried = await compileAsIfLive(manager, venueId, asIfLive)
    const triedIds = new Set(tried.map(({ campaignId }) => campaignId))
    const all = [...offered.all.filter(({ campaignId }) => !triedIds.has(campaignId)), ...tried]
    const visitorId = visitor.visitorId ?? nobody
    const { standings, held } = await standingsOf(venueId, visitorId, all)
    const decision = decide(
      { all },
      {
        nowMs: atMs ?? clock(),
        occurrences,
        standings,
        visitor: {
          visitorId,
          member: visitor.member,
          visits: visitor.visits,
          visitBegins: visitor.visitBegins,
          held,
        },
      },
    )
    return { status: 200, body: presentDecision(decision) }
  })

  function standingsOf(
    venueId: VenueId,
    visitorId: string,
    campaigns: readonly { readonly campaignId: string }[],
  ) {
    const campaignIds = campaigns.map(({ campaignId }) => campaignId)
    return loadStandings(manager, { venueId, visitorId, campaignIds })
  }
}
