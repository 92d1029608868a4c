/** The part of JSON Schema the contract's document uses. */
export interface SchemaOfDocument {
  readonly $ref?: string
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null'
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly SchemaOfDocument[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly minItems?: number
  readonly items?: SchemaOfDocument
  readonly prefixItems?: readonly SchemaOfDocument[]
  readonly properties?: Readonly<Record<string, SchemaOfDocument>>
  readonly required?: readonly string[]
}

/** Texts one of which fits each pattern of the contract; a new kind of pattern may need another. */
const texts = ['abcd', '0123456789abcdef', '00000000-0000-7000-8000-000000000000', '1']

/**
 * A value that fits a schema well enough to come past validation; required members only.
 * @param components schemas by name, for references
 */
export function sampleOf(
  schema: SchemaOfDocument,
  components: Readonly<Record<string, SchemaOfDocument>>,
): unknown {
  const inner = (one: SchemaOfDocument | undefined) => sampleOf(one ?? {}, components)
  if (schema.$ref !== undefined) return inner(components[schema.$ref.split('/').at(-1) ?? ''])
  if ('const' in schema) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return inner(schema.anyOf[0])
  switch (schema.type) {
    case 'string':
      return sampleText(schema)
    case 'integer':
    case 'number':
      return Math.max(0, schema.minimum ?? 0)
    case 'boolean':
      return false
    case 'array':
      if (schema.prefixItems) return schema.prefixItems.map(inner)
      return Array.from({ length: schema.minItems ?? 0 }, () => inner(schema.items))
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, inner(schema.properties?.[name])]),
      )
    case 'null':
      return null
    case undefined:
      return 'abcd'
  }
}

function sampleText({ pattern, minLength = 0 }: SchemaOfDocument): string {
  const fits = texts.map((text) => text.padEnd(minLength, 'x'))
  return fits.find((text) => pattern === undefined || new RegExp(pattern, 'u').test(text)) ?? 'abcd'
}
