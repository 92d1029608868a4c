import { z } from 'zod'
import { defineEndpoint } from './endpoint.ts'
import {
  brightness,
  contentCard,
  contentTerms,
  kioskSettings,
  orientations,
  pictureTypes,
  playlist,
} from './kiosk-values.ts'
import { anyId, contentHash, epochMs, levelId, venueId } from './values.ts'

const tag = 'Kiosks'
const ofVenue = z.strictObject({ venueId })
const ofKiosk = z.strictObject({ venueId, kioskId: anyId })
const ofContent = z.strictObject({ venueId, contentId: anyId })
const metres = z.number().min(-10_000).max(10_000)
const kioskName = z.string().trim().min(1).max(60)

/** Largest picture of content and largest screenshot. */
export const pictureMaxBytes = 600_000
/** Content of one venue that is kept, and pictures. */
export const maxContent = 200
/** A screenshot is welcome for this long after it was asked for, and kept for so long. */
export const screenshotTimes = { waitMs: 5 * 60_000, keptMs: 24 * 3_600_000 } as const
/** A kiosk says how it is this often; after `lateMs` without it is late, after `silentMs` silent. */
export const heartbeatTimes = { everyMs: 30_000, lateMs: 90_000, silentMs: 300_000 } as const

const picture = {
  mediaType: 'application/octet-stream',
  description: 'A JPEG, PNG or WebP file; its first bytes say which',
  maxBytes: pictureMaxBytes,
} as const
const servedPicture = {
  mediaType: 'image/*',
  description: `The picture, as ${pictureTypes.join(', ')}`,
  maxBytes: pictureMaxBytes,
} as const

const secret = z
  .string()
  .regex(/^[\w-]{43}$/, { error: 'Expected the secret that came with the code' })
  .meta({ description: 'Known to the screen alone; 256 random bits' })

const beginPairing = defineEndpoint({
  id: 'beginPairing',
  tag,
  method: 'POST',
  path: '/v1/kiosks/pairings',
  summary: 'A new screen asks for a code to show to an operator',
  access: 'public',
  request: {},
  responses: {
    201: z
      .strictObject({
        pairingId: anyId,
        code: z.string().meta({ description: 'To be shown as it is', examples: ['7XK2-M9QR'] }),
        secret: z.string(),
        expiresAtMs: epochMs,
        pollMs: z.int().meta({ description: 'Ask this often whether an operator bound it' }),
      })
      .meta({ id: 'Pairing' }),
  },
  rateLimit: { requests: 120, windowS: 600 },
})

const paired = z
  .strictObject({
    state: z.literal('bound'),
    token: z.string().meta({ description: 'Bearer token of the kiosk; the server keeps a hash of it' }),
    settings: kioskSettings,
  })
  .meta({ id: 'PairedKiosk' })

const pollPairing = defineEndpoint({
  id: 'pollPairing',
  tag,
  method: 'POST',
  path: '/v1/kiosks/pairings/{pairingId}/poll',
  summary: 'Whether an operator bound the code; if so, the token of the kiosk',
  description:
    'An answer that was lost can be asked for again until its token has been used: each answer makes a new token and ' +
    'the one before it is void.',
  access: 'public',
  request: { params: z.strictObject({ pairingId: anyId }), body: z.strictObject({ secret }) },
  responses: {
    200: z.union([z.strictObject({ state: z.literal('waiting'), expiresAtMs: epochMs }), paired]),
  },
  problems: ['unknown-pairing'],
  // Screens of one mall share an address: five hundred that poll every three seconds.
  rateLimit: { requests: 12_000, windowS: 60 },
})

const pairDemo = defineEndpoint({
  id: 'pairDemoKiosk',
  tag,
  method: 'POST',
  path: '/v1/kiosks/demo',
  summary: 'DEMO: a screen on the machine of the server becomes the kiosk of the demo mall',
  description:
    'Answers only in the demonstration that `npm start` makes of an empty machine, to a browser on that machine. Everywhere else ' +
    'screens are paired by an operator.',
  access: 'public',
  request: {},
  responses: { 200: paired },
  problems: ['demo-off'],
  rateLimit: { requests: 60, windowS: 60 },
})

const readMyKiosk = defineEndpoint({
  id: 'readMyKiosk',
  tag,
  method: 'GET',
  path: '/v1/kiosks/me',
  summary: 'What this kiosk is and how it is to behave; also live under `settings` of `kiosk:ID`',
  access: ['kiosk'],
  request: {},
  responses: { 200: kioskSettings },
  problems: ['unknown-kiosk'],
})

