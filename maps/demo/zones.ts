import type { GeofenceFeature, Labels, SectionFeature } from '../model/index.ts'
import type { BuiltLevel } from './building.ts'
import type { Ids } from './ids.ts'
import { noded } from './noded.ts'
import { box } from './shapes.ts'
import type { Lie } from './site.ts'
import { sitePolygon } from './site.ts'

interface Zone {
  readonly levels: readonly string[]
  readonly category: string
  readonly name: Labels
  readonly sides: readonly [left: number, bottom: number, right: number, top: number]
}

const everyShoppingLevel = ['F1', 'F2', 'F3', 'F4', 'F5']

/** Parts of a level as people speak of them. */
const sections: readonly Zone[] = [
  {
    levels: everyShoppingLevel,
    category: 'retail',
    name: { zh: '南区', en: 'South' },
    sides: [40, 0, 180, 36],
  },
  {
    levels: everyShoppingLevel,
    category: 'retail',
    name: { zh: '北区', en: 'North' },
    sides: [40, 114, 180, 150],
  },
  {
    levels: ['F1'],
    category: 'exhibit',
    name: { zh: '中庭展区', en: 'Atrium stage' },
    sides: [84, 66, 104, 84],
  },
  {
    levels: ['F4'],
    category: 'recreation',
    name: { zh: '亲子区', en: 'Family corner' },
    sides: [0, 9, 52, 114],
  },
  {
    levels: ['F5'],
    category: 'eatingdrinking',
    name: { zh: '食集', en: 'Food walk' },
    sides: [49, 33, 171, 117],
  },
  {
    levels: ['B1'],
    category: 'parking.ev',
    name: { zh: '充电区', en: 'EV charging' },
    sides: [67, 130.3, 96, 135.6],
  },
  { levels: ['B1'], category: 'retail', name: { zh: '集市', en: 'Market' }, sides: [60, 36, 116, 69.2] },
]

/** Areas in which something is said or counted. */
const geofences: readonly Zone[] = [
  {
    levels: ['F1'],
    category: 'geofence',
    name: { zh: '中庭活动区', en: 'Atrium events' },
    sides: [80, 60, 116, 90],
  },
  {
    levels: ['F1'],
    category: 'geofence',
    name: { zh: '南门广场', en: 'South gate' },
    sides: [100, 1, 120, 24],
  },
  {
    levels: ['B1', 'B2'],
    category: 'geofence',
    name: { zh: '停车场', en: 'Car park' },
    sides: [60, 69.2, 160, 136],
  },
]

const levelRest = { restriction: null, accessibility: null, display_point: null, alt_name: null } as const

/** The sections of one level. */
export function sectionsOn(ids: Ids, level: BuiltLevel): SectionFeature[] {
  return sections
    .filter(({ levels }) => levels.includes(level.key))
    .map((zone) => ({
      id: ids.other(),
      type: 'Feature',
      feature_type: 'section',
      geometry: zonePolygon(zone, level.lie),
      properties: {
        ...levelRest,
        category: zone.category,
        name: zone.name,
        level_id: level.feature.id,
        address_id: null,
        correlation_id: null,
        parents: null,
      },
    }))
}

/** The geofences of the mall. */
export function geofencesOf(ids: Ids, levels: readonly BuiltLevel[]): GeofenceFeature[] {
  return geofences.map((zone) => {
    const on = levels.filter(({ key }) => zone.levels.includes(key))
    return {
      id: ids.other(),
      type: 'Feature',
      feature_type: 'geofence',
      geometry: zonePolygon(zone, on[0]!.lie),
      properties: {
        category: zone.category,
        restriction: null,
        name: zone.name,
        alt_name: null,
        correlation_id: null,
        display_point: null,
        building_ids: null,
        level_ids: on.map(({ feature }) => feature.id),
        parents: null,
      },
    }
  })
}

const stepM = 10

/** The zone's box with corners often enough along it to follow the bend. */
function zonePolygon({ sides }: Zone, lie: Lie): SectionFeature['geometry'] {
  const [left, bottom, right, top] = sides
  const along = []
  for (let x = left + stepM; x < right; x += stepM) along.push({ x, y: bottom }, { x, y: top })
  return sitePolygon(noded([box(...sides)], along), lie)
}
