import { z } from 'zod'
import {
  finding,
  findingKinds,
  maxAuditVerdicts,
  maxLeasedNumbers,
  number16,
  ofVenue,
  uuid,
} from './beacon-values.ts'
import { defineEndpoint } from './endpoint.ts'
import { anyId, epochMs, flag, levelId, numberInText, venueId } from './values.ts'

const tag = 'Beacons'

const listFindings = defineEndpoint({
  id: 'listFindings',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/beacon-findings',
  summary: 'What shoppers’ traffic says is wrong with beacons, newest first',
  access: ['operator', 'installer'],
  request: {
    params: ofVenue,
    query: z.strictObject({
      closed: flag.default(false).meta({ description: 'Also those that are over' }),
      muted: flag.default(false).meta({ description: 'Also those that are muted' }),
      beaconId: anyId.exactOptional(),
      limit: numberInText(1, 500).int().default(100),
    }),
  },
  responses: { 200: z.array(finding).max(500) },
})

const answerFinding = defineEndpoint({
  id: 'answerFinding',
  tag,
  method: 'PATCH',
  path: '/v1/venues/{venueId}/beacon-findings/{findingId}',
  summary: 'Acknowledge or mute a finding',
  description: 'It closes by itself when the traffic no longer says so.',
  access: ['operator', 'installer'],
  request: {
    params: z.strictObject({ venueId, findingId: anyId }),
    body: z.strictObject({
      acknowledged: z.boolean().exactOptional(),
      mutedUntilMs: epochMs.nullable().exactOptional(),
      note: z.string().max(500).exactOptional(),
    }),
  },
  responses: { 200: finding },
  problems: ['unknown-finding'],
  idempotent: true,
})

const lease = z
  .strictObject({
    id: anyId,
    levelId,
    uuid,
    major: number16,
    fromMinor: number16,
    toMinor: number16.meta({ description: 'The last one, included' }),
    leasedTo: z.string(),
    expiresAtMs: epochMs,
  })
  .meta({ id: 'BeaconNumberLease' })

const leaseBeaconNumbers = defineEndpoint({
  id: 'leaseBeaconNumbers',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/beacon-number-leases',
  summary: 'Take a block of numbers along to where there is no network',
  description:
    'The lowest free run of minors of the level’s major. Nobody else is given them until the lease expires; beacons that got one ' +
    'before may be registered later, too, as long as nobody else leased it.',
  access: ['operator', 'installer'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      levelId,
      count: z.int().min(1).max(maxLeasedNumbers),
      hours: z.int().min(1).max(336).default(72),
      uuid: uuid.exactOptional().meta({ description: 'Absent: that of most beacons of the venue' }),
    }),
  },
  responses: { 201: lease },
  problems: ['unknown-venue', 'unknown-level', 'beacon-uuid-needed', 'no-numbers-left'],
  idempotent: true,
})

const listBeaconNumberLeases = defineEndpoint({
  id: 'listBeaconNumberLeases',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/beacon-number-leases',
  summary: 'Blocks of numbers that somebody has taken along, oldest first',
  access: ['operator', 'installer'],
  request: { params: ofVenue },
  responses: { 200: z.array(lease).max(1000) },
})

const auditBeacons = defineEndpoint({
  id: 'auditBeacons',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/beacon-audits',
  summary: 'Tell what a walk through the venue says of its beacons',
  description: 'Findings open, are confirmed and close by it as by shoppers’ traffic.',
  access: ['operator', 'installer'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      verdicts: z
        .array(
          z.strictObject({
            beaconId: anyId,
            kind: z.enum(findingKinds),
            says: z.enum(['yes', 'no']),
            confidence: z.number().min(0).max(1).default(1),
            evidence: z.record(z.string().max(50), z.union([z.number(), z.string().max(200)])).default({}),
          }),
        )
        .min(1)
        .max(maxAuditVerdicts),
    }),
  },
  responses: { 200: z.strictObject({ opened: z.array(anyId), closed: z.array(anyId) }) },
  problems: ['unknown-beacon'],
  idempotent: true,
})

/** Endpoints of what is found wrong, of walks and of leased numbers, a part of the subject `beacons`. */
export const beaconCare = {
  listFindings,
  answerFinding,
  leaseBeaconNumbers,
  listBeaconNumberLeases,
  auditBeacons,
}
