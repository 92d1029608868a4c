import type { LiveCampaign } from './live-campaign.ts'
import { waitsFor } from './waits-for.ts'
import type { Occurrence, VisitHistory } from './situation.ts'

/**
 * The campaigns of one venue, by what they wait for. Most of what happens in a mall concerns none of them:
 * to learn that costs a look-up or two, whatever the number of campaigns.
 */
export class CampaignIndex {
  readonly all: readonly LiveCampaign[]
  /** True when a campaign wants to hear who comes near. */
  readonly asksForNearby: boolean
  readonly #byPlace = new Map<string, LiveCampaign[]>()
  readonly #byTrigger = new Map<string, LiveCampaign[]>()
  readonly #byId: ReadonlyMap<string, LiveCampaign>

  constructor(campaigns: readonly LiveCampaign[]) {
    this.all = campaigns
    this.asksForNearby = campaigns.some(({ terms }) => terms.trigger.on === 'nearby')
    this.#byId = new Map(campaigns.map((campaign) => [campaign.campaignId, campaign]))
    for (const campaign of campaigns) {
      const { on } = campaign.terms.trigger
      if (campaign.places.size === 0) add(this.#byTrigger, on, campaign)
      for (const place of campaign.places) add(this.#byPlace, `${on} ${place}`, campaign)
    }
  }

  get(campaignId: string): LiveCampaign | undefined {
    return this.#byId.get(campaignId)
  }

  /** Stays in a zone, in ms, that some campaign waits for; ascending, none twice. */
  dwellMarks(zoneId: string): readonly number[] {
    const marks = (this.#byPlace.get(`dwell ${zoneId}`) ?? []).flatMap(({ terms: { trigger } }) =>
      trigger.on === 'dwell' ? trigger.dwellMs : [],
    )
    return [...new Set(marks)].sort((a, b) => a - b)
  }

  /** Campaigns whose trigger one of the occurrences is. O(occurrences + found). */
  triggeredBy(occurrences: readonly Occurrence[], visitor: VisitHistory): readonly LiveCampaign[] {
    const found = new Set<LiveCampaign>()
    for (const occurrence of occurrences) {
      for (const campaign of this.#near(occurrence)) {
        if (!waitsFor(campaign, occurrence, visitor)) found.add(campaign)
      }
    }
    return [...found]
  }

  *#near(occurrence: Occurrence): Iterable<LiveCampaign> {
    const at = (on: string, place: string) => this.#byPlace.get(`${on} ${place}`) ?? []
    const anywhere = (on: string) => this.#byTrigger.get(on) ?? []
    switch (occurrence.kind) {
      case 'entered':
        yield* at('enter', occurrence.zone.id)
        if (occurrence.zone.kind === 'level') yield* at('level', occurrence.zone.id)
        if (occurrence.zone.kind === 'venue') yield* anywhere('venue')
        yield* anywhere('welcome')
        yield* anywhere('first-visit')
        break
      case 'dwelled':
        yield* at('dwell', occurrence.zone.id)
        break
      case 'left':
        yield* at('leave', occurrence.zone.id)
        break
      case 'nearby':
        yield* at('nearby', occurrence.zoneId)
        break
      case 'claimed': {
        const campaign = this.get(occurrence.campaignId)
        if (campaign) yield campaign
      }
    }
  }
}

function add(index: Map<string, LiveCampaign[]>, key: string, campaign: LiveCampaign): void {
  const list = index.get(key)
  if (list) list.push(campaign)
  else index.set(key, [campaign])
}
