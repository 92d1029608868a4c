import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { docsFiles } from '../contract/platform.contract.ts'
import type { EncodedContent } from '../contract/endpoint.ts'
import { encodeContent } from './encoded-content.ts'

/** One of the files of the page at `/docs`. */
export type DocsFile = (typeof docsFiles)[number]

/** The page itself; scripts and styles are files, so that it works without inline code. */
export const docsPage = `<!doctype html>
<html lang="zh-CN">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Atrium 接口 · API</title>
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="stylesheet" href="/docs/atrium.css">
  </head>
  <body>
    <header class="atrium">
      <a href="/">← 首页 · Home</a>
    </header>
    <main id="docs"></main>
    <noscript>这个页面需要 JavaScript；接口说明也在 <a href="/openapi.json">/openapi.json</a>。 This page needs JavaScript; the document is at /openapi.json.</noscript>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`

const start = `window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  validatorUrl: null,
})
`

/** The look of the product over that of the library; colours as in `ui/tokens.css`. */
const style = `body { margin: 0; background: #F6F4F0; }
header.atrium {
  max-width: 1460px; margin: 0 auto; padding: 16px 20px 0; box-sizing: border-box;
  font: 500 14px/1.5 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif;
}
header.atrium a { color: #535C69; text-decoration: none; }
header.atrium a:hover { text-decoration: underline; }
.swagger-ui, .swagger-ui .info .title, .swagger-ui .opblock-tag, .swagger-ui .opblock-summary-description,
.swagger-ui label, .swagger-ui .opblock-description-wrapper, .swagger-ui .response-col_description {
  font-family: 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif; color: #14181F;
}
.swagger-ui .info { margin: 24px 0; }
.swagger-ui .scheme-container { background: none; box-shadow: none; padding: 0 0 16px; }
.swagger-ui .opblock { border-radius: 12px; box-shadow: none; }
.swagger-ui .opblock-tag { border-bottom-color: #E4E0D8; }
@media (prefers-color-scheme: dark) {
  /* The library has no dark sheet of its own; one light page is better than half a dark one. */
  :root { color-scheme: light; }
}
`

/** Compression quality of what is compressed while someone waits for the first time. */
const firstTimeQuality = 5

const mediaTypes: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  png: 'image/png',
}

/** The media type of a file of the page. */
export function docsMediaType(file: DocsFile): string {
  return mediaTypes[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
}

/** Reads the files of the page when they are first asked for and keeps them, some 600 KB compressed. */
export function createDocsFiles(): (file: DocsFile) => Promise<EncodedContent> {
  const kept = new Map<DocsFile, Promise<EncodedContent>>()
  return (file) => {
    const known = kept.get(file) ?? load(file)
    kept.set(file, known)
    return known
  }
}

async function load(file: DocsFile): Promise<EncodedContent> {
  if (file === 'start.js') return encodeContent(start)
  if (file === 'atrium.css') return encodeContent(style)
  const path = createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`)
  return encodeContent(await readFile(path), firstTimeQuality)
}
