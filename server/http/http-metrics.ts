import { Counter, Gauge, Histogram } from 'prom-client'
import type { MetricsRegistry } from '../platform/metrics.ts'

/** Figures of the HTTP side. Labels are route templates and words, never what a client sent. */
export interface HttpMetrics {
  readonly inFlight: Gauge
  observe(request: {
    readonly method: string
    readonly route: string
    readonly status: number
    readonly seconds: number
  }): void
  problem(id: string): void
}

export function createHttpMetrics(registry: MetricsRegistry): HttpMetrics {
  const registers = [registry]
  const duration = new Histogram({
    name: 'atrium_http_request_seconds',
    help: 'Time from the first byte of a request to its answer, by route template',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const problems = new Counter({
    name: 'atrium_http_problems_total',
    help: 'Problems answered, by their word',
    labelNames: ['problem'],
    registers,
  })
  return {
    inFlight: new Gauge({
      name: 'atrium_http_requests_in_flight',
      help: 'Requests being answered now',
      registers,
    }),
    observe({ method, route, status, seconds }) {
      duration.observe({ method, route, status: String(status) }, seconds)
    },
    problem(id) {
      problems.inc({ problem: id })
    },
  }
}
