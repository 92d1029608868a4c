import { existsSync, readFileSync } from 'node:fs'

const words = {
  zh: {
    title: '放置信标',
    todo: '待放',
    done: '已放',
    pick: '先点一个信标，再点它挂的位置；拖动可以修正',
    put: '点它挂的位置',
    undo: '撤销',
    nothing: '没有可撤销的',
    lost: '和终端断开了：确认命令还在运行，再刷新',
    search: '编号或地址',
    none: '都放好了',
    round: '明天这一圈',
    minutes: '分钟',
  },
  en: {
    title: 'Place beacons',
    todo: 'To place',
    done: 'Placed',
    pick: 'Choose a beacon, then tap where it hangs; drag to correct',
    put: 'Tap where it hangs',
    undo: 'Undo',
    nothing: 'There is nothing to undo',
    lost: 'The terminal is out of reach: see that the command still runs, then reload',
    search: 'Number or address',
    none: 'All are placed',
    round: 'Tomorrow’s round',
    minutes: 'min',
  },
} as const

/** The page on which beacons are placed. */
export function pageDocument(language: 'zh' | 'en'): string {
  const { title, search, undo, pick } = words[language]
  return `<!doctype html>
<html lang="${language}" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/page.css">
</head>
<body>
<aside>
<h1>${title}</h1>
<p id="hint" role="status">${pick}</p>
<input id="search" type="search" placeholder="${search}" aria-label="${search}">
<div id="list"></div>
<button id="undo" type="button">${undo}</button>
</aside>
<main>
<svg id="plan" role="application" aria-label="${title}"><g id="ground"></g><g id="names"></g><g id="ways"></g><g id="marks"></g></svg>
<nav id="levels"></nav>
</main>
<script type="module" src="/page.js"></script>
</body>
</html>
`
}

/** What the page does, with its words. */
export function pageScript(language: 'zh' | 'en'): string {
  const client = readFileSync(new URL('./page-client.mjs', import.meta.url), 'utf8')
  return `const words = ${JSON.stringify(words[language])}\n${client}`
}

/** The look: the tokens every screen has, and what this page adds. */
export function pageStyle(): string {
  return `${tokens()}\n${style}`
}

/** Beside the sources, or above the folder of what was built. */
function tokens(): string {
  const places = ['../../ui/tokens.css', '../../../ui/tokens.css'].map(
    (path) => new URL(path, import.meta.url),
  )
  const file = places.find((place) => existsSync(place))
  return file ? readFileSync(file, 'utf8') : ''
}

const style = `
* { box-sizing: border-box; margin: 0 }
html, body { height: 100% }
body { display: flex; background: var(--outside); color: var(--ink); font: 16px/1.45 'Noto Sans SC', system-ui, sans-serif; font-variant-numeric: tabular-nums }
aside { width: 320px; flex: none; display: flex; flex-direction: column; gap: 12px; padding: 20px 16px 16px; background: var(--paper); box-shadow: 0 2px 6px rgb(20 24 31 / 8%), 0 12px 32px rgb(20 24 31 / 14%); z-index: 1 }
h1 { font-size: 20px; line-height: 1.25; font-weight: 600 }
#hint { min-height: 46px; color: var(--ink-2); font-size: 14px }
#hint.lost { color: var(--bad) }
input { height: 44px; padding: 0 12px; border: 1px solid var(--line-2); border-radius: 12px; background: var(--paper-2); color: inherit; font: inherit }
#list { flex: 1; overflow: auto; margin: 0 -8px; padding: 0 8px }
h2 { margin: 8px 0 4px; color: var(--ink-2); font-size: 13px; font-weight: 500 }
#list button { display: flex; width: 100%; min-height: 52px; align-items: center; gap: 12px; padding: 6px 8px; border: 0; border-radius: 12px; background: none; color: inherit; font: inherit; text-align: left }
#list button:hover { background: var(--paper-2) }
#list button[aria-pressed=true] { background: var(--here-soft) }
#list b { flex: none; min-width: 64px; font-weight: 600; white-space: nowrap }
#list small { color: var(--ink-2); font-size: 13px }
#undo { height: 50px; border: 1px solid var(--line-2); border-radius: 12px; background: var(--paper); color: var(--ink); font: 600 17px/1 inherit; font-family: inherit }
main { position: relative; flex: 1; min-width: 0 }
svg { display: block; width: 100%; height: 100%; touch-action: none; cursor: grab }
svg.putting { cursor: crosshair }
#levels { position: absolute; right: 16px; top: 16px; display: flex; flex-direction: column; border-radius: 12px; overflow: hidden; background: var(--paper); box-shadow: 0 2px 6px rgb(20 24 31 / 8%), 0 12px 32px rgb(20 24 31 / 14%) }
#levels button { width: 48px; height: 48px; border: 0; background: none; color: var(--ink); font: 600 15px/1 inherit; font-family: inherit }
#levels button[aria-pressed=true] { background: var(--ink); color: var(--on-ink) }
.floor { fill: var(--floor); stroke: var(--edge); stroke-width: .3 }
.unit { stroke: var(--wall); stroke-width: .16 }
.name { fill: var(--ink); text-anchor: middle; dominant-baseline: central; pointer-events: none }
.mark { cursor: grab }
.mark circle { stroke: var(--paper) }
.mark .disc { fill: var(--here) }
.mark.verified .disc { fill: var(--ok) }
.mark.planned .disc { fill: var(--paper); stroke: var(--here) }
.mark.due .disc { fill: var(--warn) }
.mark.urgent .disc { fill: var(--bad) }
.mark text.stop { fill: var(--paper); stroke: none; dominant-baseline: central }
#list button.stop b::before { content: attr(data-stop); display: inline-block; min-width: 22px; margin-right: 8px; padding: 0 5px; border-radius: 11px; background: var(--warn); color: var(--paper); font-size: 13px; line-height: 22px; text-align: center }
#list button.urgent b::before { background: var(--bad) }
.way { fill: none; stroke: var(--route); stroke-linecap: round; stroke-linejoin: round; pointer-events: none }
.mark text { fill: var(--ink); font-weight: 600; text-anchor: middle; paint-order: stroke; stroke: var(--floor) }
.mark.chosen .halo { fill: var(--here); opacity: .18 }
.mark .halo { fill: transparent; stroke: none }
button:focus-visible, input:focus-visible { outline: 3px solid var(--here); outline-offset: 2px }
@media (max-width: 760px) { body { flex-direction: column-reverse } aside { width: auto; height: 42% } }
`
