import type { Destination } from '../../../maps/model/index.ts'
import { nameIn } from '../../../maps/render/name-in.ts'
import type { Language } from './messages.ts'

/** A place as a row of a list shows it. */
export interface PlaceRow {
  readonly id: string
  readonly name: string
  /** Its first character, on the tint of its category. */
  readonly initial: string
  readonly tint: string
  readonly meta: string
}

/** @param meta second line: where it is, how far */
export function placeRow(destination: Destination, language: Language, meta: string): PlaceRow {
  const name = nameIn(destination.name, language)
  const [initial = ''] = name
  return {
    id: destination.id,
    name,
    initial: initial.toUpperCase(),
    tint: destination.shopCategory ?? 'service',
    meta,
  }
}
