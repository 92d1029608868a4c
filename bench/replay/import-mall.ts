import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { writeImdf } from '../../maps/imdf/index.ts'
import type { VenueId } from '../../maps/model/index.ts'
import { beaconsContract, venuesContract } from '../../server/contract/index.ts'
import type { Client } from '../../server/contract/index.ts'
import type { RealCase } from '../../server/presence/testing/real-walks.ts'
import { granted } from '../simulate/granted.ts'

/**
 * Publishes a recorded mall through the API as an operator does: its map with geofences around some shops, the places of
 * its beacons as the survey tells them, and the surveyed radio map. What is there already stays as it is.
 * @throws Error when the server refuses any of it
 */
export async function importMall(operator: Client, mall: RealCase): Promise<VenueId> {
  const zip = new ZipFile()
  for (const [name, text] of Object.entries(writeImdf(mall.archive))) zip.addBuffer(Buffer.from(text), name)
  zip.end()
  const body = new Uint8Array(await buffer(zip.outputStream))
  const imported = await operator.call(venuesContract.importVenue, { query: { publish: true }, body })
  const { venueId } = granted(imported)
  const table = new TextEncoder().encode(beaconTable(mall))
  const beacons = await operator.call(beaconsContract.importBeacons, {
    params: { venueId },
    query: { apply: true },
    body: table,
  })
  const { applied, faults } = granted(beacons)
  if (!applied) throw new Error(`the beacons were not registered: ${JSON.stringify(faults.slice(0, 3))}`)
  const map = { params: { venueId }, query: { notes: 'replay' }, body: mall.radioMap }
  granted(await operator.call(beaconsContract.uploadRadioMap, map))
  await inForce(operator, venueId)
  return venueId
}

/** Nodes hear of a radio map a moment after it was taken in. @throws Error when they have not within half a minute */
async function inForce(operator: Client, venueId: VenueId): Promise<void> {
  for (const untilMs = performance.now() + 30_000; performance.now() < untilMs;) {
    const answer = await operator.call(beaconsContract.readRadioMap, { params: { venueId } })
    if (answer.ok && answer.body.source === 'survey') return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the surveyed radio map did not come into force')
}

function beaconTable({ placements }: RealCase): string {
  const rows = placements.map(({ id, level, x, y, powerDbm }) => {
    const power = Math.round(Math.min(-20, powerDbm))
    return [...id.split('/'), 'verified', level, x.toFixed(2), y.toFixed(2), power].join(',')
  })
  return ['uuid,major,minor,state,level,x_m,y_m,measured_power_dbm', ...rows].join('\n')
}
