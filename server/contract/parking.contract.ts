import { z } from 'zod'
import { defineEndpoint } from './endpoint.ts'
import { carEndpoints } from './parking-cars.contract.ts'
import { paymentEndpoints } from './parking-payment.contract.ts'
import {
  bayName,
  bayState,
  fen,
  inside,
  metres,
  ofVenue,
  people,
  plateText,
  price,
  tag,
} from './parking-values.ts'
import { anyId, epochMs, labels, levelId, unitId, venueId } from './values.ts'

/** Bays of a level, as lists and live streams tell them. */
export const parkingLevel = z
  .strictObject({
    levelId,
    level: z.string(),
    bays: z.int().min(0),
    known: z.int().min(0).meta({ description: 'Bays whose state a guidance system has told' }),
    free: z.int().min(0),
    accessibleFree: z.int().min(0),
    chargingFree: z.int().min(0),
  })
  .meta({
    id: 'ParkingLevel',
    description: 'Bays of a level; also live under `parking:LEVEL` of `floor:VENUE`',
  })

const readParking = defineEndpoint({
  id: 'readParking',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking',
  summary: 'How many bays of each level are free',
  access: 'public',
  request: { params: ofVenue },
  responses: { 200: z.array(parkingLevel).max(200) },
  problems: ['unknown-venue'],
})

const listBays = defineEndpoint({
  id: 'listBays',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/bays',
  summary: 'The bays of the published map with their state',
  access: [...people, 'system'],
  request: { params: ofVenue },
  responses: {
    200: z
      .array(
        z
          .strictObject({
            id: unitId,
            code: z.string(),
            levelId,
            level: z.string(),
            x: z.number(),
            y: z.number(),
            accessible: z.boolean(),
            charging: z.boolean(),
            state: bayState.exactOptional(),
            stateAtMs: epochMs.exactOptional(),
          })
          .meta({ id: 'ParkingBay' }),
      )
      .max(50_000),
  },
  problems: ['unknown-venue'],
})

const exitWord = z.string().trim().min(1).max(60)

const exitName = z.strictObject({ zh: exitWord, en: exitWord }).meta({
  description: 'What stands over it, in Chinese and English',
  examples: [{ zh: '东出口', en: 'East exit' }],
})

const carExit = z
  .strictObject({
    name: labels,
    levelId,
    level: z.string(),
    x: z.number(),
    y: z.number(),
    by: z.enum(['map', 'operator']).meta({ description: 'Who says that it is there' }),
  })
  .meta({ id: 'CarExit' })

const readExits = defineEndpoint({
  id: 'readCarExits',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/exits',
  summary: 'Where cars leave: what an operator named, else what the map draws',
  access: people,
  request: { params: ofVenue },
  responses: { 200: z.array(carExit).max(1000) },
  problems: ['unknown-venue'],
})

const setExits = defineEndpoint({
  id: 'setCarExits',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/parking/exits',
  summary: 'Say where cars leave, in place of what was said before',
  description:
    'For maps that do not draw it. Also the ramp to the next level is an exit of its level. Of a level with named ' +
    'exits the map’s own are not used; an empty list goes back to the map.',
  access: ['operator'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      exits: z
        .array(
          z.strictObject({
            name: exitName,
            at: z.union([
              z.strictObject({ bay: bayName.meta({ description: 'The bay beside it' }) }),
              z.strictObject({ levelId, x: metres, y: metres }),
            ]),
          }),
        )
        .max(40),
    }),
  },
  responses: { 200: z.array(carExit).max(1000) },
  problems: ['unknown-venue', 'unknown-bay', 'unknown-level'],
})

const tellBays = defineEndpoint({
  id: 'tellBays',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/bay-states',
  summary: 'A guidance system tells the states of bays',
  description:
    'Of two states of a bay the later one holds. Bays the map does not have are listed in the answer.',
  access: ['system', 'operator'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      states: z
        .array(z.strictObject({ bay: bayName, state: bayState, atMs: epochMs }))
        .min(1)
        .max(2000),
    }),
  },
  responses: { 200: z.strictObject({ changed: z.int().min(0), unknown: z.array(z.string()).max(2000) }) },
  problems: ['unknown-venue'],
})

const eventId = z
  .string()
  .regex(/^[\x21-\x7e]{1,100}$/)
  .meta({
    description:
      'Names the event for all time, by the system that saw it; the same event again has the same id',
  })

const gate = z.string().trim().min(1).max(64).meta({ description: 'Which barrier' })

