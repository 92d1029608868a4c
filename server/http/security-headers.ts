import helmet from 'koa-helmet'
import type { Middleware } from 'koa'

/** What Mapbox GL calls when a token is configured. Source: Mapbox GL JS guide, "CSP directives". */
const mapboxOrigins = ['https://api.mapbox.com', 'https://events.mapbox.com', 'https://*.tiles.mapbox.com']

const oneYearS = 365 * 24 * 60 * 60

/**
 * The headers that keep a page to itself. Scripts come from here alone, workers also from blobs (both map
 * libraries make theirs so), and nothing is fetched from elsewhere unless a Mapbox token is configured.
 * Browsers are held to https only where the mall serves https: a kiosk on the mall's own network may not.
 */
export function securityHeaders(options: {
  readonly publicUrl: string | undefined
  readonly mapboxToken: string | undefined
}): Middleware {
  const https = options.publicUrl?.startsWith('https://') ?? false
  const mapbox = options.mapboxToken === undefined ? [] : mapboxOrigins
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'worker-src': ["'self'", 'blob:'],
        // Map libraries and the API page place elements by style attributes.
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:', 'blob:', ...mapbox],
        'font-src': ["'self'"],
        'connect-src': ["'self'", ...mapbox],
        'object-src': ["'none'"],
        'base-uri': ["'self'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'self'"],
      },
    },
    strictTransportSecurity: https ? { maxAge: oneYearS, includeSubDomains: false } : false,
    crossOriginOpenerPolicy: https ? { policy: 'same-origin' } : false,
    originAgentCluster: https,
    xFrameOptions: { action: 'sameorigin' },
  })
}
