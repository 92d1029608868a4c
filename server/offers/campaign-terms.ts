import type { CampaignTerms } from '../contract/campaign-values.ts'
import type { Refusal } from '../contract/endpoint.ts'
import type { CampaignRow } from './campaign.entity.ts'
import { mostSpentFen } from './calculate-discount.ts'

/** What the row of a campaign repeats of its terms, for the statement that takes a place. */
export function columnsOf({
  schedule,
  limits,
}: CampaignTerms): Pick<CampaignRow, 'startsAt' | 'endsAt' | 'capTotal' | 'capDay' | 'budgetFen'> {
  return {
    startsAt: schedule.fromMs === undefined ? null : new Date(schedule.fromMs),
    endsAt: schedule.untilMs === undefined ? null : new Date(schedule.untilMs),
    capTotal: limits.total ?? null,
    capDay: limits.perDay ?? null,
    budgetFen: limits.budgetFen === undefined ? null : String(limits.budgetFen),
  }
}

/**
 * Refuses terms that name what the published map does not have.
 * @param places ids of the map: units, geofences, levels; undefined when nothing is published
 */
export function refusePlaces(
  { trigger, redeemAt }: CampaignTerms,
  places: ReadonlySet<string> | undefined,
): Refusal<'unknown-zone' | 'unknown-venue'> | undefined {
  if (!places) return { refused: 'unknown-venue' }
  const named = [
    ...('zones' in trigger ? trigger.zones : []),
    ...('levels' in trigger ? trigger.levels : []),
    ...redeemAt,
  ]
  const unknown = [...new Set(named.filter((id) => !places.has(id)))]
  if (unknown.length === 0) return undefined
  return {
    refused: 'unknown-zone',
    detail: 'The published map has no such places: take ids of units, geofences and levels that it has.',
    facts: { unknown: unknown.slice(0, 20) },
  }
}

/** Something the operator should know about a change that was made. */
export interface Notice {
  readonly id: 'cap-below-taken' | 'budget-below-committed' | 'old-terms-kept'
  readonly text: { readonly zh: string; readonly en: string }
  readonly facts: Readonly<Record<string, number>>
}

/** What new terms mean for what was granted already: it is honoured, whatever they say. */
export function noticesOf(terms: CampaignTerms, row: CampaignRow): Notice[] {
  const { taken, held } = row
  const { total, budgetFen } = terms.limits
  const committedFen = Number(row.reservedFen) + Number(row.spentFen)
  const notices: Notice[] = []
  if (total !== undefined && total < taken) {
    notices.push({
      id: 'cap-below-taken',
      text: {
        zh: `已发出 ${taken} 份，多于新的上限 ${total} 份：已发出的继续有效，暂不再发放。`,
        en: `${taken} are out already, more than the new cap of ${total}: they are honoured, and no more are given.`,
      },
      facts: { taken, total },
    })
  }
  if (budgetFen !== undefined && budgetFen < committedFen + mostSpentFen(terms.coupon)) {
    notices.push({
      id: 'budget-below-committed',
      text: {
        zh: `已承诺和已使用 ${committedFen} 分，新预算 ${budgetFen} 分已不够再发一份：已发出的继续有效。`,
        en: `${committedFen} fen are promised or spent; the new budget of ${budgetFen} fen does not cover another. What is out is honoured.`,
      },
      facts: { committedFen, budgetFen },
    })
  }
  if (held > 0) {
    notices.push({
      id: 'old-terms-kept',
      text: {
        zh: `顾客手中的 ${held} 份仍按发放时的条件使用。`,
        en: `${held} that visitors hold keep the terms they were given by.`,
      },
      facts: { held },
    })
  }
  return notices
}
