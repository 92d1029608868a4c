import type { VenueId } from '../../maps/model/index.ts'
import type { Role } from '../contract/endpoint.ts'
import type { LiveNamespace } from '../contract/realtime.contract.ts'
import { mayActIn, mayCall } from '../http/index.ts'
import type { Identity } from '../http/index.ts'

/** Who may come into a namespace. */
const roles: Readonly<Record<LiveNamespace, readonly Role[]>> = {
  shopper: ['shopper'],
  kiosk: ['kiosk'],
  staff: ['staff', 'operator'],
  console: ['operator'],
}

/** Which kinds of streams a namespace gives. */
const kinds: Readonly<Record<LiveNamespace, readonly string[]>> = {
  shopper: ['visitor', 'mall'],
  kiosk: ['floor', 'kiosk'],
  staff: ['floor', 'shop'],
  console: ['floor', 'shop', 'console'],
}

/** True when an identity may connect to a namespace at all. */
export function mayEnter(identity: Identity, namespace: LiveNamespace): boolean {
  return mayCall(identity, roles[namespace])
}

/**
 * True when an identity that came in through a namespace may follow a stream: a shopper and a kiosk what is
 * their own, a shopper any mall, everyone else those of their venues.
 * @param stream a name that fits `streamName` of the contract
 */
export function mayFollow(identity: Identity, namespace: LiveNamespace, stream: string): boolean {
  const [kind = '', owner = ''] = stream.split(':')
  if (!mayEnter(identity, namespace) || !kinds[namespace].includes(kind)) return false
  if (kind === 'mall') return true
  return kind === 'visitor' || kind === 'kiosk' ? identity.id === owner : mayActIn(identity, owner as VenueId)
}
