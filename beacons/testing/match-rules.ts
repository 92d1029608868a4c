import { callMethod, connectTo } from './wire.ts'

/** The bus's own witness of who subscribes to what. */
export interface MatchRuleWitness {
  /** Every `AddMatch` and `RemoveMatch` of anybody since it began to watch, in order. */
  readonly calls: readonly string[]
  close(): void
}

/**
 * Begins to watch: the connection becomes a monitor, to which the daemon copies each call it gets.
 * Source: D-Bus Specification, org.freedesktop.DBus.Monitoring.BecomeMonitor.
 */
export async function watchMatchRules(busAddress: string): Promise<MatchRuleWitness> {
  const monitor = await connectTo(busAddress)
  const calls: string[] = []
  monitor.on('message', ({ member }) => {
    if (member === 'AddMatch' || member === 'RemoveMatch') calls.push(member)
  })
  await callMethod(monitor, {
    destination: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus.Monitoring',
    member: 'BecomeMonitor',
    signature: 'asu',
    body: [["type='method_call',destination='org.freedesktop.DBus'"], 0],
  })
  return {
    calls,
    close() {
      monitor.disconnect()
    },
  }
}
