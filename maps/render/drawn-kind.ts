import type { Destination, UnitFeature } from '../model/index.ts'
import type { DrawnKind, SymbolKind } from './level-map.ts'

/** Heads of IMDF unit categories by what they are drawn as; a unit nobody names is an empty shop. */
const kindByCategory: Readonly<Record<string, DrawnKind>> = {
  walkway: 'floor',
  footbridge: 'floor',
  movingwalkway: 'floor',
  lobby: 'floor',
  foodcourt: 'floor',
  road: 'floor',
  platform: 'floor',
  unenclosedarea: 'floor',
  parking: 'floor',
  opentobelow: 'void',
  nonpublic: 'aux',
  storage: 'aux',
  serverroom: 'aux',
  mailroom: 'aux',
  laundryroom: 'aux',
  kitchen: 'aux',
  office: 'aux',
  structure: 'aux',
  column: 'aux',
  brick: 'aux',
  concrete: 'aux',
  drywall: 'aux',
  glass: 'aux',
  wood: 'aux',
  lounge: 'rest',
  waitingroom: 'rest',
  terrace: 'rest',
  vegetation: 'rest',
  fieldofplay: 'rest',
  recreation: 'rest',
  elevator: 'lift',
  escalator: 'escalator',
  stairs: 'stairs',
  steps: 'stairs',
  ramp: 'stairs',
  restroom: 'toilet',
  shower: 'toilet',
  mothersroom: 'toilet',
}

/**
 * How a unit is drawn: a shop or a bay when a destination of that kind is in it, otherwise by its
 * category. Back rooms that carry a restriction are `closed`, a room without an occupant is `vacant`.
 */
export function drawnKindOf(unit: UnitFeature, destinations: readonly Destination[]): DrawnKind {
  if (destinations.some(({ kind }) => kind === 'shop')) return 'shop'
  if (destinations.some(({ kind }) => kind === 'bay')) return 'bay'
  const { category, restriction } = unit.properties
  const kind = kindByCategory[headOf(category)] ?? 'vacant'
  return kind === 'aux' && restriction ? 'closed' : kind
}

/** Heads of IMDF amenity (and unit) categories by their symbol. */
const symbolByCategory: Readonly<Record<string, SymbolKind>> = {
  elevator: 'lift',
  escalator: 'escalator',
  stairs: 'stairs',
  restroom: 'toilet',
  mothersroom: 'nursing',
  babychanging: 'nursing',
  information: 'information',
  guestservices: 'information',
  atm: 'atm',
  powerchargingstation: 'charging',
  firstaid: 'aid',
  defibrillator: 'aid',
  drinkingfountain: 'water',
  parking: 'parking',
}

/** The symbol of an amenity, desk or entrance; undefined for what a map leaves to search (benches, bins). */
export function symbolKindOf(destination: Destination): SymbolKind | undefined {
  if (destination.kind === 'entrance') return 'entrance'
  if (destination.kind !== 'amenity' && destination.kind !== 'service') return undefined
  return symbolByCategory[headOf(destination.category)]
}

function headOf(category: string): string {
  return category.toLowerCase().split('.')[0] ?? ''
}
