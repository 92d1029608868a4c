import type { Middleware } from 'koa'
import serve from 'koa-static'

const oneYearMs = 365 * 24 * 60 * 60 * 1000

/**
 * Serves the built clients of a folder. Files under `assets/` carry a hash in their names and are kept for
 * good; all others are asked for again each time. A path without an ending may be a page (`/map` is
 * `map.html` or `map/index.html`).
 */
export function servePages(dir: string): Middleware {
  return serve(dir, {
    extensions: ['html'],
    maxage: 0,
    setHeaders: (response, path) => {
      const immutable = /[\\/]assets[\\/]/.test(path.slice(dir.length))
      response.setHeader(
        'cache-control',
        immutable ? `public, max-age=${String(oneYearMs / 1000)}, immutable` : 'no-cache',
      )
    },
  })
}
