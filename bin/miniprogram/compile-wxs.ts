import { parseSync } from 'vite'

interface AstNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

/**
 * WXS as JavaScript. WXS looks like it and is not: `x.constructor` is a string such as `'Array'`, so every
 * such access becomes a call. `getRegExp` and `getDate` are given by the runtime.
 *
 * @param code of a `.wxs` file or an inline module
 */
export function wxsForBrowser(code: string): string {
  const cuts: { readonly at: number; readonly remove: number; readonly insert: string }[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    if (!isNode(value)) return
    const { type, object, property, computed } = value
    if (type === 'MemberExpression' && computed !== true && isNode(object) && isNode(property)) {
      if (property.name === 'constructor') {
        cuts.push({ at: value.start, remove: 0, insert: 'wxsConstructor(' })
        cuts.push({ at: object.end, remove: value.end - object.end, insert: ')' })
      }
    }
    for (const each of Object.values(value)) if (typeof each === 'object') visit(each)
  }
  visit(parseSync('module.js', code).program)
  let rewritten = code
  // From the end, so that what lies before keeps its place; an outer call opens before an inner one.
  const order = cuts.map((cut, index) => ({ ...cut, index })).sort((a, b) => b.at - a.at || b.index - a.index)
  for (const { at, remove, insert } of order) {
    rewritten = rewritten.slice(0, at) + insert + rewritten.slice(at + remove)
  }
  return rewritten
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
