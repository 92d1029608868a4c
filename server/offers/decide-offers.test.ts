import assert from 'node:assert/strict'
import test from 'ava'
import fc from 'fast-check'
import { tinyId } from '../../maps/testing/tiny-archive.ts'
import { offerRules } from '../contract/offer-rules.ts'
import type { OfferRule } from '../contract/offer-rules.ts'
import { CampaignIndex } from './campaign-index.ts'
import { decide } from './decide-offers.ts'
import { isHeldOut, wordsOfId } from './hold-out.ts'
import type { Situation } from './situation.ts'
import { anySituation, campaignOf, noonMs } from './testing/any-campaign.ts'
import { allRulesAgainst } from './testing/decide-oracle.ts'

const order = Object.keys(offerRules) as OfferRule[]

test('says of every campaign the first rule against it, as an oracle without index finds it', (t) => {
  const told = new Set<string>()
  fc.assert(
    fc.property(anySituation, ({ campaigns, situation }) => {
      const { verdicts } = decide(new CampaignIndex(campaigns), situation)
      assert.deepEqual(
        verdicts.map(({ campaign }) => campaign),
        campaigns,
      )
      for (const { campaign, reason } of verdicts) {
        const against = allRulesAgainst(campaign, situation)
        const { holdOutPercent } = campaign.terms.limits
        if (isHeldOut(campaign.assignmentKey, wordsOfId(situation.visitor.visitorId), holdOutPercent)) {
          against.add('held-out')
        }
        // Three words for one rule of the oracle: how far an occurrence came.
        const said = reason?.rule
        const known: OfferRule | undefined =
          said === 'other-zone' || said === 'dwell-too-short' ? 'other-trigger' : said
        assert.equal(
          known,
          order.find((rule) => against.has(rule)),
        )
        told.add(said ?? 'yes')
      }
    }),
    { numRuns: 2000, seed: 20261122 },
  )
  // Every rule was seen to stand against something, or the property would prove little.
  t.deepEqual(
    ['yes', ...order].filter((rule) => !told.has(rule)),
    [],
  )
})

test('chooses by priority, then by the end, then by age; the order of the list means nothing', (t) => {
  fc.assert(
    fc.property(anySituation, fc.integer(), ({ campaigns, situation }, seed) => {
      const { chosen, verdicts } = decide(new CampaignIndex(campaigns), situation)
      const fitting = verdicts.flatMap(({ campaign, reason }) => (reason ? [] : [campaign]))
      const [best] = [...fitting].sort(
        (a, b) =>
          b.terms.limits.priority - a.terms.limits.priority ||
          Math.min(a.terms.schedule.untilMs ?? 1e300, 1e300) -
            Math.min(b.terms.schedule.untilMs ?? 1e300, 1e300) ||
          a.campaignId.localeCompare(b.campaignId),
      )
      assert.equal(chosen, best)
      const shuffled = campaigns.map((one, at) => ({ one, key: Math.sin(seed + at * 12.9898) }))
      const other = shuffled.sort((a, b) => a.key - b.key).map(({ one }) => one)
      assert.equal(decide(new CampaignIndex(other), situation).chosen, chosen)
    }),
    { numRuns: 1000, seed: 20261122 },
  )
  t.pass()
})

test('the index finds exactly the campaigns that what happened triggers', (t) => {
  fc.assert(
    fc.property(anySituation, ({ campaigns, situation }) => {
      const index = new CampaignIndex(campaigns)
      const found = index.triggeredBy(situation.occurrences, situation.visitor)
      const triggered = campaigns.filter(
        (campaign) => !allRulesAgainst(campaign, situation).has('other-trigger'),
      )
      const ids = (list: typeof campaigns) => list.map(({ campaignId }) => campaignId).sort()
      assert.deepEqual(ids([...found]), ids(triggered))
    }),
    { numRuns: 2000, seed: 20261122 },
  )
  t.pass()
})

const entering: Situation = {
  nowMs: noonMs,
  occurrences: [{ kind: 'entered', zone: { id: tinyId('unit F1 coffee'), kind: 'unit' } }],
  visitor: {
    visitorId: '0a7e1e00-0000-7000-8000-00000000aaaa',
    member: false,
    visits: 1,
    visitBegins: false,
    held: 0,
  },
  standings: new Map(),
}

test('says how far a stay fell short', (t) => {
  const campaign = campaignOf({
    trigger: { on: 'dwell', zones: [tinyId('unit F1 coffee')], dwellMs: 60_000 },
  })
  const zone = { id: tinyId('unit F1 coffee'), kind: 'unit' } as const
  const { verdicts } = decide(new CampaignIndex([campaign]), {
    ...entering,
    occurrences: [...entering.occurrences, { kind: 'dwelled', zone, dwellMs: 20_000 }],
  })
  t.deepEqual(verdicts[0]?.reason, { rule: 'dwell-too-short', facts: { dwellMs: 20_000, neededMs: 60_000 } })
})

test('a campaign is live from its first millisecond to the last before its end', (t) => {
  const campaign = campaignOf(
    {
      trigger: { on: 'enter', zones: [tinyId('unit F1 coffee')] },
      schedule: { fromMs: noonMs, untilMs: noonMs + 1000, timeZone: 'Asia/Shanghai', weekly: [], quiet: [] },
    },
    { state: 'scheduled' },
  )
  const at = (nowMs: number) =>
    decide(new CampaignIndex([campaign]), { ...entering, nowMs }).verdicts[0]?.reason?.rule
  t.deepEqual([noonMs - 1, noonMs, noonMs + 999, noonMs + 1000].map(at), [
    'not-started',
    undefined,
    undefined,
    'over',
  ])
})

test('yesterday’s count does not stand against today, and a node whose clock runs ahead is believed', (t) => {
  const campaign = campaignOf({
    trigger: { on: 'enter', zones: [tinyId('unit F1 coffee')] },
    limits: { ...campaignOf().terms.limits, perDay: 5 },
  })
  const on = (day: string) => {
    const mine = { taken: 0, held: 0, declined: false, lastGrantedAtMs: undefined }
    const standings = new Map([
      [campaign.campaignId, { taken: 9, day, takenOnDay: 5, committedFen: 0, mine }],
    ])
    return decide(new CampaignIndex([campaign]), { ...entering, standings }).verdicts[0]?.reason?.rule
  }
  t.is(on('2026-11-19'), undefined)
  t.is(on('2026-11-20'), 'cap-per-day')
  t.is(on('2026-11-21'), 'cap-per-day')
})
