import { placeGuards, takePlaceStatement } from '../take-place.ts'

/** Each guard's place taken by what is always true; a parameter keeps its type. */
const always: Readonly<Record<keyof typeof placeGuards, string>> = {
  perVisitor: '$8::integer IS NOT NULL',
  oneHeld: 'true',
  coolDown: '$9::timestamptz IS NOT NULL',
  version: 'true',
  live: 'true',
  total: 'true',
  perDay: 'true',
  budget: 'true',
}

/** The statement that takes a place, as it would be if somebody forgot these conditions. */
export function statementWithout(...names: readonly (keyof typeof placeGuards)[]): string {
  const guards: Record<keyof typeof placeGuards, string> = { ...placeGuards }
  for (const name of names) guards[name] = always[name]
  return takePlaceStatement(guards)
}