const health = z
  .strictObject({
    version: z.string().min(1).max(40),
    uptimeS: z.int().min(0).max(1e9),
    memoryMb: z.number().min(0).max(1e6).exactOptional().meta({ description: 'Heap in use' }),
    screen: z.strictObject({
      widthPx: z.int().min(1).max(100_000),
      heightPx: z.int().min(1).max(100_000),
      pixelRatio: z.number().min(0.1).max(16),
    }),
    lastError: z
      .strictObject({
        kind: z.enum(['script', 'map', 'network', 'storage', 'webgl', 'other']),
        atMs: epochMs,
      })
      .exactOptional()
      .meta({
        description: 'Of what kind the last one was, never its text: that could hold what somebody typed',
      }),
    mapVersionId: anyId.exactOptional().meta({ description: 'Version of the map on the screen' }),
    streamLagMs: z
      .int()
      .min(0)
      .max(1e9)
      .exactOptional()
      .meta({ description: 'Age of what the live stream said last; absent while there is none' }),
  })
  .meta({ id: 'KioskHealth' })

const heartbeat = defineEndpoint({
  id: 'kioskHeartbeat',
  tag,
  method: 'POST',
  path: '/v1/kiosks/me/heartbeat',
  summary: 'How this kiosk is',
  access: ['kiosk'],
  request: { body: health },
  responses: {
    200: z.strictObject({
      nowMs: epochMs.meta({ description: 'By the clock of the server' }),
      nextMs: z.int().meta({ description: 'When the next one is welcome, from now' }),
    }),
  },
  problems: ['unknown-kiosk'],
})

const kiosk = z
  .strictObject({
    settings: kioskSettings,
    state: z
      .enum(['online', 'late', 'silent', 'never', 'revoked'])
      .meta({ description: '`never`: paired and not heard of since' }),
    pairedAtMs: epochMs,
    heardAtMs: epochMs.exactOptional(),
    health: health.exactOptional(),
    screenshotAtMs: epochMs.exactOptional().meta({ description: 'There is one, taken then' }),
  })
  .meta({
    id: 'Kiosk',
    description:
      'Its state is live under `kiosk:ID` of `console:VENUE` too, without `settings`, as long as it is online',
  })

const bindKiosk = defineEndpoint({
  id: 'bindKiosk',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/kiosks',
  summary: 'Bind the code that a screen shows to a place: it becomes a kiosk of the venue',
  access: ['operator'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      code: z
        .string()
        .trim()
        .min(1)
        .max(20)
        .meta({ description: 'As the screen shows it; dashes do not matter' }),
      name: kioskName,
      levelId,
      x: metres,
      y: metres,
      headingDeg: z.number().min(0).lt(360),
      orientation: z.enum(orientations).default('portrait'),
    }),
  },
  responses: { 201: kiosk },
  problems: ['unknown-venue', 'unknown-level', 'wrong-code', 'too-many-devices'],
  rateLimit: { requests: 60, windowS: 60 },
  idempotent: true,
})

const listKiosks = defineEndpoint({
  id: 'listKiosks',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/kiosks',
  summary: 'The kiosks of a venue and how they are, by name; not those that were revoked',
  access: ['operator', 'installer'],
  request: { params: ofVenue },
  responses: { 200: z.array(kiosk).max(500) },
})

const changeKiosk = defineEndpoint({
  id: 'changeKiosk',
  tag,
  method: 'PATCH',
  path: '/v1/venues/{venueId}/kiosks/{kioskId}',
  summary: 'Rename, move or turn a kiosk, set its brightness and what it shows; it hears of it at once',
  access: ['operator'],
  request: {
    params: ofKiosk,
    body: z
      .strictObject({
        name: kioskName.exactOptional(),
        place: z.strictObject({ levelId, x: metres, y: metres }).exactOptional(),
        headingDeg: z.number().min(0).lt(360).exactOptional(),
        orientation: z.enum(orientations).exactOptional(),
        brightness: brightness.exactOptional(),
        playlist: playlist.exactOptional(),
      })
      .refine((change) => Object.keys(change).length > 0, { error: 'Expected something to change' }),
  },
  responses: { 200: kiosk },
  problems: ['unknown-kiosk', 'unknown-level', 'unknown-content'],
})

const revokeKiosk = defineEndpoint({
  id: 'revokeKiosk',
  tag,
  method: 'DELETE',
  path: '/v1/venues/{venueId}/kiosks/{kioskId}',
  summary: 'Take a kiosk its token away and end its connections, on every node',
  access: ['operator'],
  request: { params: ofKiosk },
  responses: { 204: { empty: true } },
  problems: ['unknown-kiosk'],
})

const reloadKiosk = defineEndpoint({
  id: 'reloadKiosk',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/kiosks/{kioskId}/reload',
  summary: 'Have a kiosk load its page anew',
  access: ['operator'],
  request: { params: ofKiosk },
  responses: { 202: z.strictObject({ atMs: epochMs }) },
  problems: ['unknown-kiosk'],
})

