import { openApiDocument } from '../contract/openapi.ts'
import { platformContract } from '../contract/platform.contract.ts'
import type { Endpoint, ResponseOf } from '../contract/endpoint.ts'
import type { Database } from '../database/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import { createDocsFiles, docsMediaType, docsPage } from './docs-page.ts'
import { encodeContent } from './encoded-content.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'

/** Where the simulated shoppers of a demonstration are now; undefined while none is under way. */
export type DemoShoppers = () => ResponseOf<typeof platformContract.readDemoShoppers> | undefined

export interface PlatformRoutesOptions {
  readonly config: Config
  readonly version: string
  readonly engine: Database['engine']
  readonly registry: MetricsRegistry
  readonly clock: Clock
  /** What has to be well before requests should come here; resolves to false, or rejects, when it is not. */
  readonly readiness: Readonly<Record<string, () => Promise<boolean>>>
  /** In a demonstration with simulated shoppers. */
  readonly demoShoppers?: DemoShoppers
  /** Endpoints of the other subjects, for the document. */
  readonly endpoints: readonly Endpoint[]
}

/** A verdict on readiness is good for this long, so that asking often costs the database nothing. */
const readinessKeptMs = 1000

/** The routes of the server itself. */
export function platformRoutes(options: PlatformRoutesOptions): Route[] {
  const { config, version, engine, registry } = options
  const checkReadiness = createReadiness(options)
  const docsFile = createDocsFiles()
  let document: ReturnType<typeof encodeContent> | undefined
  // Made when it is first asked for: it takes some 50 ms, and most servers are never asked.
  const documentOnce = () =>
    (document ??= encodeContent(
      JSON.stringify(
        openApiDocument({
          version,
          serverUrl: config.publicUrl ?? '/',
          endpoints: [...Object.values(platformContract), ...options.endpoints],
        }),
      ),
    ))
  return [
    route(platformContract.healthz, () => Promise.resolve({ status: 200, body: { alive: true } })),
    route(platformContract.readyz, async () => {
      const checks = await checkReadiness()
      const ready = Object.values(checks).every((check) => check === 'ok')
      return { status: ready ? 200 : 503, body: { ready, checks } }
    }),
    route(platformContract.metrics, async () => ({
      status: 200,
      body: await registry.metrics(),
      headers: { 'content-type': registry.contentType },
    })),
    route(platformContract.openApi, async () => ({ status: 200, body: await documentOnce() })),
    route(platformContract.docs, () => Promise.resolve({ status: 200, body: docsPage })),
    route(platformContract.docsFile, async ({ params: { file } }) => ({
      status: 200,
      body: await docsFile(file),
      headers: { 'content-type': docsMediaType(file), 'cache-control': 'public, max-age=3600' },
    })),
    route(platformContract.clientConfig, () =>
      Promise.resolve({
        status: 200,
        body: {
          version,
          engine,
          ...(config.mapboxToken === undefined ? {} : { mapboxToken: config.mapboxToken }),
          ...(options.demoShoppers?.() ? { simulation: true as const } : {}),
        },
      }),
    ),
    route(platformContract.readDemoShoppers, () => {
      const body = options.demoShoppers?.()
      return Promise.resolve(body ? { status: 200, body } : { refused: 'demo-off' })
    }),
  ]
}

type Checks = Record<string, 'ok' | 'failed'>

function createReadiness({ readiness, clock }: PlatformRoutesOptions): () => Promise<Checks> {
  let kept: { readonly untilMs: number; readonly checks: Promise<Checks> } | undefined
  return () => {
    if (!kept || kept.untilMs <= clock()) {
      kept = { untilMs: clock() + readinessKeptMs, checks: checkAll(readiness) }
    }
    return kept.checks
  }
}

async function checkAll(readiness: PlatformRoutesOptions['readiness']): Promise<Checks> {
  const names = Object.keys(readiness)
  const results = await Promise.allSettled(Object.values(readiness).map((check) => check()))
  return Object.fromEntries(
    results.map((result, index) => [
      names[index]!,
      result.status === 'fulfilled' && result.value ? ('ok' as const) : ('failed' as const),
    ]),
  )
}
