import { z } from 'zod'
import { defineEndpoint } from './endpoint.ts'
import { anyId, epochMs, levelId, venueId } from './values.ts'

const tag = 'Presence'

/** What one report may hold; a client that has more sends it in two. */
export const reportLimits = {
  sightings: 100,
  /** Oldest sighting, ms before the report was made. */
  ageMs: 30_000,
} as const

const identity = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/\d{1,5}\/\d{1,5}$/

const beaconIdentity = z
  .string()
  .max(48)
  .regex(identity, { error: 'expected uuid/major/minor with a lower-case uuid' })
  .meta({ description: 'iBeacon identity as uuid/major/minor, the uuid in lower case' })

const ageMs = z.int().min(0).max(reportLimits.ageMs).meta({ description: 'Milliseconds before `phoneMs`' })

/** What a phone heard, and where it thinks it is. */
export const sightingsReport = z
  .strictObject({
    batchId: anyId.meta({
      description: 'Made by the phone for this report; sent again, it is carried out once',
    }),
    sessionId: anyId.meta({ description: 'Made by the phone when it begins to listen' }),
    sequence: z
      .int()
      .min(0)
      .max(2_147_483_647)
      .meta({ description: 'Counts the reports of a session upwards' }),
    phoneMs: epochMs.meta({ description: 'When the report was made, by the clock of the phone' }),
    sightings: z
      .array(
        z.strictObject({
          beacon: beaconIdentity,
          rssiDbm: z.int().min(-127).max(20),
          ageMs,
        }),
      )
      .max(reportLimits.sightings),
    fix: z
      .strictObject({
        levelId,
        x: z
          .number()
          .min(-10_000)
          .max(10_000)
          .meta({ description: 'Metres to the east in the frame of the level' }),
        y: z
          .number()
          .min(-10_000)
          .max(10_000)
          .meta({ description: 'Metres to the north in the frame of the level' }),
        radiusM: z.number().min(0.1).max(1000).meta({ description: 'Holds the truth nine times in ten' }),
        levelProbability: z.number().min(0).max(1),
        ageMs,
      })
      .exactOptional()
      .meta({ description: 'Where the phone places itself' }),
    appVersion: z.string().min(1).max(40),
  })
  .meta({ id: 'SightingsReport' })

/** What the server made of a report. */
export const reportReceipt = z
  .strictObject({
    batchId: anyId,
    repeated: z.boolean().meta({ description: 'The report had been taken before and changed nothing now' }),
    beacons: z.int().min(0).meta({ description: 'How many of the beacons heard hang in this venue' }),
    position: z
      .enum(['phone', 'server', 'none'])
      .meta({ description: 'Whose position was used: the phone’s own, the server’s, or none is known yet' }),
    nextReportMs: z.int().min(0).meta({ description: 'When the next report is welcome, from now' }),
  })
  .meta({ id: 'ReportReceipt' })

const doubtEntry = z
  .strictObject({
    kind: z.string().meta({ description: 'What speaks against the reports' }),
    beacon: z.string().exactOptional(),
    reports: z.int().min(1),
    firstAtMs: epochMs,
    lastAtMs: epochMs,
    facts: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .meta({ description: 'Figures of the last one' }),
  })
  .meta({ id: 'ReportDoubt', description: 'Why reports were believed less, without who sent them' })

export type SightingsReport = z.output<typeof sightingsReport>
export type ReportReceipt = z.output<typeof reportReceipt>

const ofVenue = z.strictObject({ venueId })

/** Why a report is refused; nothing changed then. */
export const reportProblems = [
  'unknown-venue',
  'consent-needed',
  'report-out-of-order',
  'report-session-over',
  'report-from-the-future',
  'report-too-old',
] as const

/** What happens on the socket: event `sightings` of `/v1/shopper`. */
export const sightingsMessage = z.strictObject({ venueId, report: sightingsReport })

export const presenceContract = {
  reportSightings: defineEndpoint({
    id: 'reportSightings',
    tag,
    method: 'POST',
    path: '/v1/venues/{venueId}/sightings',
    summary: 'Report what the phone heard',
    description:
      'Where there is no socket. Needs the consent `location`; without it the answer is `consent-needed` and ' +
      'nothing is kept. A report is taken once for its `batchId`. Reports of one session are taken in order. ' +
      'Come again after `nextReportMs`.',
    access: ['shopper'],
    request: { params: ofVenue, body: sightingsReport },
    responses: { 200: reportReceipt },
    problems: reportProblems,
  }),
  readDoubts: defineEndpoint({
    id: 'readDoubts',
    tag,
    method: 'GET',
    path: '/v1/venues/{venueId}/presence/doubts',
    summary: 'Why reports were believed less lately',
    description:
      'Of this node, latest first: beacons heard together that hang far apart, readings that repeat, positions too ' +
      'far from the last. One kind alone blocks nobody.',
    access: ['operator'],
    request: { params: ofVenue },
    responses: { 200: z.array(doubtEntry).max(500) },
    problems: ['unknown-venue'],
  }),
}
