/** A page's address: absolute, or from the folder of the page that asks. */
export function parseUrl(url: string, from: string): { route: string; query: Record<string, string> } {
  const [path = '', search = ''] = url.split('?')
  const base = path.startsWith('/') ? [] : from.split('/').slice(0, -1)
  const parts = [...base]
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  // Values reach a page as they were written: WeChat decodes nothing.
  const pairs = search
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      return at < 0 ? ([pair, ''] as const) : ([pair.slice(0, at), pair.slice(at + 1)] as const)
    })
  return { route: parts.join('/'), query: Object.fromEntries(pairs) }
}
