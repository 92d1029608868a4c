import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import postcss from 'postcss'
import type { Rule } from 'postcss'
import selectorParser from 'postcss-selector-parser'

/** Tags of the platform: a selector `view` means the preview's element `wx-view`. */
export const platformTags: ReadonlySet<string> = new Set(
  (
    'view text image button input textarea scroll-view swiper swiper-item picker picker-view picker-view-column ' +
    'switch slider canvas camera navigator form label checkbox checkbox-group radio radio-group icon progress ' +
    'rich-text page-container root-portal cover-view cover-image page block'
  ).split(' '),
)

/** A style sheet with everything it imports; empty when there is none. Each file once. */
export function readWxss(folder: string, path: string, seen = new Set<string>()): string {
  const file = join(folder, path)
  if (seen.has(path) || !existsSync(file)) return ''
  seen.add(path)
  const text = readFileSync(file, 'utf8')
  return text.replace(/@import\s+(?:url\()?['"]([^'"]+)['"]\)?\s*;/g, (_, target: string) => {
    const other = target.startsWith('/') ? target.slice(1) : posix.join(posix.dirname(path), target)
    return readWxss(folder, other, seen)
  })
}

/**
 * WXSS as CSS for the phone frame: `rpx` is a 750th of the phone's width, `vh` and `vw` are its screen's,
 * the safe area is the frame's, a dark phone is `data-theme` of the page around it.
 *
 * @param owner.scope prefix of the component's classes; absent when its styles are the app's
 * @param owner.page route of the page it belongs to: in WeChat no page sees the styles of another
 */
export function compileWxss(
  wxss: string,
  { scope, page }: { readonly scope?: string; readonly page?: string },
): string {
  const root = postcss.parse(wxss)
  root.walkDecls((declaration) => {
    declaration.value = declaration.value
      .replace(/(-?[\d.]+)rpx\b/g, 'calc($1 * var(--rpx))')
      .replace(/(-?[\d.]+)v(h|w)\b/g, 'calc($1 * var(--phone-v$2))')
      .replace(/env\(safe-area-inset-(top|bottom)[^)]*\)/g, 'var(--safe-$1)')
  })
  root.walkRules((rule) => {
    if (isKeyframe(rule)) return
    rule.selector = selectorOf(rule.selector, scope)
    if (page !== undefined) rule.selectors = rule.selectors.map((selector) => withinPage(selector, page))
  })
  root.walkAtRules('media', (media) => {
    const theme = /prefers-color-scheme:\s*(dark|light)/.exec(media.params)?.[1]
    if (theme === undefined) return
    media.walkRules((rule) => {
      rule.selectors = rule.selectors.map((selector) => `[data-theme="${theme}"] ${selector}`)
    })
    media.replaceWith(media.nodes ?? [])
  })
  return root.toString()
}

function selectorOf(selector: string, scope: string | undefined): string {
  const transform = selectorParser((selectors) => {
    selectors.walk((node) => {
      if (node.type === 'tag' && platformTags.has(node.value)) node.value = `wx-${node.value}`
      else if (node.type === 'class' && scope !== undefined) node.value = `${scope}--${node.value}`
      else if (node.type === 'pseudo' && node.value === ':host') {
        node.replaceWith(
          selectorParser.attribute({
            attribute: 'wx-host',
            operator: '=',
            value: scope ?? '',
            quoteMark: '"',
            raws: {},
          }),
        )
      }
    })
  })
  return transform.processSync(selector)
}

function withinPage(selector: string, page: string): string {
  const own = `wx-page[data-route="${page}"]`
  return selector.startsWith('wx-page') ? selector.replace('wx-page', own) : `${own} ${selector}`
}

function isKeyframe({ parent }: Rule): boolean {
  return parent?.type === 'atrule' && 'name' in parent && parent.name.endsWith('keyframes')
}
