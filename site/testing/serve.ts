import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { destinationsOf } from '../../maps/directory/index.ts'
import { levelFrameOf } from '../../maps/model/index.ts'
import type { Archive, VersionId } from '../../maps/model/index.ts'
import { levelGeoJson, nameIn } from '../../maps/render/index.ts'
import { buildSearchIndex } from '../../maps/search/index.ts'
import type { ClientConfig, LevelEntry, VenueEntry } from '../api.ts'

/** The policy the product sends; a page that needs more than this fails its tests. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
].join('; ')

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export interface TestSite {
  readonly origin: string
  /** While true every request for data is cut off, as if the server were away; pages are still served. */
  away: boolean
  /** Replaces all venues, at once or right after somebody has listed levels. */
  publish(archives: Readonly<Record<string, Archive>>, when: 'now' | 'after-levels'): void
  close(): Promise<void>
}

/**
 * Serves built pages and the public part of the API for some venues, without a server or a database: what
 * a page needs to be driven in a browser.
 *
 * @param dir folder of the built site
 * @param archives venues by slug
 */
export async function serveSite(
  dir: string,
  archives: Readonly<Record<string, Archive>>,
  { port = 0, mapboxToken }: { readonly port?: number; readonly mapboxToken?: string } = {},
): Promise<TestSite> {
  let answers = answersFor(archives, mapboxToken)
  let next: typeof answers | undefined
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    if (path.startsWith('/v1/') || path === '/readyz') {
      const answer = answers.get(path)
      if (site.away) request.socket.destroy()
      else if (answer === undefined) send(response, 404, 'application/problem+json', '{"type":"about:blank"}')
      else send(response, 200, 'application/json', answer)
      if (next && path.endsWith('/levels')) [answers, next] = [next, undefined]
      return
    }
    void sendFile(response, dir, path, mapboxToken !== undefined)
  })
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  const site: TestSite = {
    origin: `http://127.0.0.1:${String(typeof address === 'object' && address ? address.port : port)}`,
    away: false,
    publish(others, when) {
      next = answersFor(others, mapboxToken)
      if (when === 'now') [answers, next] = [next, undefined]
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
  return site
}

function answersFor(archives: Readonly<Record<string, Archive>>, mapboxToken: string | undefined) {
  const answers = new Map<string, string>()
  const venues = Object.entries(archives).map(([slug, archive]) => publish(slug, archive, answers))
  const config: ClientConfig = {
    version: 'test',
    engine: 'embedded',
    ...(mapboxToken ? { mapboxToken } : {}),
  }
  answers.set('/v1/venues', JSON.stringify(venues))
  answers.set('/v1/client-config', JSON.stringify(config))
  answers.set('/readyz', JSON.stringify({ ready: true, checks: { database: 'ok', maps: 'ok' } }))
  return answers
}

function publish(slug: string, archive: Archive, answers: Map<string, string>): VenueEntry {
  const venue = archive.features.venue[0]!
  const destinations = destinationsOf(archive)
  const immutable = (path: string, content: unknown, ending = '') => {
    const text = JSON.stringify(content)
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 32)
    const url = `/v1/venues/${venue.id}/${path}/${hash}${ending}`
    answers.set(url, text)
    return { url, hash }
  }
  const features = [...archive.features.level].sort((a, b) => a.properties.ordinal - b.properties.ordinal)
  const levels = features.map((level): LevelEntry => {
    const frame = levelFrameOf(level)
    const { name, short_name, ordinal } = level.properties
    return {
      id: level.id,
      ordinal,
      name,
      shortName: nameIn(short_name, archive.manifest.language),
      frame: {
        origin: [frame.originLon, frame.originLat],
        metresPerDegree: [frame.metresPerDegreeLon, frame.metresPerDegreeLat],
      },
      ...immutable(`levels/${level.id}`, levelGeoJson(archive, level.id, destinations), '.geojson'),
    }
  })
  answers.set(`/v1/venues/${venue.id}/levels`, JSON.stringify(levels))
  return {
    id: venue.id,
    slug,
    name: venue.properties.name,
    versionId: versionIdOf(levels),
    publishedAtMs: 1_760_000_000_000,
    levels: levels.map(({ id, ordinal, shortName }) => ({ id, ordinal, shortName })),
    destinations: destinations.length,
    searchIndex: immutable('search-index', buildSearchIndex(destinations)),
    // No page of the site asks for them.
    routeTables: immutable('route-tables', {}),
  }
}

/** Another for other levels, as a version has. */
function versionIdOf(levels: readonly LevelEntry[]): VersionId {
  const digits = createHash('sha256').update(JSON.stringify(levels)).digest('hex')
  return `0a7e1e00-0000-4000-8000-${digits.slice(0, 12)}` as VersionId
}

async function sendFile(
  response: ServerResponse,
  dir: string,
  path: string,
  withMapbox: boolean,
): Promise<void> {
  const safe = normalize(path).replace(/^(\.\.[/\\])+/, '')
  const file = extname(safe) === '' ? join(dir, safe, 'index.html') : join(dir, safe)
  try {
    const body = await readFile(file)
    const policy = withMapbox
      ? contentSecurityPolicy.replace(
          "connect-src 'self'",
          "connect-src 'self' https://api.mapbox.com https://events.mapbox.com",
        )
      : contentSecurityPolicy
    response.setHeader('content-security-policy', policy)
    send(response, 200, mediaTypes[extname(file)] ?? 'application/octet-stream', body)
  } catch {
    send(response, 404, 'text/plain', 'not found')
  }
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type })
  response.end(body)
}
