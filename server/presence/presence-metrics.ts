import { Counter, Gauge } from 'prom-client'
import type { MetricsRegistry } from '../platform/metrics.ts'

/** The figures of presence. */
export function createPresenceMetrics(registry: MetricsRegistry) {
  return {
    reports: new Counter({
      name: 'atrium_presence_reports_total',
      help: 'Reports of phones, by what became of them',
      labelNames: ['result'] as const,
      registers: [registry],
    }),
    positions: new Counter({
      name: 'atrium_presence_positions_total',
      help: 'Reports taken, by whose position was used',
      labelNames: ['source'] as const,
      registers: [registry],
    }),
    doubts: new Counter({
      name: 'atrium_presence_doubts_total',
      help: 'What spoke against reports',
      labelNames: ['kind'] as const,
      registers: [registry],
    }),
    shed: new Counter({
      name: 'atrium_presence_shed_total',
      help: 'Reports put off or refused, and visitors let go, because there was too much to do',
      labelNames: ['step'] as const,
      registers: [registry],
    }),
    events: new Counter({
      name: 'atrium_presence_events_total',
      help: 'Visitors who entered, dwelled and left',
      labelNames: ['kind', 'zone'] as const,
      registers: [registry],
    }),
  }
}

export type PresenceMetrics = ReturnType<typeof createPresenceMetrics>

/** A figure that is read when it is asked for. */
export function presenceGauge(
  registry: MetricsRegistry,
  name: string,
  help: string,
  read: () => number,
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read())
    },
  })
}
