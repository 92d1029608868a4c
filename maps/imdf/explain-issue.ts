import type { z } from 'zod'

/**
 * Says what a schema found in words for the person who made the file: what was expected, what came, what to do.
 * @param value What was checked; the issue's path leads from it to the fault.
 * @returns The member at fault (`properties.level_id`; empty for the value as a whole) and the message.
 */
export function explainIssue(issue: z.core.$ZodIssue, value: unknown): { field: string; message: string } {
  const field = issue.path.map(String).join('.')
  const found = valueAt(value, issue.path)
  const what = field === '' ? 'here' : `in ${field}`
  const action =
    found === undefined ? 'Add it and export the archive again.' : 'Correct it and export the archive again.'
  return { field, message: `Expected ${expectation(issue)} ${what}, got ${describe(found)}. ${action}` }
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return wordOf[issue.expected] ?? issue.expected
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ')
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? issue.options.map((value) => JSON.stringify(value)).join(' or ')
        : 'another kind of value'
    case 'too_small':
      return `at least ${issue.minimum}${counted(issue.origin)}`
    case 'too_big':
      return `at most ${issue.maximum}${counted(issue.origin)}`
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return `something else (${issue.message})`
  }
}

/** What a limit counts; a number is its own. */
function counted(origin: string): string {
  if (origin === 'array') return ' entries'
  return origin === 'string' ? ' characters' : ''
}

const wordOf: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object of texts by language',
  array: 'a list',
  tuple: 'a list of two numbers',
  null: 'null',
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = Reflect.get(at, key)
  }
  return at
}

/** A value in a few words, never longer than a line. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value
}
