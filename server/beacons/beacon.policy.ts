import type { Identity } from '../http/index.ts'

/** What an installer finds out on the ladder; everything else of a beacon is the operator's. */
const installersFields: ReadonlySet<string> = new Set([
  'revision',
  'state',
  'place',
  'mount',
  'mountHeightM',
  'battery',
])

/** The refusal of an installer who changes what is not theirs; undefined when all is well. */
export function mayChangeFields(
  { roles }: Pick<Identity, 'roles'>,
  change: Readonly<Record<string, unknown>>,
): { readonly refused: 'forbidden'; readonly detail: string } | undefined {
  if (roles.includes('operator')) return undefined
  const others = Object.keys(change).filter((field) => !installersFields.has(field))
  if (others.length === 0) return undefined
  return { refused: 'forbidden', detail: `Only an operator changes ${others.join(', ')}.` }
}
