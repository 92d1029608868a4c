/** `x.constructor` in WXS: the name of its kind. */
export function wxsConstructor(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined
  return Object.prototype.toString.call(value).slice(8, -1)
}

/** `getRegExp` of WXS, which knows no regular expression literals. */
export function getRegExp(source: string, flags?: string): RegExp {
  return new RegExp(source, flags)
}

/** `getDate` of WXS: now, a time, or year, month and so on. */
export function getDate(...parts: readonly number[]): Date {
  const [year, month, ...rest] = parts
  if (year === undefined) return new Date()
  return month === undefined ? new Date(year) : new Date(year, month, ...rest)
}