const wantScreenshot = defineEndpoint({
  id: 'wantScreenshot',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/kiosks/{kioskId}/screenshot',
  summary: 'Ask a kiosk for a picture of what it shows',
  description: 'The kiosk shows that a picture is taken. The newest one is kept for a day.',
  access: ['operator'],
  request: { params: ofKiosk },
  responses: { 202: z.strictObject({ atMs: epochMs }) },
  problems: ['unknown-kiosk'],
})

const readScreenshot = defineEndpoint({
  id: 'readScreenshot',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/kiosks/{kioskId}/screenshot',
  summary: 'The last picture a kiosk sent; that somebody looked is recorded',
  access: ['operator'],
  request: { params: ofKiosk },
  responses: { 200: servedPicture },
  problems: ['unknown-kiosk', 'no-screenshot'],
})

const sendScreenshot = defineEndpoint({
  id: 'sendScreenshot',
  tag,
  method: 'PUT',
  path: '/v1/kiosks/me/screenshot',
  summary: 'The picture that was asked for, within five minutes',
  access: ['kiosk'],
  request: { body: picture },
  responses: { 204: { empty: true } },
  problems: ['unknown-kiosk', 'bad-picture', 'no-screenshot', 'body-too-large', 'unsupported-media-type'],
  rateLimit: { requests: 600, windowS: 60 },
})

const content = contentCard
  .extend({ state: z.enum(['planned', 'current', 'over']), createdAtMs: epochMs, createdBy: z.string() })
  .meta({ id: 'Content' })

const readContent = defineEndpoint({
  id: 'readContent',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/content',
  summary: 'Announcements and cards that are current or planned, as screens show them',
  access: 'public',
  request: { params: ofVenue },
  responses: { 200: z.array(contentCard).max(maxContent) },
  problems: ['unknown-venue'],
})

const listContent = defineEndpoint({
  id: 'listContent',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/content/all',
  summary: 'All announcements and cards, in their order, with those that are over',
  access: ['operator'],
  request: { params: ofVenue },
  responses: { 200: z.array(content).max(maxContent) },
})

const createContent = defineEndpoint({
  id: 'createContent',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/content',
  summary: 'Make an announcement or a card; screens show it at once',
  access: ['operator'],
  request: { params: ofVenue, body: contentTerms },
  responses: { 201: content },
  problems: ['unknown-venue', 'not-on-map', 'unknown-picture', 'too-much-content'],
  idempotent: true,
})

const changeContent = defineEndpoint({
  id: 'changeContent',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/content/{contentId}',
  summary: 'Write an announcement or a card anew',
  access: ['operator'],
  request: { params: ofContent, body: contentTerms },
  responses: { 200: content },
  problems: ['unknown-venue', 'unknown-content', 'not-on-map', 'unknown-picture'],
})

const removeContent = defineEndpoint({
  id: 'removeContent',
  tag,
  method: 'DELETE',
  path: '/v1/venues/{venueId}/content/{contentId}',
  summary: 'Take an announcement or a card off the screens for good',
  access: ['operator'],
  request: { params: ofContent },
  responses: { 204: { empty: true } },
  problems: ['unknown-content'],
})

const addPicture = defineEndpoint({
  id: 'addPicture',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/pictures',
  summary: 'Hand in a picture for content; one that no content shows is dropped after a day',
  access: ['operator'],
  request: { params: ofVenue, body: picture },
  responses: { 201: z.strictObject({ hash: contentHash, url: z.string() }).meta({ id: 'Picture' }) },
  problems: ['unknown-venue', 'bad-picture', 'too-much-content', 'body-too-large', 'unsupported-media-type'],
})

const readPicture = defineEndpoint({
  id: 'readPicture',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/pictures/{hash}',
  summary: 'A picture of content, to be kept for good',
  access: 'public',
  request: { params: z.strictObject({ venueId, hash: contentHash }) },
  responses: { 200: servedPicture },
  problems: ['unknown-picture'],
})

/** How a kiosk is, as consoles follow it: `kiosk:ID` of `console:VENUE`. */
export const kioskState = kiosk.omit({ settings: true })

export type Kiosk = z.output<typeof kiosk>
export type KioskHealth = z.output<typeof health>
export type PairedKiosk = z.output<typeof paired>

/** The endpoints of the subject `kiosks`. */
export const kiosksContract = {
  beginPairing,
  pollPairing,
  pairDemo,
  readMyKiosk,
  heartbeat,
  sendScreenshot,
  bindKiosk,
  listKiosks,
  changeKiosk,
  revokeKiosk,
  reloadKiosk,
  wantScreenshot,
  readScreenshot,
  readContent,
  listContent,
  createContent,
  changeContent,
  removeContent,
  addPicture,
  readPicture,
}
