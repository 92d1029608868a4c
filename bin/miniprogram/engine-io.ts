import type { Plugin } from 'vite'

/**
 * What engine.io-client asks of its surroundings, for a place that has neither `window` nor `self` nor
 * `Function`. Timers are wrapped: taken off their object, a browser refuses to call them.
 */
const surroundings = `
export const nextTick = (task) => { Promise.resolve().then(task) }
export const globalThisShim = {
  setTimeout: (...args) => setTimeout(...args),
  clearTimeout: (timer) => { clearTimeout(timer) },
  setInterval: (...args) => setInterval(...args),
  clearInterval: (timer) => { clearInterval(timer) },
}
export const defaultBinaryType = 'arraybuffer'
export function createCookieJar() {}
`

const surroundingsId = '\0engine-io-surroundings'

/** Lets engine.io-client run in a mini-program: its browser transports, and no global object. */
export function engineIoInMiniProgram(): Plugin {
  return {
    name: 'engine-io-in-mini-program',
    enforce: 'pre',
    async resolveId(id, importer) {
      if (!importer?.includes('engine.io-client')) return null
      if (/globals(?:\.node)?\.js$/.test(id)) return surroundingsId
      const node = /(polling-xhr|websocket)\.node\.js$/
      if (!node.test(id)) return null
      return this.resolve(id.replace('.node.js', '.js'), importer, { skipSelf: true })
    },
    load(id) {
      return id === surroundingsId ? surroundings : null
    },
  }
}
