import { noteError } from './health.ts'

/** Fonts arrive in pieces as names appear; by then those of the map have. */
const settledMs = 15_000
/** A page that runs for weeks keeps what a newer one will need when the screen is switched on without network. */
const againMs = 30 * 60_000

/**
 * Has the service worker keep this page and the fonts it uses, now and from time to time. Browsers allow
 * service workers on https and on localhost alone: elsewhere the screen works as long as it stays on.
 */
export function keepPage(): void {
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker
    .register(`${import.meta.env.BASE_URL}service-worker.js`, { type: 'module' })
    .catch(() => {
      noteError('storage')
    })
  setTimeout(tell, settledMs)
  setInterval(tell, againMs)
}

function tell(): void {
  const fonts = performance
    .getEntriesByType('resource')
    .map(({ name }) => name)
    .filter((url) => url.endsWith('.woff2'))
  void navigator.serviceWorker.ready.then(({ active }) => {
    active?.postMessage([...new Set(fonts)])
  })
}
