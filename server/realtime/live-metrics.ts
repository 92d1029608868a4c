import { Counter, Gauge } from 'prom-client'
import type { MetricsRegistry } from '../platform/metrics.ts'

/** The figures of the live side. */
export interface LiveMetrics {
  readonly frames: Counter<'kind'>
  readonly refusals: Counter<'reason'>
  readonly ended: Counter<'reason'>
  readonly patches: Counter<'result'>
  readonly refusedKeys: Counter
}

export function createLiveMetrics(
  registry: MetricsRegistry,
  read: { readonly sockets: () => Readonly<Record<string, number>>; readonly streams: () => number },
): LiveMetrics {
  const registers = [registry]
  new Gauge({
    name: 'atrium_live_sockets',
    help: 'Sockets that are connected and known, by namespace; at most 20000',
    labelNames: ['namespace'] as const,
    registers,
    collect() {
      for (const [namespace, count] of Object.entries(read.sockets())) this.set({ namespace }, count)
    },
  })
  new Gauge({
    name: 'atrium_live_streams',
    help: 'Live streams open on this node, at most 20000',
    registers,
    collect() {
      this.set(read.streams())
    },
  })
  return {
    frames: new Counter({
      name: 'atrium_live_frames_total',
      help: 'Frames made, by kind; each goes to all followers of its stream',
      labelNames: ['kind'] as const,
      registers,
    }),
    refusals: new Counter({
      name: 'atrium_live_refusals_total',
      help: 'Connections and messages that were refused, by reason',
      labelNames: ['reason'] as const,
      registers,
    }),
    ended: new Counter({
      name: 'atrium_live_connections_ended_total',
      help: 'Connections that ended, by reason',
      labelNames: ['reason'] as const,
      registers,
    }),
    patches: new Counter({
      name: 'atrium_live_patches_total',
      help: 'Patches by what became of them: published, failed to be, received, unreadable',
      labelNames: ['result'] as const,
      registers,
    }),
    refusedKeys: new Counter({
      name: 'atrium_live_refused_keys_total',
      help: 'Keys that found no room in a stream of 10000 keys',
      registers,
    }),
  }
}
