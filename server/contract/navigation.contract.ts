import { z } from 'zod'
import { profiles } from '../../maps/routes/profiles.ts'
import { defineEndpoint } from './endpoint.ts'
import { anyId, contentHash, epochMs, flag, labels, levelId, unitId, venueId } from './values.ts'

const tag = 'Navigation'
const ofVenue = z.strictObject({ venueId })
const ofClosure = z.strictObject({ venueId, closureId: anyId })

const metres = z.number().min(-10_000).max(10_000)
const point = z.strictObject({ x: metres, y: metres })
const mapId = z.string().trim().min(1).max(64)
const day = 86_400_000

/** Most closures of a venue that are not over; of a level they are drawn and routed around at once. */
export const maxClosures = 200
/** Stops of one handed-over way, as many as an itinerary has (`maps/routes`). */
export const maxHandoffStops = 12

/** A closure as the routers of `maps/routes` take it: `router.withClosures`. */
export const kernelClosure = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('area'),
      level: z.string().max(64).meta({ description: 'What stands on the lift button' }),
      ring: z.array(point).min(3).max(10_000),
    }),
    z.strictObject({ kind: z.literal('connector'), id: mapId }),
    z.strictObject({ kind: z.literal('direction'), id: mapId, direction: z.enum(['up', 'down', 'both']) }),
    z.strictObject({ kind: z.literal('door'), id: mapId }),
  ])
  .meta({ id: 'RouterClosure', description: 'Nobody may walk, ride or enter here; metres of the level' })

const what = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('connector'),
      id: mapId.meta({ description: 'Any id of a lift, an escalator, stairs or a ramp' }),
    }),
    z.strictObject({
      kind: z.literal('direction'),
      id: mapId.meta({ description: 'Any id of an escalator' }),
      direction: z.enum(['up', 'down', 'both']),
    }),
    z.strictObject({ kind: z.literal('door'), id: anyId.meta({ description: 'Id of an opening' }) }),
    z.strictObject({ kind: z.literal('unit'), id: unitId }),
    z.strictObject({ kind: z.literal('area'), levelId, ring: z.array(point).min(3).max(100) }),
    z.strictObject({
      kind: z.literal('spot'),
      levelId,
      ...point.shape,
      radiusM: z.number().min(0.5).max(50),
    }),
  ])
  .meta({ id: 'ClosedThing', description: 'What is closed, or runs the other way' })

const reason = z.strictObject({
  zh: z.string().trim().min(1).max(80),
  en: z.string().trim().min(1).max(120),
})

/**
 * A closure as everybody may see it. It is in force from `fromMs` (inclusive) to `untilMs` (exclusive, open
 * when absent): a client that holds it applies and lifts it by its own clock, also without the server.
 */
export const closureNotice = z
  .strictObject({
    id: anyId,
    what,
    closures: z
      .array(kernelClosure)
      .max(1000)
      .meta({ description: 'For a router; empty when the published map no longer has the thing' }),
    reason,
    levelIds: z.array(levelId).max(200).meta({ description: 'Levels on which it is to be shown' }),
    at: z
      .strictObject({ levelId, x: z.number(), y: z.number() })
      .exactOptional()
      .meta({ description: 'Where to draw its sign' }),
    fromMs: epochMs,
    untilMs: epochMs.exactOptional(),
  })
  .meta({ id: 'ClosureNotice', description: 'Also live under `closure:ID` of `floor:VENUE`' })

const closure = closureNotice
  .extend({
    state: z.enum(['planned', 'in-force', 'over']),
    createdAtMs: epochMs,
    createdBy: z.string(),
    endedAtMs: epochMs.exactOptional(),
  })
  .meta({ id: 'Closure' })

const readRouteTables = defineEndpoint({
  id: 'readRouteTables',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/route-tables/{hash}',
  summary: 'The tables a kiosk or a phone finds ways with by itself, to be kept for good',
  description: 'Their address stands in `routeTables` of the venue.',
  access: 'public',
  request: { params: z.strictObject({ venueId, hash: contentHash }) },
  responses: {
    200: {
      mediaType: 'application/json',
      description: 'Route tables, see `maps/routes/offline.ts`',
      maxBytes: 32 * 1024 * 1024,
    },
  },
  problems: ['unknown-venue'],
})

const readClosures = defineEndpoint({
  id: 'readClosures',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/closures',
  summary: 'What is closed now or will be, for whoever follows no stream',
  access: 'public',
  request: { params: ofVenue },
  responses: { 200: z.array(closureNotice).max(maxClosures) },
  problems: ['unknown-venue'],
})

const listClosures = defineEndpoint({
  id: 'listClosures',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/closures/all',
  summary: 'Closures with who made them, newest first; on request those that are over, too',
  access: ['operator', 'staff'],
  request: { params: ofVenue, query: z.strictObject({ over: flag.default(false) }) },
  responses: { 200: z.array(closure).max(500) },
})

const createClosure = defineEndpoint({
  id: 'createClosure',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/closures',
  summary: 'Close something, or say that an escalator runs the other way',
  description:
    'Ways of the server go around it at once, those of kiosks and phones as soon as they hear of it.',
  access: ['operator'],
  request: {
    params: ofVenue,
    body: z
      .strictObject({
        what,
        reason,
        fromMs: epochMs.exactOptional().meta({ description: 'Now when absent' }),
        untilMs: epochMs.exactOptional().meta({ description: 'Until it is ended when absent' }),
      })
      .refine(({ fromMs, untilMs }) => fromMs === undefined || untilMs === undefined || fromMs < untilMs, {
        error: 'fromMs has to be before untilMs',
      }),
  },
  responses: { 201: closure },
  problems: ['unknown-venue', 'not-on-map', 'already-over', 'too-many-closures'],
  idempotent: true,
})

