import { createClient } from '../../../server/contract/client.ts'
import { beaconsContract } from '../../../server/contract/beacons.contract.ts'
import { venuesContract } from '../../../server/contract/venues.contract.ts'
import { visitorsContract } from '../../../server/contract/visitors.contract.ts'
import { simulatedVenue } from './simulated-venue.ts'
import type { WalkableVenue } from './simulated-venue.ts'

/**
 * The venue the phone looks at, to walk through: the first one, or the one by this id.
 * @returns undefined when there is none, or none with a radio map
 */
export async function fetchVenue(venueId: string | undefined): Promise<WalkableVenue | undefined> {
  let token: string | undefined
  const client = createClient({ baseUrl: '', fetch: (url, init) => fetch(url, init), token: () => token })
  const visitor = await client.call(visitorsContract.createVisitor, {})
  if (visitor.ok) ({ token } = visitor.body)
  const venues = await client.call(venuesContract.listVenues, {})
  if (!venues.ok) return undefined
  const venue = venues.body.find(({ id }) => id === venueId) ?? venues.body[0]
  if (!venue) return undefined
  const radio = await client.call(beaconsContract.readRadioMap, { params: { venueId: venue.id } })
  if (!radio.ok) return undefined
  const authorization = `Bearer ${token ?? ''}`
  const [tables, map] = await Promise.all([
    fetch(venue.routeTables.url).then((response) => response.text()),
    fetch(radio.body.url, { headers: { authorization } }).then((response) => response.arrayBuffer()),
  ])
  return simulatedVenue(tables, new Uint8Array(map))
}
