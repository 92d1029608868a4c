import type { VenueId } from '../../maps/model/index.ts'
import type { KioskHealth } from '../contract/kiosks.contract.ts'
import type { Database } from '../database/index.ts'
import type { Identity } from '../http/index.ts'
import { actorOf } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { PublishedMap } from '../venues/index.ts'
import type { KioskKey } from './find-kiosks.ts'
import type { Heartbeats } from './heartbeats.ts'

/** What the routes of kiosks work with. */
export interface KiosksServices {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly map: (venueId: VenueId) => PublishedMap | undefined
  readonly heartbeats: Heartbeats
  /** Asks the database anew whose token is whose. */
  readonly forgetIdentities: () => void
  /** Tells consoles how a kiosk is. */
  readonly onHeard: (key: KioskKey, health: KioskHealth) => void
  /** Set in the demonstration: the demo mall when it is alone here, and the token of its kiosk. */
  readonly demo: { readonly map: () => PublishedMap | undefined; readonly token: string } | undefined
}

/** On whose behalf and when, for a command. */
export function occasionOf(
  { clock, newId }: Pick<KiosksServices, 'clock' | 'newId'>,
  { identity, requestId }: { readonly identity: Identity | undefined; readonly requestId: string },
): Occasion {
  return { actor: identity ? actorOf(identity) : 'system', requestId, nowMs: clock(), newId }
}
