import { collectDefaultMetrics, Registry } from 'prom-client'

/** Where figures are registered and read; one a server, never the library's global one. */
export type MetricsRegistry = Registry

/**
 * An empty registry with the prefix-free figures of the process (memory, CPU, event loop lag, garbage
 * collection) already in it. Two servers in one process, as in tests, do not share figures.
 */
export function createMetricsRegistry(): MetricsRegistry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}