const tellBarrier = defineEndpoint({
  id: 'tellBarrier',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/events',
  summary: 'A barrier or camera tells that a car drove in or out',
  description:
    'Events may come late, twice and in any order. Without a readable plate an entry is a stay all the same; ' +
    'the plate can be set right later.',
  access: ['system'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      eventId,
      kind: z.enum(['entry', 'exit']),
      atMs: epochMs,
      gate,
      plate: plateText.exactOptional(),
      picture: z
        .url({ protocol: /^https$/ })
        .max(500)
        .exactOptional()
        .meta({
          description:
            'Picture of the car, blurred: plate and people cannot be told. Kiosks show it. An address that tells ' +
            'the plate is left out',
        }),
    }),
  },
  responses: {
    200: z.strictObject({
      isNew: z.boolean(),
      isPlateRead: z.boolean(),
      ticketId: anyId.exactOptional(),
    }),
  },
  problems: ['unknown-venue'],
})

const correctPlate = defineEndpoint({
  id: 'correctPlate',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/parking/events/{eventId}/plate',
  summary: 'Set the plate of an event right',
  access: ['system', ...inside],
  request: {
    params: z.strictObject({ venueId, eventId: z.string().min(1).max(100) }),
    body: z.strictObject({ plate: plateText }),
  },
  responses: { 204: { empty: true } },
  problems: ['unknown-event', 'no-plate'],
})

const tellSighting = defineEndpoint({
  id: 'tellSighting',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/sightings',
  summary: 'A camera or guidance system tells which plate stands in which bay',
  access: ['system'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      plate: plateText,
      bay: bayName,
      atMs: epochMs,
      confidence: z.number().min(0.05).max(0.99).default(0.95).meta({
        description: 'How often such a reading is right',
      }),
    }),
  },
  responses: { 204: { empty: true } },
  problems: ['unknown-venue', 'unknown-bay', 'no-plate'],
})

const checkExit = defineEndpoint({
  id: 'checkExit',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/exit-checks',
  summary: 'A barrier asks whether a car may leave',
  access: ['system', ...inside],
  request: { params: ofVenue, body: z.strictObject({ plate: plateText }) },
  responses: {
    200: z
      .strictObject({
        decision: z.enum(['open', 'pay']),
        ticketId: anyId,
        enteredAtMs: epochMs,
        ...price,
      })
      .meta({ id: 'ExitCheck' }),
  },
  problems: ['no-plate', 'unknown-ticket'],
})

const ticket = z
  .strictObject({
    id: anyId,
    plate: z.string().exactOptional().meta({ description: 'Masked; absent while nobody could read it' }),
    enteredAtMs: epochMs,
    entryGate: z.string(),
    endedAtMs: epochMs.exactOptional(),
    endedBy: z.enum(['exit', 'next-entry', 'given-up']).exactOptional(),
    exitGate: z.string().exactOptional(),
    unpaidFen: fen.exactOptional(),
    eventId: z.string().exactOptional().meta({
      description: 'With `unread`: the entry whose plate is to be set right',
    }),
    picture: z.string().exactOptional().meta({ description: 'With `unread`: its picture' }),
  })
  .meta({ id: 'ParkingTicket' })

const listTickets = defineEndpoint({
  id: 'listTickets',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/tickets',
  summary: 'Stays, the latest to drive in first',
  access: inside,
  request: {
    params: ofVenue,
    query: z.strictObject({
      state: z.enum(['inside', 'left', 'unpaid', 'unread']).default('inside'),
      limit: z.coerce.number<number>().int().min(1).max(200).default(100),
    }),
  },
  responses: { 200: z.array(ticket).max(200) },
})

const endStay = defineEndpoint({
  id: 'endStay',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/tickets/{ticketId}/end',
  summary: 'End the stay of a car that is not there, though nobody saw it leave',
  description:
    'Nothing is owed for it. Should it be seen driving out after all, that ends the stay as always.',
  access: inside,
  request: { params: z.strictObject({ venueId, ticketId: anyId }) },
  responses: { 204: { empty: true } },
  problems: ['unknown-ticket'],
})

/** The endpoints of the subject `parking`. */
export const parkingContract = {
  readParking,
  listBays,
  readExits,
  setExits,
  tellBays,
  tellBarrier,
  correctPlate,
  tellSighting,
  checkExit,
  listTickets,
  endStay,
  ...carEndpoints,
  ...paymentEndpoints,
}
