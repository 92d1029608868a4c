import bank from '@mapbox/maki/icons/bank.svg?raw'
import car from '@mapbox/maki/icons/car.svg?raw'
import charging from '@mapbox/maki/icons/charging-station.svg?raw'
import clothing from '@mapbox/maki/icons/clothing-store.svg?raw'
import defibrillator from '@mapbox/maki/icons/defibrillator.svg?raw'
import elevator from '@mapbox/maki/icons/elevator.svg?raw'
import entrance from '@mapbox/maki/icons/entrance-alt1.svg?raw'
import gaming from '@mapbox/maki/icons/gaming.svg?raw'
import grocery from '@mapbox/maki/icons/grocery.svg?raw'
import hairdresser from '@mapbox/maki/icons/hairdresser.svg?raw'
import information from '@mapbox/maki/icons/information.svg?raw'
import jewelry from '@mapbox/maki/icons/jewelry-store.svg?raw'
import mobile from '@mapbox/maki/icons/mobile-phone.svg?raw'
import parking from '@mapbox/maki/icons/parking.svg?raw'
import playground from '@mapbox/maki/icons/playground.svg?raw'
import restaurant from '@mapbox/maki/icons/restaurant.svg?raw'
import shoe from '@mapbox/maki/icons/shoe.svg?raw'
import suitcase from '@mapbox/maki/icons/suitcase.svg?raw'
import toilet from '@mapbox/maki/icons/toilet.svg?raw'
import water from '@mapbox/maki/icons/drinking-water.svg?raw'
import type { ShopCategory } from '../../maps/model/index.ts'
import type { SymbolKind } from '../../maps/render/level-map.ts'

export type SymbolName = ShopCategory | SymbolKind

/** Side of the square that every symbol is drawn in. */
export const symbolGrid = 15

/**
 * Path data of the map's symbols: Maki (CC0), and three of our own in its grid, which has no escalator,
 * stairs or nursing room. Paths rather than pictures, so that canvas and page draw them in any colour.
 */
export const symbolPaths: Readonly<Record<SymbolName | 'car', string>> = {
  food: pathOf(restaurant),
  fashion: pathOf(clothing),
  kids: pathOf(playground),
  beauty: pathOf(hairdresser),
  jewel: pathOf(jewelry),
  sport: pathOf(shoe),
  digital: pathOf(mobile),
  life: pathOf(grocery),
  fun: pathOf(gaming),
  service: pathOf(suitcase),
  lift: pathOf(elevator),
  toilet: pathOf(toilet),
  escalator:
    'M4.1 1.7a1.6 1.6 0 1 1 0 3.2a1.6 1.6 0 0 1 0-3.2ZM1.4 10.6H4.3L9.7 4.4H13.6V6.7H10.7L5.3 12.9H1.4Z',
  information: pathOf(information),
  stairs: 'M1 13.5V10.7H4.3V7.9H7.6V5.1H10.9V2.3H14V13.5Z',
  nursing:
    'M6.2 .8h2.6v1.3h1.1v1.8H5.1V2.1h1.1ZM5.2 4.6h4.6v1.3c1 .5 1.5 1.2 1.5 2.2v4.5c0 1-.7 1.7-1.7 1.7H5.4c-1 0-1.7-.7-1.7-1.7V8.1c0-1 .5-1.7 1.5-2.2ZM5.2 8.3v1h2.4v-1ZM5.2 10.6v1h2.4v-1Z',
  entrance: pathOf(entrance),
  atm: pathOf(bank),
  charging: pathOf(charging),
  aid: pathOf(defibrillator),
  water: pathOf(water),
  parking: pathOf(parking),
  car: pathOf(car),
}

/** The path data of all paths in an SVG document as one. */
function pathOf(svg: string): string {
  return [...svg.matchAll(/ d="([^"]+)"/g)].map(([, d = '']) => d.replace(/&#x[9A];/g, ' ')).join('')
}
