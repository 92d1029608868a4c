import { Counter, Gauge, Histogram } from 'prom-client'
import type { OfferRule } from '../contract/offer-rules.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'

/** Figures of offers. */
export interface OfferMetrics {
  granted(way: 'presence' | 'claim'): void
  /** Why nobody got anything: the rule of the campaign that came furthest. */
  refused(rule: OfferRule | 'busy'): void
  ended(how: 'redeemed' | 'refunded' | 'expired' | 'declined', count: number): void
  /** What presence told and nobody looked at. */
  letGo(why: 'full' | 'no-consent' | 'failed'): void
  /** From what presence said to the offer that is written. */
  tookS(seconds: number): void
}

/** Registers the figures of offers. */
export function createOfferMetrics(
  registry: MetricsRegistry,
  read: {
    readonly campaigns: () => number
    readonly waiting: () => number
    readonly visits: () => number
  },
): OfferMetrics {
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, label: Label) =>
    new Counter({ name, help, labelNames: [label] as const, registers })
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value())
      },
    })
  gauge('atrium_campaigns_offered', 'Campaigns kept in memory, at most 500 a venue', read.campaigns)
  gauge('atrium_offers_waiting', 'Visitors whose presence is to be decided over, at most 5000', read.waiting)
  gauge('atrium_visits_kept', 'Visits kept in memory, at most 50000', read.visits)
  const granted = counter('atrium_offers_granted_total', 'Offers granted, by way', 'way')
  const refused = counter('atrium_offers_refused_total', 'Offers refused, by rule', 'rule')
  const ended = counter('atrium_offers_ended_total', 'Offers that ended, by how', 'how')
  const letGo = counter('atrium_offers_let_go_total', 'Visitors not decided over, by why', 'why')
  const took = new Histogram({
    name: 'atrium_offer_seconds',
    help: 'From what presence said to an offer that is written',
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    registers,
  })
  return {
    granted(way) {
      granted.inc({ way })
    },
    refused(rule) {
      refused.inc({ rule })
    },
    ended(how, count) {
      ended.inc({ how }, count)
    },
    letGo(why) {
      letGo.inc({ why })
    },
    tookS(seconds) {
      took.observe(seconds)
    },
  }
}
