/** WeChat hands no more than this from a page to its view at once. */
export const setDataMaxBytes = 1024 * 1024

/**
 * What of some data arrives in the view: a copy as JSON makes it, without functions and `undefined`.
 * In WeChat the page and its view are two worlds; here they are one, and without the copy a page could
 * share an object it may not.
 *
 * @param where named in the error
 * @throws Error when it is larger than WeChat takes
 */
export function dataForView(data: Readonly<Record<string, unknown>>, where: string): Record<string, unknown> {
  const entries = Object.entries(data).map(([path, value]) => [path, textOf(value)] as const)
  const bytes = entries.reduce((sum, [path, text]) => sum + path.length + (text?.length ?? 0), 0)
  if (bytes > setDataMaxBytes) {
    throw new Error(`setData of ${where}: ${bytes} bytes, WeChat takes ${setDataMaxBytes} at once`)
  }
  return Object.fromEntries(
    entries.map(([path, text]) => [path, text === undefined ? undefined : (JSON.parse(text) as unknown)]),
  )
}

/** Undefined for undefined and for functions, whatever the types of `JSON.stringify` say. */
function textOf(value: unknown): string | undefined {
  return JSON.stringify(value)
}
