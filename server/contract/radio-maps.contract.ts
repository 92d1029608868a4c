import { z } from 'zod'
import { ofVenue, radioMapMaxBytes } from './beacon-values.ts'
import { defineEndpoint } from './endpoint.ts'
import { contentHash, epochMs, venueId } from './values.ts'

const tag = 'Beacons'

const radioMapContent = {
  mediaType: 'application/octet-stream',
  description: 'Radio map, see `positioning/radio-map/codec.ts`',
  maxBytes: radioMapMaxBytes,
} as const

const radioMapEntry = z
  .strictObject({
    number: z.int().min(1),
    hash: contentHash,
    bytes: z.int().min(0),
    beacons: z.int().min(0),
    active: z.boolean(),
    createdAtMs: epochMs,
    createdBy: z.string(),
    notes: z.string(),
  })
  .meta({ id: 'RadioMapVersion' })

const readRadioMap = defineEndpoint({
  id: 'readRadioMap',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/radio-map',
  summary: 'Which radio map is in force',
  description: 'The surveyed one that is active, otherwise one made from where the beacons hang.',
  access: ['shopper', 'kiosk', 'staff', 'installer', 'operator'],
  request: { params: ofVenue },
  responses: {
    200: z
      .strictObject({
        source: z.enum(['survey', 'registry']),
        hash: contentHash,
        url: z.string(),
        bytes: z.int().min(0),
      })
      .meta({ id: 'RadioMapInForce' }),
  },
  problems: ['unknown-venue', 'unknown-radio-map'],
})

const readRadioMapContent = defineEndpoint({
  id: 'readRadioMapContent',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/radio-map/{hash}',
  summary: 'A radio map, to be kept for good',
  description: 'Only with a token: it holds the identities of the beacons.',
  access: ['shopper', 'kiosk', 'staff', 'installer', 'operator'],
  request: { params: z.strictObject({ venueId, hash: contentHash }) },
  responses: { 200: radioMapContent },
  problems: ['unknown-venue', 'unknown-radio-map'],
})

const uploadRadioMap = defineEndpoint({
  id: 'uploadRadioMap',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/radio-maps',
  summary: 'Upload a surveyed radio map and put it in force',
  description: 'The same content twice is one version.',
  access: ['operator', 'installer'],
  request: {
    params: ofVenue,
    query: z.strictObject({ notes: z.string().max(500).default('') }),
    body: radioMapContent,
  },
  responses: { 200: radioMapEntry, 201: radioMapEntry },
  problems: ['unknown-venue', 'bad-radio-map', 'body-too-large', 'unsupported-media-type'],
})

const listRadioMaps = defineEndpoint({
  id: 'listRadioMaps',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/radio-maps',
  summary: 'Surveyed radio maps, newest first',
  access: ['operator', 'installer'],
  request: { params: ofVenue },
  responses: { 200: z.array(radioMapEntry).max(100) },
})

const chooseRadioMap = defineEndpoint({
  id: 'chooseRadioMap',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/radio-map',
  summary: 'Put a radio map in force, or go back to the registry',
  access: ['operator', 'installer'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      number: z.int().min(1).max(1e9).nullable().meta({ description: 'null: made from the registry' }),
    }),
  },
  responses: { 204: { empty: true } },
  problems: ['unknown-radio-map'],
})

/** Endpoints of radio maps, a part of the subject `beacons`. */
export const radioMaps = { readRadioMap, readRadioMapContent, uploadRadioMap, listRadioMaps, chooseRadioMap }
