import type { CampaignIndex } from './campaign-index.ts'
import type { LiveCampaign } from './live-campaign.ts'

/** Campaigns that run at this moment, by beginning and end; hours of the day are not looked at. */
export function openNow({ all }: CampaignIndex, nowMs: number): LiveCampaign[] {
  return all.filter(({ terms: { schedule } }) => {
    const { fromMs = -Infinity, untilMs = Infinity } = schedule
    return fromMs <= nowMs && nowMs < untilMs
  })
}
