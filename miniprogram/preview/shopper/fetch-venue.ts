import { createClient } from '../../../server/contract/client.ts'
import { beaconsContract } from '../../../server/contract/beacons.contract.ts'
import type { ResponseOf } from '../../../server/contract/endpoint.ts'
import { venuesContract } from '../../../server/contract/venues.contract.ts'
import { visitorsContract } from '../../../server/contract/visitors.contract.ts'
import { simulatedVenue } from './simulated-venue.ts'
import type { WalkableVenue } from './simulated-venue.ts'

export type VenueEntry = ResponseOf<typeof venuesContract.listVenues>[number]

let token: string | undefined
const client = createClient({ baseUrl: '', fetch: (url, init) => fetch(url, init), token: () => token })

/** The malls the server has. @throws when it does not answer */
export async function fetchVenues(): Promise<readonly VenueEntry[]> {
  const venues = await client.call(venuesContract.listVenues, {})
  return venues.ok ? venues.body : []
}

/**
 * A mall to walk through.
 * @returns undefined when it has no radio map
 * @throws when the server does not answer
 */
export async function fetchVenue(venue: VenueEntry): Promise<WalkableVenue | undefined> {
  if (token === undefined) {
    const visitor = await client.call(visitorsContract.createVisitor, {})
    if (visitor.ok) ({ token } = visitor.body)
  }
  const radio = await client.call(beaconsContract.readRadioMap, { params: { venueId: venue.id } })
  if (!radio.ok) return undefined
  const authorization = `Bearer ${token ?? ''}`
  const [tables, map] = await Promise.all([
    fetch(venue.routeTables.url).then((response) => response.text()),
    fetch(radio.body.url, { headers: { authorization } }).then((response) => response.arrayBuffer()),
  ])
  return simulatedVenue(tables, new Uint8Array(map))
}
