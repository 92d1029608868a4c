/**
 * What the page keeps for hours without the server, in Cache Storage. That exists on https and on localhost
 * alone: elsewhere nothing is kept, and the screen works as long as it stays on.
 */
const cacheName = 'kiosk-data'
const patienceMs = 20_000

function cache(): Promise<Cache | undefined> {
  return 'caches' in globalThis ? caches.open(cacheName).catch(() => undefined) : Promise.resolve(undefined)
}

/** A file that never changes under its address: what is kept is as good as what the server has. */
export async function fetchForGood(url: string): Promise<string> {
  const kept = await (await cache())?.match(url)
  if (kept) return kept.text()
  const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) })
  if (!response.ok) throw new Error(`${url} was answered with ${String(response.status)}`)
  const text = await response.text()
  await keepText(url, text)
  return text
}

/** Remembers a text under an address; where there is no room or no storage the page goes on without. */
export async function keepText(url: string, text: string): Promise<void> {
  const kept = new Response(text, { headers: { 'content-type': 'text/plain; charset=utf-8' } })
  await (await cache())?.put(url, kept).catch(() => undefined)
}

/** A text that was kept, if there is one. */
export async function keptText(url: string): Promise<string | undefined> {
  return (await (await cache())?.match(url))?.text()
}

/** Forgets every file but these: a former version of the map is of no use. */
export async function forgetOthers(urls: readonly string[]): Promise<void> {
  const here = await cache()
  const wanted = new Set(urls.map((url) => new URL(url, location.href).href))
  for (const { url } of (await here?.keys()) ?? []) {
    if (!wanted.has(url)) await here?.delete(url)
  }
}
