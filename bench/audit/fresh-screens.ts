import { setTimeout as delay } from 'node:timers/promises'
import { openScreen } from '../simulate/screens.ts'
import type { ScreenBelief } from './ledger.ts'

/** How long a server may take to send the first state of its streams. */
const answerMs = 10_000

/**
 * The floors of venues as somebody who connects now is told them, for an audit of a server that runs.
 * @param options.token of an operator of these venues
 * @returns what was told within ten seconds; a stream that stayed silent has no values
 */
export async function freshScreens(options: {
  readonly serverUrl: string
  readonly token: string
  readonly venueIds: readonly string[]
}): Promise<ScreenBelief[]> {
  const { serverUrl, token, venueIds } = options
  const screen = openScreen({
    ...{ serverUrl, namespace: 'console', token: () => token, client: 'auditor' },
    streams: venueIds.map((venueId) => `floor:${venueId}`),
    nowMs: () => Date.now(),
  })
  try {
    const giveUpAtMs = performance.now() + answerMs
    while (screen.beliefs().some(({ ageMs }) => ageMs === null) && performance.now() < giveUpAtMs)
      await delay(50)
    return screen.beliefs()
  } finally {
    screen.close()
  }
}
