import { z } from 'zod'
import { profiles } from '../../maps/routes/profiles.ts'
import { defineEndpoint } from './endpoint.ts'
import { bayName, candidate, inside, metres, ofVenue, people, plateText, tag } from './parking-values.ts'
import { anyId, epochMs, labels, levelId, unitId, venueId } from './values.ts'

const ownPlate = z
  .strictObject({ id: anyId, plate: z.string().meta({ description: 'Masked' }), createdAtMs: epochMs })
  .meta({ id: 'OwnPlate' })

const listMyPlates = defineEndpoint({
  id: 'listMyPlates',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/my-plates',
  summary: 'My number plates, masked',
  access: ['shopper'],
  request: { params: ofVenue },
  responses: { 200: z.array(ownPlate).max(3) },
})

const addMyPlate = defineEndpoint({
  id: 'addMyPlate',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/my-plates',
  summary: 'Say that a number plate is mine',
  access: ['shopper'],
  request: { params: ofVenue, body: z.strictObject({ plate: plateText }) },
  responses: { 200: ownPlate },
  problems: ['unknown-venue', 'no-plate', 'too-many-plates'],
  rateLimit: { requests: 600, windowS: 60 },
})

const removeMyPlate = defineEndpoint({
  id: 'removeMyPlate',
  tag,
  method: 'DELETE',
  path: '/v1/venues/{venueId}/parking/my-plates/{plateId}',
  summary: 'Forget one of my number plates',
  access: ['shopper'],
  request: { params: z.strictObject({ venueId, plateId: anyId }) },
  responses: { 204: { empty: true } },
  problems: ['unknown-plate'],
})

const source = z.enum(['camera', 'shopper', 'trail']).meta({
  description:
    'camera: a system read the plate at a bay; shopper: they scanned or typed the bay; ' +
    'trail: their phone noticed where driving ended and walking began',
})

const saidPlace = z
  .strictObject({
    source,
    atMs: epochMs,
    levelId,
    x: z.number(),
    y: z.number(),
    radiusM: z.number().min(0).meta({ description: 'Metres within which the car most likely stands' }),
    confidence: z.number().min(0).max(1),
    bayId: unitId.exactOptional(),
  })
  .meta({ id: 'SaidCarPlace' })

const carPlace = z
  .strictObject({
    text: labels.meta({ description: 'B1, near C017, within 15 m' }),
    levelId,
    level: z.string(),
    x: z.number(),
    y: z.number(),
    radiusM: z.number().min(0),
    confidence: z.number().min(0).max(1),
    atMs: epochMs,
    source,
    agreeing: z.array(source).max(3),
    bay: z.strictObject({ id: unitId, code: z.string(), distanceM: z.number().min(0) }).exactOptional(),
  })
  .meta({ id: 'CarPlace', description: 'Where a car stands, by all sources together' })

const readMyCars = defineEndpoint({
  id: 'readMyCars',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/my-cars',
  summary: 'Where my cars stand, which source says so and how sure it is',
  access: ['shopper'],
  request: { params: ofVenue },
  responses: {
    200: z
      .array(
        z
          .strictObject({
            plate: z.string().exactOptional().meta({ description: 'Masked' }),
            ticketId: anyId.exactOptional(),
            enteredAtMs: epochMs.exactOptional(),
            place: carPlace.exactOptional(),
            said: z.array(saidPlace).max(6),
          })
          .meta({ id: 'MyCar' }),
      )
      .max(4),
  },
  problems: ['unknown-venue'],
})

const sayMyBay = defineEndpoint({
  id: 'sayMyBay',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/parking/my-car/bay',
  summary: 'I left my car in this bay: scanned from its code, or typed',
  access: ['shopper'],
  request: { params: ofVenue, body: z.strictObject({ bay: bayName, isScanned: z.boolean() }) },
  responses: { 200: saidPlace },
  problems: ['unknown-venue', 'unknown-bay'],
})

const sayMyTrail = defineEndpoint({
  id: 'sayMyTrail',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/parking/my-car/trail',
  summary: 'My phone noticed where driving ended and walking began',
  description: 'Needs the consent to `location`.',
  access: ['shopper'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      levelId,
      x: metres,
      y: metres,
      radiusM: z.number().min(1).max(200),
      confidence: z.number().min(0.05).max(0.95),
      atMs: epochMs,
    }),
  },
  responses: { 200: saidPlace },
  problems: ['unknown-venue', 'unknown-level', 'consent-needed'],
})

