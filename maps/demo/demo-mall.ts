import type {
  AddressFeature,
  Archive,
  BuildingFeature,
  FeatureId,
  FootprintFeature,
  VenueFeature,
} from '../model/index.ts'
import { amenitiesOf } from './amenities.ts'
import { beaconsOf } from './beacons.ts'
import { buildLevel } from './building.ts'
import type { BuiltLevel } from './building.ts'
import { connectionsOf } from './connections.ts'
import { drawLevel } from './drawn-level.ts'
import { fixturesOn, kiosksOn } from './furniture.ts'
import { createIds } from './ids.ts'
import type { Ids } from './ids.ts'
import { plannedLevels } from './levels.ts'
import { seededRandom } from './random.ts'
import { createLetter } from './tenants.ts'
import { geofencesOf, sectionsOn } from './zones.ts'

/** Decides everything that is left to chance; another number is another mall of the same kind. */
const seed = 20

const mallName = { zh: '云汀里', en: 'Yunting Place' } as const
const mallHours = 'Mo-Th 10:00-22:00; Fr-Su 10:00-22:30'

/**
 * A shopping mall that does not exist, as an IMDF archive: five shopping levels round an atrium, two
 * parking levels below, with shops, doors, lifts, escalators, toilets, kiosks and beacons. It is what a
 * fresh installation shows, and what tests walk through. The same archive every time.
 *
 * Ours beyond the standard: `headingDeg` of a kiosk (see `kiosksOn`) and the extension `beacon`
 * (see `beaconsOf`).
 */
export function demoMall(): Archive {
  const random = seededRandom(seed)
  const ids = createIds(seededRandom(seed + 1))
  const letRooms = createLetter(random)
  const [address, building] = [addressFeature(ids), ids.other()]
  const levels = plannedLevels(random).map((plan) => {
    const drawn = drawLevel(random, plan)
    const shops = drawn.rooms.filter(({ room }) => room.is.use === 'shop').map(({ ring }) => ring)
    return buildLevel(drawn, { ids, buildingId: building, tenants: letRooms(plan.key, shops) })
  })
  const screens = levels.map((level) => kiosksOn(ids, level))
  const ground = levels.find(({ ordinal }) => ordinal === 0)!
  return {
    manifest: {
      version: '1.0.0',
      created: '2026-01-01T00:00:00.000Z',
      language: 'zh',
      generated_by: 'Atrium demo mall',
      extensions: ['beacon'],
    },
    features: {
      address: [address],
      venue: [venueFeature(ids, address, ground)],
      building: [buildingFeature(building, address)],
      footprint: footprints(ids, building, levels),
      level: levels.map(({ feature }) => feature),
      unit: levels.flatMap(({ rooms, walkways }) => [...walkways, ...rooms].map(({ unit }) => unit)),
      section: levels.flatMap((level) => sectionsOn(ids, level)),
      fixture: levels.flatMap((level) => fixturesOn(ids, level)),
      detail: [],
      opening: levels.flatMap(({ openings }) => openings),
      kiosk: screens.flatMap(({ kiosks }) => kiosks),
      amenity: levels.flatMap((level) => amenitiesOf(ids, level)),
      anchor: [...levels, ...screens].flatMap(({ anchors }) => anchors),
      occupant: levels.flatMap(({ occupants }) => occupants),
      geofence: geofencesOf(ids, levels),
      relationship: connectionsOf(ids, levels),
    },
    extensions: { beacon: beaconsOf(random, levels) },
  }
}

function addressFeature(ids: Ids): AddressFeature {
  return {
    id: ids.other(),
    type: 'Feature',
    feature_type: 'address',
    geometry: null,
    properties: {
      address: '云汀路 1 号',
      unit: null,
      locality: '杭州',
      province: 'CN-ZJ',
      country: 'CN',
      postal_code: null,
    },
  }
}

function venueFeature(ids: Ids, address: AddressFeature, ground: BuiltLevel): VenueFeature {
  return {
    id: ids.venue(),
    type: 'Feature',
    feature_type: 'venue',
    geometry: ground.feature.geometry,
    properties: {
      category: 'shoppingcenter',
      restriction: null,
      name: mallName,
      alt_name: null,
      hours: mallHours,
      phone: null,
      website: null,
      display_point: null,
      address_id: address.id,
    },
  }
}

function buildingFeature(id: FeatureId, address: AddressFeature): BuildingFeature {
  return {
    id,
    type: 'Feature',
    feature_type: 'building',
    geometry: null,
    properties: {
      category: 'unspecified',
      restriction: null,
      name: mallName,
      alt_name: null,
      display_point: null,
      address_id: address.id,
    },
  }
}

/** What the building covers above and below the ground. */
function footprints(ids: Ids, building: FeatureId, levels: readonly BuiltLevel[]): FootprintFeature[] {
  return (['ground', 'subterranean'] as const).map((category) => {
    const level = levels.find(({ ordinal }) => ordinal === (category === 'ground' ? 0 : -1))!
    return {
      id: ids.other(),
      type: 'Feature',
      feature_type: 'footprint',
      geometry: level.feature.geometry,
      properties: { category, name: null, building_ids: [building] },
    }
  })
}
