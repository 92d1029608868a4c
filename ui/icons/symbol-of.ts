import type { Destination } from '../../maps/model/index.ts'
import { symbolKindOf } from '../../maps/render/drawn-kind.ts'
import type { SymbolName } from './symbols.ts'

/** The symbol of a place on map and list. */
export function symbolOf(destination: Destination): SymbolName {
  if (destination.kind === 'bay') return 'parking'
  return destination.shopCategory ?? symbolKindOf(destination) ?? 'information'
}
