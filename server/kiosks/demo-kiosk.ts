import { createHmac } from 'node:crypto'
import type { EntityManager } from 'typeorm'
import type { Destination } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { kioskDeviceEntity, tokenHash } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import type { PublishedMap } from '../venues/index.ts'
import { findKiosk } from './find-kiosks.ts'
import type { FoundKiosk } from './find-kiosks.ts'
import { makeKiosk } from './pairing.command.ts'

/** A request as far as it says whether it comes from a browser on this machine. */
export interface Caller {
  readonly address: string
  readonly header: (name: string) => string
}

/**
 * True for a browser on the machine of the server that asked for it by that machine's own name: not through a proxy,
 * and not from a page elsewhere whose name was made to point here.
 */
export function isOnThisMachine({ address, header }: Caller): boolean {
  const isForwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => header(name) !== '')
  const isLocal = /^(?:127\.|::1$|::ffff:127\.)/.test(address)
  const isOwnName = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i.test(header('host'))
  const origin = header('origin')
  const isOwnPage = origin === '' || origin === `http://${header('host')}`
  return isLocal && isOwnName && isOwnPage && !isForwarded
}

/** The token of the demonstration's kiosk: always the same on one machine, so that every tab may have it. */
export function demoToken(secret: Uint8Array): string {
  return `atr_k_${createHmac('sha256', secret).update('atrium demo kiosk').digest('base64url')}`
}

/**
 * The kiosk of the demonstration, made when it is first asked for. Revoked it stays away.
 * @returns the kiosk, or a refusal: demo-off
 */
export async function demoKiosk(
  manager: EntityManager,
  occasion: Occasion,
  { map, token }: { readonly map: PublishedMap; readonly token: string },
): Promise<FoundKiosk | Refusal<'demo-off'>> {
  const { venueId } = map
  // Two tabs may ask at once.
  await manager.query('SELECT 1 FROM venue WHERE venue_id = $1 FOR NO KEY UPDATE', [venueId])
  const device = await manager.findOneBy(kioskDeviceEntity, { venueId, tokenHash: tokenHash(token) })
  if (device) {
    const found = await findKiosk(manager, { venueId, kioskId: device.deviceId })
    return found ?? { refused: 'demo-off', detail: 'The kiosk of the demonstration was revoked.' }
  }
  const place = standOf(map)
  if (!place) return { refused: 'demo-off' }
  const { levelId, x, y } = place
  const wish = { venueId, name: '示例大屏', levelId, x, y, headingDeg: 0, orientation: 'portrait' } as const
  const made = await makeKiosk(manager, occasion, wish, token)
  return 'refused' in made ? { refused: 'demo-off' } : made
}

/** Where a first screen would stand: at the information desk of the ground level, or at an entrance. */
function standOf({ destinations, levels }: PublishedMap): Destination | undefined {
  const ground = levels.find(({ ordinal }) => ordinal === 0)?.id
  const here = destinations.filter(({ levelId }) => levelId === ground)
  return (
    here.find(({ category }) => /^(?:information|guestservices)/.test(category)) ??
    here.find(({ kind }) => kind === 'entrance') ??
    here[0]
  )
}
