/**
 * Keeps the page of the kiosk itself: with the server dead, or the screen switched on before it, the page of
 * the last good load opens. Data are not kept here but by the page (`kiosk/data/kept-fetch.ts`), which has
 * to know how old they are.
 *
 * The page kept is always whole: it is replaced only when every file of the next one has arrived. Files of
 * the former page stay until then, as a screen may still be showing it.
 */
declare const self: ServiceWorkerGlobalScope

const cacheName = 'kiosk-page'
const filesUrl = 'files.json'
const pageUrl = './'
/** A server that does not answer for so long is away: a person stands before the screen. */
const patienceMs = 4000

self.addEventListener('install', (event) => {
  event.waitUntil(keepPage().then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
})

/** The page says which fonts it has loaded, once it has come up; that is also when to look for a new one. */
self.addEventListener('message', (event) => {
  const fonts: unknown = event.data
  if (Array.isArray(fonts)) event.waitUntil(keepPage(fonts.filter((url) => typeof url === 'string')))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { pathname, origin } = new URL(request.url)
  const scope = new URL(self.registration.scope).pathname
  if (request.method !== 'GET' || origin !== self.location.origin || !pathname.startsWith(scope)) return
  if (request.mode === 'navigate') event.respondWith(openPage(request))
  else if (pathname.startsWith(`${scope}assets/`)) event.respondWith(openAsset(request))
})

async function openPage(request: Request): Promise<Response> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(patienceMs) })
    if (response.ok) return response
  } catch {
    // Away: the page that is kept does it.
  }
  const cache = await caches.open(cacheName)
  return (await cache.match(pageUrl)) ?? Response.error()
}

/** The name of an asset holds a hash of its content: what is kept is as good as what the server has. */
async function openAsset(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  const kept = await cache.match(request.url)
  if (kept) return kept
  const response = await fetch(request)
  if (response.ok) await cache.put(request.url, response.clone())
  return response
}

/** What Vite writes of a build: chunks by name, each with the files it needs. */
type Files = Readonly<
  Record<string, { readonly file: string; readonly css?: string[]; readonly assets?: string[] }>
>

async function keepPage(fonts: readonly string[] = []): Promise<void> {
  const cache = await caches.open(cacheName)
  const [list, page] = await Promise.all([fresh(filesUrl), fresh(pageUrl)])
  const now = namesIn((await list.clone().json()) as Files)
  const before = await cache.match(filesUrl)
  const former = before ? namesIn((await before.json()) as Files) : []
  await Promise.all([...now, ...fonts].map((url) => keepAsset(cache, url)))
  await cache.put(filesUrl, list)
  await cache.put(pageUrl, page)
  await dropOthers(cache, new Set([...now, ...former].map(absolute)))
}

async function fresh(url: string): Promise<Response> {
  const response = await fetch(url, { cache: 'no-cache' })
  if (!response.ok) throw new Error(`${url} was answered with ${String(response.status)}`)
  return response
}

async function keepAsset(cache: Cache, url: string): Promise<void> {
  if (await cache.match(url)) return
  const response = await fetch(url)
  if (response.ok) await cache.put(url, response)
}

/** Fonts come in hundreds of pieces, of which a page needs some: those are kept as they are used. */
function namesIn(files: Files): string[] {
  const names = Object.values(files).flatMap(({ file, css = [], assets = [] }) => [file, ...css, ...assets])
  return [...new Set(names)].filter((name) => name.startsWith('assets/') && !isFont(name))
}

async function dropOthers(cache: Cache, wanted: ReadonlySet<string>): Promise<void> {
  for (const { url } of await cache.keys()) {
    const isAsset = url.includes('/assets/') && !isFont(url)
    if (isAsset && !wanted.has(url)) await cache.delete(url)
  }
}

const isFont = (name: string) => name.endsWith('.woff2')
const absolute = (url: string) => new URL(url, self.registration.scope).href

export {}
