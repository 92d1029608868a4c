import { z } from 'zod'

/** What the documentation says of an environment variable; it travels as the metadata of its schema. */
export interface VariableText {
  /** Unit or form of the value: `ms`, `bytes`, `URL`. */
  readonly unit: string
  readonly range: string
  /** The default, or what it means that there is none. */
  readonly fallback: string
  readonly why: string
}

/** A whole number within a range. */
export function wholeNumber(options: {
  readonly unit: string
  readonly min: number
  readonly max: number
  readonly fallback: number
  readonly why: string
}) {
  const { unit, min, max, fallback, why } = options
  const limits = `${String(min)} to ${String(max)}`
  return z
    .string()
    .regex(/^-?\d{1,15}$/, { error: `expected a whole number of ${unit}, ${limits}` })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: `expected ${limits} ${unit}` })
    .default(fallback)
    .meta({ unit, range: limits, fallback: String(fallback), why } satisfies VariableText)
}

/** One of a few words; the first is the default. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words, why: string) {
  const range = words.join(', ')
  return z
    .enum(words, { error: `expected one of ${range}` })
    .default(words[0])
    .meta({ unit: 'word', range, fallback: words[0], why } satisfies VariableText)
}

/** One of a few words, or none; `fallback` says what absence means. */
export function optionalOneOf<const Words extends readonly [string, ...string[]]>(options: {
  readonly words: Words
  readonly fallback: string
  readonly why: string
}) {
  const { words, fallback, why } = options
  const range = words.join(', ')
  return z
    .enum(words, { error: `expected one of ${range}` })
    .optional()
    .meta({ unit: 'word', range, fallback, why } satisfies VariableText)
}

interface TextOptions extends VariableText {
  readonly pattern: RegExp
}

/** Text of a certain form that has a default. */
export function text({ pattern, ...words }: TextOptions) {
  return z
    .string()
    .regex(pattern, { error: `expected ${words.range}` })
    .default(words.fallback)
    .meta(words)
}

/** Text of a certain form that may be absent; `fallback` says what absence means. */
export function optionalText({ pattern, ...words }: TextOptions) {
  return z
    .string()
    .regex(pattern, { error: `expected ${words.range}` })
    .optional()
    .meta(words)
}
