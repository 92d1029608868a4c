import { io } from 'socket.io-client'
import type { Socket } from 'socket.io-client'
import { createClient, liveNamespaces } from '../../contract/index.ts'
import { visitorsContract } from '../../contract/visitors.contract.ts'
import type { PlacedBeacon } from '../../beacons/index.ts'
import type { VenueId } from '../../../maps/model/index.ts'

/** What `bench-server.ts` tells when it is ready. */
export interface BenchServer {
  readonly address: string
  readonly venueId: VenueId
  readonly beacons: readonly PlacedBeacon[]
  /** Token of an operator. */
  readonly operator: string
}

/** A new visitor who has agreed to these purposes, connected by a socket of their own. */
export async function newVisitor(
  address: string,
  purposes: readonly ('location' | 'marketing' | 'profile')[],
): Promise<{ readonly visitorId: string; readonly socket: Socket }> {
  const holder: { token?: string } = {}
  const client = createClient({ baseUrl: address, fetch, token: () => holder.token })
  const made = await client.call(visitorsContract.createVisitor, {})
  if (!made.ok) throw new Error(`no visitor was made: ${JSON.stringify(made)}`)
  const { visitorId, token } = made.body
  holder.token = token
  const texts = await client.call(visitorsContract.listConsentTexts, {})
  for (const purpose of purposes) {
    const textVersion = texts.ok ? texts.body.find((one) => one.purpose === purpose)?.version : undefined
    const agreed = await client.call(visitorsContract.changeConsent, {
      params: { purpose },
      body: { granted: true, textVersion: textVersion ?? '', way: 'mini-program' },
    })
    if (!agreed.ok) throw new Error(`the consent was not taken: ${JSON.stringify(agreed)}`)
  }
  const socket = io(address + liveNamespaces.shopper, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token },
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return { visitorId, socket }
}