const endClosure = defineEndpoint({
  id: 'endClosure',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/closures/{closureId}/end',
  summary: 'End a closure now; one that is over stays as it is',
  access: ['operator'],
  request: { params: ofClosure },
  responses: { 200: closure },
  problems: ['unknown-closure'],
})

const place = z.strictObject({
  place: mapId.meta({ description: 'Id of a destination: a shop, an amenity, a bay, an entrance' }),
})
const spot = z
  .union([
    place,
    z.strictObject({ levelId, ...point.shape }),
    z.strictObject({ levelId, lon: z.number().min(-180).max(180), lat: z.number().min(-90).max(90) }),
  ])
  .meta({ id: 'HandoffSpot', description: 'A destination, or a point of a level: metres or WGS 84' })

const end = z
  .strictObject({
    place: mapId.exactOptional(),
    name: labels.exactOptional(),
    levelId,
    level: z.string(),
    x: z.number(),
    y: z.number(),
  })
  .meta({ id: 'HandoffEnd', description: 'Where a handed-over way begins, stops or ends' })

const profile = z.enum(profiles)
const lang = z.enum(['zh', 'en'])

const createHandoff = defineEndpoint({
  id: 'createHandoff',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/handoffs',
  summary: 'Hand a way over to a phone: a one-time code for a QR code',
  description:
    'Good for ten minutes until a phone opens it, then two hours on that phone. It holds the way and nothing of a ' +
    'person. Stops are visited in the order given.',
  access: ['kiosk', 'shopper', 'staff', 'operator'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      from: spot,
      to: z.array(spot).min(1).max(maxHandoffStops),
      profile: profile.default('fastest'),
      lang: lang.default('zh'),
    }),
  },
  responses: {
    201: z
      .strictObject({
        code: z.string(),
        url: z.string().meta({
          description:
            'What the QR code holds: absolute with PUBLIC_URL, otherwise a path to be resolved against the address ' +
            'of this server',
          examples: ['https://atrium.example/go/7XK2M9QRT4WBD'],
        }),
        expiresAtMs: epochMs,
      })
      .meta({ id: 'Handoff' }),
  },
  problems: ['unknown-venue', 'not-on-map'],
  rateLimit: { requests: 300, windowS: 60 },
  idempotent: true,
})

/** A code as it stands in a QR code; capitals, so that a code of an upper-case address stays small. */
export const handoffCode = z
  .string()
  .toUpperCase()
  .regex(/^[2-9A-HJKMNP-TV-Z]{13}$/, { error: 'Expected the thirteen letters and digits of a code' })
  .meta({ description: 'Thirteen letters and digits, 63 random bits', examples: ['7XK2M9QRT4WBD'] })

const openHandoff = defineEndpoint({
  id: 'openHandoff',
  tag,
  method: 'POST',
  path: '/v1/handoffs/{code}/open',
  summary: 'Open a handed-over way on this phone; the first phone keeps it',
  access: 'public',
  request: {
    params: z.strictObject({ code: handoffCode }),
    body: z.strictObject({
      phone: z
        .string()
        .regex(/^[\w-]{22,64}$/)
        .meta({ description: 'A random key the phone made and keeps, at least 128 bits as base64url' }),
    }),
  },
  responses: {
    200: z
      .strictObject({
        venueId,
        from: end,
        to: z.array(end).min(1).max(maxHandoffStops),
        profile,
        lang,
        expiresAtMs: epochMs,
      })
      .meta({ id: 'HandedOverWay' }),
  },
  problems: ['unknown-handoff', 'handoff-taken', 'not-on-map'],
  rateLimit: { requests: 300, windowS: 60 },
})

const html = (description: string) => ({ mediaType: 'text/html', description, maxBytes: 2 * 1024 * 1024 })

const goPage = {
  200: html('The way, or the button that opens it on this phone'),
  404: html('A sentence: there is no such way, or no longer'),
  409: html('A sentence: another phone opened it'),
} as const

const showHandoff = defineEndpoint({
  id: 'showHandoff',
  tag,
  method: 'GET',
  path: '/go/{code}',
  summary: 'A handed-over way as a plain page, for a phone without the mini-program',
  description: 'Looking opens nothing: programs look at links before people do.',
  access: 'public',
  request: {
    params: z.strictObject({ code: z.string().max(100) }),
    query: z.strictObject({
      lang: lang.exactOptional().meta({ description: 'The language of the screen when absent' }),
    }),
  },
  responses: goPage,
})

const openHandoffPage = defineEndpoint({
  id: 'openHandoffPage',
  tag,
  method: 'POST',
  path: '/go/{code}',
  summary: 'Open a handed-over way on the plain page',
  access: 'public',
  request: { params: z.strictObject({ code: z.string().max(100) }) },
  responses: { ...goPage, 303: { empty: true } },
  rateLimit: { requests: 300, windowS: 60 },
})

/** How long an unopened code is good, and an opened one on its phone. */
export const handoffLifeMs = { unopened: 10 * 60_000, opened: day / 12 } as const

export type KernelClosure = z.output<typeof kernelClosure>
export type ClosureNotice = z.output<typeof closureNotice>
export type ClosedThing = z.output<typeof what>

/** The endpoints of the subject `navigation`. */
export const navigationContract = {
  readRouteTables,
  readClosures,
  listClosures,
  createClosure,
  endClosure,
  createHandoff,
  openHandoff,
  showHandoff,
  openHandoffPage,
}
