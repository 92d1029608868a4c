import fc from 'fast-check'
import { tinyId } from '../../../maps/testing/tiny-archive.ts'
import type { Audience, CampaignTerms, Coupon, Schedule, Trigger } from '../../contract/campaign-values.ts'
import { compileCampaign } from '../live-campaign.ts'
import type { CampaignSource, LiveCampaign } from '../live-campaign.ts'
import type { Occurrence, Situation, Standing, VisitorFacts } from '../situation.ts'

/** A moment the tests agree on: Friday 20 November 2026, 12:00 in Shanghai. */
export const noonMs = Date.UTC(2026, 10, 20, 4)

/** Terms that fit everybody who claims, unless told otherwise. */
export function termsOf(change: Partial<CampaignTerms> = {}): CampaignTerms {
  return {
    name: { zh: '满减券', en: 'Twenty off' },
    coupon: { kind: 'full-reduction', minSpendFen: 10_000, offFen: 2000 },
    trigger: { on: 'claim' },
    audience: { membership: 'anyone', visit: 'any' },
    schedule: { timeZone: 'Asia/Shanghai', weekly: [], quiet: [] },
    redeemAt: [],
    ...change,
    limits: {
      perVisitor: 1,
      coolDownMs: 0,
      holdMs: 3_600_000,
      holdOutPercent: 0,
      priority: 100,
      ...change.limits,
    },
  }
}

/** A campaign out of nothing, for rules that need no database. */
export function campaignOf(change: Partial<CampaignTerms> = {}, source: Partial<CampaignSource> = {}) {
  return compileCampaign({
    venueId: tinyId('venue'),
    campaignId: '0a7e1e00-0000-7000-8000-00000000c001',
    version: 1,
    state: 'live',
    terms: termsOf(change),
    assignmentKey: '0123456789abcdef',
    ...source,
  })
}

const anyFen = fc.integer({ min: 1, max: 1_000_000 })

export const anyCoupon: fc.Arbitrary<Coupon> = fc.oneof(
  fc.tuple(anyFen, anyFen).map(([one, other]): Coupon => {
    return { kind: 'full-reduction', minSpendFen: Math.max(one, other), offFen: Math.min(one, other) }
  }),
  fc
    .tuple(fc.integer({ min: 1, max: 99 }), anyFen, fc.nat(1_000_000))
    .map(([percentOff, capFen, minSpendFen]): Coupon => {
      return { kind: 'discount', percentOff, capFen, minSpendFen }
    }),
  anyFen.map((offFen): Coupon => ({ kind: 'cash', offFen })),
  fc.nat(100_000).map((costFen): Coupon => {
    return { kind: 'gift', gift: { zh: '帆布袋', en: 'tote bag' }, costFen }
  }),
)

const zoneIds = [tinyId('unit F1 coffee'), tinyId('unit F1 books'), tinyId('unit F2 cinema')] as const
const levelIds = [tinyId('level F1'), tinyId('level F2')] as const
const someZones = fc.subarray([...zoneIds], { minLength: 1 })

export const anyTrigger: fc.Arbitrary<Trigger> = fc.oneof(
  someZones.map((zones): Trigger => ({ on: 'enter', zones })),
  fc.tuple(someZones, fc.constantFrom(1000, 30_000, 300_000)).map(([zones, dwellMs]): Trigger => {
    return { on: 'dwell', zones, dwellMs }
  }),
  fc.tuple(someZones, fc.constantFrom(1, 10, 30)).map(([zones, withinM]): Trigger => {
    return { on: 'nearby', zones, withinM }
  }),
  someZones.map((zones): Trigger => ({ on: 'leave', zones })),
  fc.subarray([...levelIds], { minLength: 1 }).map((levels): Trigger => ({ on: 'level', levels })),
  fc.constantFrom<Trigger>({ on: 'venue' }, { on: 'welcome' }, { on: 'first-visit' }, { on: 'claim' }),
)

const anyTime = fc.integer({ min: 0, max: 95 }).map((quarter) => clockText(quarter * 15))
const anyHours = fc.tuple(anyTime, anyTime).filter(([from, to]) => from !== to)

function clockText(minute: number): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}

export const anySchedule: fc.Arbitrary<Schedule> = fc
  .record({
    from: fc.option(fc.integer({ min: -3, max: 1 }), { nil: undefined }),
    days: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    timeZone: fc.constantFrom('Asia/Shanghai', 'Asia/Kathmandu', 'America/St_Johns', 'UTC'),
    weekly: fc.array(
      fc.tuple(fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }), anyHours).map(([days, [from, to]]) => {
        return { days, from, to }
      }),
      { maxLength: 3 },
    ),
    quiet: fc.array(
      anyHours.map(([from, to]) => ({ from, to })),
      { maxLength: 1 },
    ),
  })
  .map(({ from, days, ...rest }) => {
    const fromMs = from === undefined ? undefined : noonMs + from * 86_400_000
    const untilMs = days === undefined ? undefined : (fromMs ?? noonMs - 86_400_000) + days * 86_400_000
    return {
      ...rest,
      ...(fromMs === undefined ? {} : { fromMs }),
      ...(untilMs === undefined ? {} : { untilMs }),
    }
  })

