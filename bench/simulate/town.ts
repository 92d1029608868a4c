import type { Destination, VenueId } from '../../maps/model/index.ts'
import type { SimulatedVenue } from '../../positioning/simulate/index.ts'
import type { Router } from '../../maps/routes/offline.ts'
import { simulatedVenue } from '../../miniprogram/preview/shopper/simulated-venue.ts'
import {
  beaconsContract,
  createClient,
  venuesContract,
  visitorsContract,
} from '../../server/contract/index.ts'
import type { Town } from './plan.ts'
import { granted } from './granted.ts'

/** A venue as those who live in it meet it: where things are, and what the radio does between them. */
export interface OpenTown {
  readonly venueId: VenueId
  readonly town: Town
  readonly destinations: ReadonlyMap<string, Destination>
  readonly router: Router
  /** With the beacons as the registry has them, none where the radio map is a survey alone; see `withFaults`. */
  readonly air: SimulatedVenue
}

/**
 * Opens a published venue by what any phone may ask for: its directory, its route tables and its radio map.
 * @param venueId the first venue unless given
 * @throws Error when the server has no such venue
 */
export async function openTown(serverUrl: string, venueId?: string): Promise<OpenTown> {
  const held: { token?: string } = {}
  const client = createClient({ baseUrl: serverUrl, fetch, token: () => held.token })
  held.token = granted(await client.call(visitorsContract.createVisitor, {})).token
  const venues = granted(await client.call(venuesContract.listVenues, {}))
  const venue = venueId === undefined ? venues[0] : venues.find(({ id }) => id === venueId)
  if (!venue) throw new Error(`the server has no venue ${venueId ?? 'at all'}`)
  const params = { venueId: venue.id }
  const { destinations } = granted(await client.call(venuesContract.readDirectory, { params }))
  const radio = granted(await client.call(beaconsContract.readRadioMap, { params }))
  const [tables, map] = await Promise.all([
    fetch(serverUrl + venue.routeTables.url).then((response) => response.text()),
    fetch(serverUrl + radio.url, { headers: { authorization: `Bearer ${held.token}` } }).then((response) =>
      response.arrayBuffer(),
    ),
  ])
  const { simulated, router } = simulatedVenue(tables, new Uint8Array(map))
  return {
    venueId: venue.id,
    town: townOf(destinations),
    destinations: new Map(destinations.map((one) => [one.id, one])),
    router,
    air: simulated,
  }
}

/** What decides where people go, in the order of the ids: that of the directory may change. */
function townOf(destinations: readonly Destination[]): Town {
  const sorted = [...destinations].sort((a, b) => (a.id < b.id ? -1 : 1))
  const idsOf = (isWanted: (one: Destination) => boolean) => sorted.filter(isWanted).map(({ id }) => id)
  return {
    shops: idsOf(({ kind }) => kind === 'shop'),
    food: idsOf(({ kind, shopCategory }) => kind === 'shop' && shopCategory === 'food'),
    bays: idsOf(({ kind }) => kind === 'bay'),
    entrances: idsOf(({ kind }) => kind === 'entrance'),
  }
}

/** What a guidance system calls a bay: the unit it is. */
export function bayNameOf({ destinations }: Pick<OpenTown, 'destinations'>, id: string): string {
  return destinations.get(id)?.unitIds[0] ?? id
}