const forgetMyCar = defineEndpoint({
  id: 'forgetMyCar',
  tag,
  method: 'DELETE',
  path: '/v1/venues/{venueId}/parking/my-car',
  summary: 'Forget where I or my phone said that my car stands',
  access: ['shopper'],
  request: { params: ofVenue },
  responses: { 204: { empty: true } },
})

const searchCars = defineEndpoint({
  id: 'searchCars',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/searches',
  summary: 'Find cars by the last four or more signs of their plate, one of them may be misread',
  access: ['kiosk', ...inside],
  request: { params: ofVenue, body: z.strictObject({ ending: z.string().min(1).max(32) }) },
  responses: {
    200: z.strictObject({
      candidates: z
        .array(
          z
            .strictObject({
              candidate,
              plate: z.string().meta({ description: 'Masked' }),
              enteredAtMs: epochMs.meta({ description: 'To the minute' }),
              picture: z.string().exactOptional().meta({ description: 'Address of a blurred picture' }),
            })
            .meta({ id: 'CarCandidate' }),
        )
        .max(6),
      hasMore: z.boolean().meta({ description: 'More cars fit: type more of the plate' }),
    }),
  },
  rateLimit: { requests: 120, windowS: 60 },
})

const whichCar = z
  .union([
    z.strictObject({ bay: bayName }),
    z.strictObject({ candidate }),
    z.strictObject({ ticketId: anyId.meta({ description: 'Of one of my cars' }) }),
    z.strictObject({ mine: z.literal(true).meta({ description: 'My car that drove in last' }) }),
  ])
  .meta({ description: 'A bay, a car a search found, or one of mine' })

const spot = z.union([
  z.strictObject({ place: z.string().min(1).max(64).meta({ description: 'Id of a destination' }) }),
  z.strictObject({ levelId, x: metres, y: metres }),
])

const leg = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('walk'),
    levelId,
    lengthM: z.number(),
    points: z.array(z.tuple([z.number(), z.number()])),
  }),
  z.strictObject({
    kind: z.literal('ride'),
    by: z.enum(['lift', 'escalator', 'stairs', 'ramp']),
    fromLevelId: levelId,
    toLevelId: levelId,
  }),
])

const routeToCar = defineEndpoint({
  id: 'routeToCar',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/routes',
  summary: 'The way from here to a car, across levels, with instructions, and the exit to drive out by',
  access: people,
  request: {
    params: ofVenue,
    body: z.strictObject({
      from: spot,
      to: whichCar,
      profile: z.enum(profiles).default('fastest'),
      lang: z.enum(['zh', 'en']).default('zh'),
    }),
  },
  responses: {
    200: z
      .strictObject({
        place: carPlace
          .omit({ atMs: true, confidence: true, agreeing: true })
          .exactOptional()
          .meta({ description: 'Absent when a bay was asked for; no more than a screen shows' }),
        bay: z.strictObject({ id: unitId, code: z.string(), levelId, level: z.string() }).exactOptional(),
        summary: z.string(),
        lengthM: z.number(),
        seconds: z.number(),
        legs: z.array(leg),
        steps: z.array(
          z.strictObject({
            kind: z.enum(['start', 'turn', 'ride', 'arrive', 'notice']),
            text: z.string(),
            level: z.string(),
            at: z.tuple([z.number(), z.number()]),
            lengthM: z.number(),
          }),
        ),
        driveOut: z.strictObject({ name: labels, distanceM: z.number() }).exactOptional().meta({
          description:
            'The exit for cars with the shortest way from where the car stands; absent while nobody said of one',
        }),
      })
      .meta({ id: 'RouteToCar' }),
  },
  problems: ['unknown-venue', 'unknown-bay', 'unknown-ticket', 'car-not-found', 'no-way'],
})

/** Plates and finding one's car. */
export const carEndpoints = {
  listMyPlates,
  addMyPlate,
  removeMyPlate,
  readMyCars,
  sayMyBay,
  sayMyTrail,
  forgetMyCar,
  searchCars,
  routeToCar,
}