const anyAudience: fc.Arbitrary<Audience> = fc.record({
  membership: fc.constantFrom('anyone', 'anyone', 'members', 'anonymous'),
  visit: fc.constantFrom('any', 'any', 'first', 'returning'),
})

const anyLimits = fc.record(
  {
    total: fc.integer({ min: 1, max: 4 }),
    perDay: fc.integer({ min: 1, max: 4 }),
    budgetFen: fc.nat(3_000_000),
    perVisitor: fc.integer({ min: 1, max: 2 }),
    coolDownMs: fc.constantFrom(0, 0, 60_000),
    holdMs: fc.constant(60_000),
    holdOutPercent: fc.constantFrom(0, 0, 50),
    priority: fc.integer({ min: 0, max: 2 }),
  },
  { requiredKeys: ['perVisitor', 'coolDownMs', 'holdMs', 'holdOutPercent', 'priority'] },
)

/** Campaigns of every kind; most of them live. */
export const anyCampaigns: fc.Arbitrary<LiveCampaign[]> = fc
  .array(
    fc.record({
      coupon: anyCoupon,
      trigger: anyTrigger,
      schedule: fc.oneof(fc.constant(termsOf().schedule), anySchedule),
      audience: anyAudience,
      limits: anyLimits,
      state: fc.constantFrom('live' as const, 'live' as const, 'scheduled' as const, 'paused' as const),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((list) =>
    list.map(({ state, ...terms }, at) =>
      campaignOf(terms, {
        state,
        campaignId: `0a7e1e00-0000-7000-8000-${String(at).padStart(12, '0')}`,
        assignmentKey: `0123456789abcd${String(at).padStart(2, '0')}`,
      }),
    ),
  )

const anyOccurrence = (campaigns: readonly LiveCampaign[]): fc.Arbitrary<Occurrence> => {
  const zone = fc.oneof(
    fc.constantFrom(...zoneIds).map((id) => ({ id, kind: 'unit' as const })),
    fc.constantFrom(...levelIds).map((id) => ({ id, kind: 'level' as const })),
    fc.constant({ id: tinyId('venue'), kind: 'venue' as const }),
  )
  return fc.oneof(
    zone.map((one): Occurrence => ({ kind: 'entered', zone: one })),
    zone.map((one): Occurrence => ({ kind: 'left', zone: one })),
    fc
      .tuple(zone, fc.constantFrom(500, 30_000, 300_000))
      .map(([one, dwellMs]): Occurrence => ({ kind: 'dwelled', zone: one, dwellMs })),
    fc
      .tuple(fc.constantFrom(...zoneIds), fc.constantFrom(0, 10, 12.5, 40))
      .map(([zoneId, distanceM]): Occurrence => ({ kind: 'nearby', zoneId, distanceM })),
    fc
      .constantFrom(...campaigns.map(({ campaignId }) => campaignId))
      .map((campaignId): Occurrence => ({ kind: 'claimed', campaignId })),
  )
}

const anyVisitor: fc.Arbitrary<VisitorFacts> = fc.record({
  visitorId: fc.uuid({ version: 7 }),
  member: fc.boolean(),
  visits: fc.integer({ min: 0, max: 2 }),
  visitBegins: fc.boolean(),
  held: fc.constantFrom(0, 0, 1, 19, 20),
})

const anyStanding: fc.Arbitrary<Standing> = fc.record({
  taken: fc.nat(4),
  day: fc.constantFrom('', '2026-11-19', '2026-11-20', '2026-11-21'),
  takenOnDay: fc.nat(4),
  committedFen: fc.nat(3_000_000),
  mine: fc.record({
    taken: fc.nat(2),
    held: fc.constantFrom(0, 0, 0, 1),
    declined: fc.constantFrom(false, false, true),
    lastGrantedAtMs: fc.option(fc.integer({ min: noonMs - 90_000, max: noonMs }), { nil: undefined }),
  }),
})

/** Campaigns and something that happens to a visitor among them. */
export const anySituation: fc.Arbitrary<{ campaigns: LiveCampaign[]; situation: Situation }> =
  anyCampaigns.chain((campaigns) =>
    fc
      .record({
        nowMs: fc.integer({ min: noonMs - 4 * 86_400_000, max: noonMs + 4 * 86_400_000 }),
        occurrences: fc.array(anyOccurrence(campaigns), { minLength: 1, maxLength: 3 }),
        visitor: anyVisitor,
        standings: fc.array(fc.option(anyStanding, { nil: undefined }), {
          minLength: campaigns.length,
          maxLength: campaigns.length,
        }),
      })
      .map(({ standings, ...rest }) => ({
        campaigns,
        situation: {
          ...rest,
          standings: new Map(
            standings.flatMap((standing, at) =>
              standing ? [[campaigns[at]!.campaignId, standing] as const] : [],
            ),
          ),
        },
      })),
  )
