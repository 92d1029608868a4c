import type { Labels } from '../model/index.ts'

/**
 * The text in a language by BCP 47 tag: the tag itself, a regional form of it (`zh-Hans` for `zh`), then
 * Chinese, then whatever there is. Empty when there is nothing.
 */
export function nameIn(labels: Labels, language: string): string {
  const exact = labels[language]
  if (exact) return exact
  const keys = Object.keys(labels).filter((key) => labels[key])
  const found =
    keys.find((key) => key.split('-')[0] === language) ??
    keys.find((key) => key.split('-')[0] === 'zh') ??
    keys[0]
  return found === undefined ? '' : labels[found]!
}
