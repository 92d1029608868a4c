import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue

/**
 * What is wrong with a value in words a person can act on: what was expected and what came. For every schema that
 * has no words of its own, in place of zod's, which name patterns and internal types.
 * @returns one sentence without a full stop, never empty
 */
export function inPlainWords(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `Expected ${typeWords[issue.expected] ?? 'a value'}, got nothing`
        : `Expected ${typeWords[issue.expected] ?? 'another kind of value'}, got ${kindOf(issue.input)}`
    case 'too_small':
      return issue.inclusive === false && isCount(issue.origin) === undefined
        ? `Expected more than ${issue.minimum}`
        : `Expected at least ${issue.minimum}${isCount(issue.origin) ?? ''}${sizeOf(issue)}`
    case 'too_big':
      return issue.inclusive === false && isCount(issue.origin) === undefined
        ? `Expected less than ${issue.maximum}`
        : `Expected at most ${issue.maximum}${isCount(issue.origin) ?? ''}${sizeOf(issue)}`
    case 'invalid_value':
      return `Expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'invalid_format':
      return `Expected ${formatWords[issue.format] ?? 'text of the form that the description of this field names'}`
    case 'not_multiple_of':
      return `Expected a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
      return 'This is not known here; leave it out'
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return 'Expected one of the forms that the description of this field names'
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  nan: 'no number',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  date: 'a time',
}

const formatWords: Readonly<Record<string, string>> = {
  guid: 'an id of 32 hexadecimal digits in five groups, 8-4-4-4-12',
  uuid: 'an id of 32 hexadecimal digits in five groups, 8-4-4-4-12',
  url: 'an address that begins with https:// or http://',
  email: 'an e-mail address',
  datetime: 'a time such as 2026-11-22T09:30:00Z',
  date: 'a day such as 2026-11-22',
  time: 'a time of day such as 09:30',
  base64: 'bytes in Base64',
}

function isCount(origin: string): string | undefined {
  if (origin === 'string') return ' characters'
  return origin === 'array' || origin === 'set' || origin === 'map' ? ' entries' : undefined
}

/** How much came instead, where that can be told. */
function sizeOf({ input }: Issue): string {
  if (typeof input === 'number') return `, got ${input}`
  return typeof input === 'string' || Array.isArray(input) ? `, got ${input.length}` : ''
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number') return `the number ${String(value)}`
  return typeWords[typeof value] ?? 'something else'
}
