import type { VenueId } from '../../maps/model/index.ts'
import type { CampaignState, CampaignTerms } from '../contract/campaign-values.ts'
import { mostSpentFen } from './calculate-discount.ts'
import { compileHours } from './campaign-hours.ts'
import type { CampaignHours } from './campaign-hours.ts'
import { parseAssignmentKey } from './hold-out.ts'
import type { AssignmentKey } from './hold-out.ts'

/** A campaign as `decide` reads it: its terms of one version, with what is derived from them. */
export interface LiveCampaign {
  readonly venueId: VenueId
  readonly campaignId: string
  readonly version: number
  readonly state: CampaignState
  readonly terms: CampaignTerms
  readonly hours: CampaignHours
  readonly assignmentKey: AssignmentKey
  /** What a hold reserves of the budget. */
  readonly mostSpentFen: number
  /** Zones or levels of the trigger; empty for one that asks for none. */
  readonly places: ReadonlySet<string>
}

/** What is stored of a campaign that may be offered. */
export interface CampaignSource {
  readonly venueId: VenueId
  readonly campaignId: string
  readonly version: number
  readonly state: CampaignState
  readonly terms: CampaignTerms
  /** 16 hexadecimal digits. */
  readonly assignmentKey: string
}

/** Derives what `decide` needs; some ten microseconds, so once for each version. */
export function compileCampaign(source: CampaignSource): LiveCampaign {
  const { terms } = source
  return {
    ...source,
    hours: compileHours(terms.schedule),
    assignmentKey: parseAssignmentKey(source.assignmentKey),
    mostSpentFen: mostSpentFen(terms.coupon),
    places: new Set(placesOf(terms)),
  }
}

function placesOf({ trigger }: CampaignTerms): readonly string[] {
  switch (trigger.on) {
    case 'enter':
    case 'dwell':
    case 'nearby':
    case 'leave':
      return trigger.zones
    case 'level':
      return trigger.levels
    case 'venue':
    case 'welcome':
    case 'first-visit':
    case 'claim':
      return []
  }
}
