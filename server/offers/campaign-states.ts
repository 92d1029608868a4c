import type { CampaignState, Schedule } from '../contract/campaign-values.ts'
import type { Refusal } from '../contract/endpoint.ts'

/** Where an operator may move a campaign from each state. Nothing leads back from the end. */
const moves: Readonly<Record<CampaignState, readonly CampaignState[]>> = {
  draft: ['scheduled', 'live'],
  scheduled: ['draft', 'live', 'paused', 'ended'],
  live: ['paused', 'ended'],
  paused: ['scheduled', 'live', 'ended'],
  ended: [],
}

/**
 * Refuses a move that makes no sense, with what to do instead.
 * @param granted offers ever granted
 */
export function refuseMove(
  {
    from,
    to,
    granted,
  }: { readonly from: CampaignState; readonly to: CampaignState; readonly granted: number },
  { fromMs, untilMs }: Schedule,
  nowMs: number,
): Refusal<'campaign-state'> | undefined {
  const refuse = (detail: string): Refusal<'campaign-state'> => ({
    refused: 'campaign-state',
    detail,
    facts: { from, to, possible: moves[from] },
  })
  if (!moves[from].includes(to)) return refuse(`From ${from} a campaign cannot become ${to}.`)
  if (to === 'draft' && granted > 0) return refuse('Offers were granted by it: pause or end it instead.')
  if (to !== 'scheduled' && to !== 'live') return undefined
  if (untilMs !== undefined && untilMs <= nowMs) {
    return refuse('Its end has passed: give it a later one first.')
  }
  const begins = fromMs !== undefined && fromMs > nowMs
  if (to === 'scheduled' && !begins) {
    return refuse('It has no beginning in the future to wait for: put it live, or give it one.')
  }
  if (to === 'live' && begins) return refuse('It begins later: schedule it, or take its beginning away.')
  return undefined
}
