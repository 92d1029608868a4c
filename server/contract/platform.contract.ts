import { z } from 'zod'
import { defineEndpoint } from './endpoint.ts'
import { levelId, venueId } from './values.ts'

const tag = 'Platform'

/** Files of the browsable document; each is served under `/docs/` from this machine. */
export const docsFiles = [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'start.js',
  'atrium.css',
  'favicon-32x32.png',
] as const

const readiness = z
  .strictObject({
    ready: z.boolean(),
    checks: z.record(z.string(), z.enum(['ok', 'failed'])),
  })
  .meta({ id: 'Readiness' })

const healthz = defineEndpoint({
  id: 'healthz',
  tag,
  method: 'GET',
  path: '/healthz',
  summary: 'Whether the process lives',
  access: 'public',
  request: {},
  responses: { 200: z.strictObject({ alive: z.literal(true) }) },
})

const readyz = defineEndpoint({
  id: 'readyz',
  tag,
  method: 'GET',
  path: '/readyz',
  summary: 'Whether requests should be sent here',
  description:
    'Not while the server stops, the database does not answer or the published maps are not loaded yet.',
  access: 'public',
  request: {},
  responses: { 200: readiness, 503: readiness },
})

const metrics = defineEndpoint({
  id: 'metrics',
  tag,
  method: 'GET',
  path: '/metrics',
  summary: 'Figures for Prometheus',
  description: 'For METRICS_TOKEN as bearer token; while none is configured, for callers on this machine.',
  access: ['monitor', 'operator'],
  request: {},
  responses: {
    200: { mediaType: 'text/plain', description: 'Prometheus text format', maxBytes: 4 * 1024 * 1024 },
  },
})

const openApi = defineEndpoint({
  id: 'openApi',
  tag,
  method: 'GET',
  path: '/openapi.json',
  summary: 'This document',
  access: 'public',
  request: {},
  responses: {
    200: { mediaType: 'application/json', description: 'OpenAPI 3.1', maxBytes: 4 * 1024 * 1024 },
  },
})

const docs = defineEndpoint({
  id: 'docs',
  tag,
  method: 'GET',
  path: '/docs',
  summary: 'This document as a page',
  access: 'public',
  request: {},
  responses: { 200: { mediaType: 'text/html', description: 'A page', maxBytes: 64 * 1024 } },
})

const docsFile = defineEndpoint({
  id: 'docsFile',
  tag,
  method: 'GET',
  path: '/docs/{file}',
  summary: 'A part of that page',
  access: 'public',
  request: { params: z.strictObject({ file: z.enum(docsFiles) }) },
  responses: {
    200: { mediaType: '*/*', description: 'Script, style or picture', maxBytes: 4 * 1024 * 1024 },
  },
})

const clientConfig = defineEndpoint({
  id: 'clientConfig',
  tag,
  method: 'GET',
  path: '/v1/client-config',
  summary: 'What a client has to know before it starts',
  access: 'public',
  request: {},
  responses: {
    200: z
      .strictObject({
        version: z.string(),
        engine: z.enum(['embedded', 'server']).meta({
          description: 'embedded is meant for evaluation and pilots',
        }),
        mapboxToken: z.string().exactOptional().meta({
          description: 'Public token; absent when maps are drawn without an account',
        }),
        simulation: z.literal(true).exactOptional().meta({
          description: 'The demo mall is alive with simulated shoppers: `GET /v1/demo/shoppers`',
        }),
      })
      .meta({ id: 'ClientConfig' }),
  },
})

const readDemoShoppers = defineEndpoint({
  id: 'readDemoShoppers',
  tag,
  method: 'GET',
  path: '/v1/demo/shoppers',
  summary: 'DEMO: where the simulated shoppers of the demo mall are now',
  description:
    'Of simulated shoppers alone: where a real one is never leaves the server. Answers while `npm start` simulates ' +
    'a day in the demo mall.',
  access: 'public',
  request: {},
  responses: {
    200: z
      .strictObject({
        venueId,
        shoppers: z
          .array(
            z.strictObject({
              number: z.int().min(1).meta({ description: 'Stays the same for one visit' }),
              levelId,
              x: z.number().meta({ description: 'Metres to the east in the frame of the level' }),
              y: z.number().meta({ description: 'Metres to the north in the frame of the level' }),
            }),
          )
          .max(1000),
      })
      .meta({ id: 'DemoShoppers' }),
  },
  problems: ['demo-off'],
})

/** Endpoints of the server itself. */
export const platformContract = {
  healthz,
  readyz,
  metrics,
  openApi,
  docs,
  docsFile,
  clientConfig,
  readDemoShoppers,
}
