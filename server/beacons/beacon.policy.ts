import type { Identity } from '../http/index.ts'

/** What an installer finds out on the ladder or sets in the beacon; everything else of it is the operator's. */
const installersFields: ReadonlySet<string> = new Set([
  'revision',
  'state',
  'place',
  'mount',
  'mountHeightM',
  'battery',
  'hardware',
  'measuredPowerDbm',
  'txPowerDbm',
  'intervalMs',
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
