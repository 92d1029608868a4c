import type { VenueId } from '../../maps/model/index.ts'
import type { Database } from '../database/index.ts'
import type { Identity } from '../http/index.ts'
import { actorOf } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { Ways } from '../venues/index.ts'
import type { CandidateHandles } from './cars/candidate-handles.ts'
import type { ParkingMaps } from './lots/parking-maps.ts'
import type { DemoPayments } from './payment/demo-payments.ts'
import type { PaymentProvider } from './payment/payment-port.ts'
import type { PlateVault } from './plates/index.ts'

/** What the routes of parking work with. */
export interface ParkingServices {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly vault: PlateVault
  readonly handles: CandidateHandles
  readonly maps: ParkingMaps
  /** The way-finding of a venue as it is now; undefined without a published map. */
  readonly waysOf: (venueId: VenueId) => Ways | undefined
  /** Undefined: WeChat Pay is not set up. */
  readonly weChatPay: PaymentProvider | undefined
  /** Payments that are pretended, in a venue where they may be; undefined in all others. */
  readonly demoOf: (venueId: VenueId) => DemoPayments | undefined
  /** A shopper's id at WeChat, once they signed in with it. */
  readonly payerOf: (visitorId: string) => Promise<string | undefined>
  readonly mayLocate: (visitorId: string) => boolean | Promise<boolean>
  /** Counts what became of notices. */
  readonly onNotice: (outcome: string) => void
}

/** Who asks, as far as an {@link Occasion} needs it. */
export interface Asker {
  readonly identity: Identity | undefined
  readonly requestId: string
}

export function occasionOf({ clock, newId }: ParkingServices, { identity, requestId }: Asker): Occasion {
  return { actor: identity ? actorOf(identity) : 'system', requestId, nowMs: clock(), newId }
}

/** The provider of a method, if it is set up for a venue. */
export function providerOf(
  { weChatPay, demoOf }: ParkingServices,
  { method, venueId }: { readonly method: PaymentProvider['method']; readonly venueId: VenueId },
): PaymentProvider | undefined {
  return method === 'wechat' ? weChatPay : demoOf(venueId)
}

/** True for a shopper: their own things and nobody else's. */
export function isShopper({ kind }: Identity): boolean {
  return kind === 'visitor'
}

/** The ticket a handle stands for, for who searched. */
export function ticketOfHandle(
  { handles, clock }: ParkingServices,
  identity: Identity,
  { venueId, candidate }: { readonly venueId: VenueId; readonly candidate: string },
): string | undefined {
  return handles.take(candidate, { venueId, caller: actorOf(identity), nowMs: clock() })
}
