import { z } from 'zod'
import { beaconCare } from './beacon-care.contract.ts'
import {
  beacon,
  beaconCsvMaxBytes,
  beaconIdentity,
  beaconStates,
  change,
  fault,
  groups,
  maxBulkBeacons,
  ofBeacon,
  ofVenue,
  revision,
} from './beacon-values.ts'
import { defineEndpoint } from './endpoint.ts'
import { radioMaps } from './radio-maps.contract.ts'
import { anyId, epochMs, flag, levelId, numberInText } from './values.ts'

export {
  beaconCsvMaxBytes,
  beaconMounts,
  beaconStates,
  findingKinds,
  maxAuditVerdicts,
  maxBulkBeacons,
  maxLeasedNumbers,
  radioMapMaxBytes,
} from './beacon-values.ts'

const tag = 'Beacons'

const listBeacons = defineEndpoint({
  id: 'listBeacons',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/beacons',
  summary: 'Beacons of a venue by uuid, major and minor, a page at a time',
  access: ['operator', 'installer'],
  request: {
    params: ofVenue,
    query: z.strictObject({
      state: z.enum(beaconStates).exactOptional(),
      level: levelId.exactOptional(),
      group: z.string().max(50).exactOptional(),
      text: z
        .string()
        .max(64)
        .exactOptional()
        .meta({ description: 'In model, serial, MAC or notes, or exactly major/minor' }),
      after: anyId.exactOptional().meta({ description: 'Id of a beacon to go on behind' }),
      limit: numberInText(1, 500).int().default(100),
    }),
  },
  responses: {
    200: z.strictObject({ beacons: z.array(beacon).max(500), total: z.int().min(0) }),
  },
  problems: ['unknown-venue'],
})

const readBeacon = defineEndpoint({
  id: 'readBeacon',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/beacons/{beaconId}',
  summary: 'One beacon',
  access: ['operator', 'installer'],
  request: { params: ofBeacon },
  responses: { 200: beacon },
  problems: ['unknown-beacon'],
})

const readBeaconHistory = defineEndpoint({
  id: 'readBeaconHistory',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/beacons/{beaconId}/history',
  summary: 'Who changed what of a beacon, newest first',
  access: ['operator', 'installer'],
  request: {
    params: ofBeacon,
    query: z.strictObject({
      before: numberInText(1, 1e9).int().exactOptional().meta({ description: 'Revision to go on behind' }),
      limit: numberInText(1, 200).int().default(50),
    }),
  },
  responses: {
    200: z
      .array(
        z
          .strictObject({
            revision,
            atMs: epochMs,
            actor: z.string(),
            cause: z.enum(['created', 'edited', 'imported']),
            changes: z
              .record(z.string(), z.tuple([z.unknown(), z.unknown()]))
              .meta({ description: 'Before and after, by field' }),
          })
          .meta({ id: 'BeaconHistoryEntry' }),
      )
      .max(200),
  },
  problems: ['unknown-beacon'],
})

const createBeacon = defineEndpoint({
  id: 'createBeacon',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/beacons',
  summary: 'Register a beacon',
  description: 'An installer registers beacons with numbers leased to them.',
  access: ['operator', 'installer'],
  request: {
    params: ofVenue,
    body: z.strictObject({ identity: beaconIdentity, ...change.shape }),
  },
  responses: { 201: beacon },
  problems: [
    'unknown-venue',
    'unknown-level',
    'not-leased',
    'identity-taken',
    'beacon-needs-place',
    'too-many-beacons',
  ],
  idempotent: true,
})

const changeBeacon = defineEndpoint({
  id: 'changeBeacon',
  tag,
  method: 'PATCH',
  path: '/v1/venues/{venueId}/beacons/{beaconId}',
  summary: 'Change a beacon',
  description:
    'With the revision the change is made to: when somebody was faster, nothing is changed. A verified beacon that is moved ' +
    'is installed again until it is verified at its new place. Installers change what they find out on the ladder or set in the beacon: place, mount, hardware, radio, battery and state.',
  access: ['operator', 'installer'],
  request: { params: ofBeacon, body: z.strictObject({ revision, ...change.shape }) },
  responses: { 200: beacon },
  problems: [
    'forbidden',
    'unknown-beacon',
    'unknown-level',
    'revision-conflict',
    'state-out-of-reach',
    'beacon-needs-place',
  ],
  idempotent: true,
})

const changeBeacons = defineEndpoint({
  id: 'changeBeacons',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/beacons/bulk',
  summary: 'Change many beacons alike, all or none',
  description: 'Groups are added and removed, so that beacons keep those they have.',
  access: ['operator', 'installer'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      beacons: z
        .array(z.strictObject({ id: anyId, revision }))
        .min(1)
        .max(maxBulkBeacons),
      change: change
        .omit({ place: true, groups: true })
        .extend({ addGroups: groups.exactOptional(), removeGroups: groups.exactOptional() }),
    }),
  },
  responses: { 200: z.strictObject({ beacons: z.array(z.strictObject({ id: anyId, revision })) }) },
  problems: ['forbidden', 'unknown-beacon', 'revision-conflict', 'state-out-of-reach', 'beacon-needs-place'],
  idempotent: true,
})

const csvContent = {
  mediaType: 'text/csv',
  description: 'Table with a heading, UTF-8 with or without byte order mark',
  maxBytes: beaconCsvMaxBytes,
} as const

const importBeacons = defineEndpoint({
  id: 'importBeacons',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/beacons/imports',
  summary: 'Register and change beacons from a table, all or nothing',
  description:
    'A line is found by uuid, major and minor; columns that are absent and cells that are empty change nothing. Without ' +
    '`apply` it only says what would happen. What is exported can be imported.',
  access: ['operator'],
  request: { params: ofVenue, query: z.strictObject({ apply: flag.default(false) }), body: csvContent },
  responses: {
    200: z
      .strictObject({
        applied: z.boolean(),
        lines: z.int().min(0),
        created: z.int().min(0),
        changed: z.int().min(0),
        unchanged: z.int().min(0),
        faults: z.array(fault).max(1000),
      })
      .meta({ id: 'BeaconImport' }),
  },
  problems: ['unknown-venue', 'bad-csv', 'too-many-beacons', 'body-too-large', 'unsupported-media-type'],
  timeoutMs: 60_000,
})

const exportBeacons = defineEndpoint({
  id: 'exportBeacons',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/beacons.csv',
  summary: 'All beacons as a table',
  description: 'Cells that a spreadsheet would take for a formula begin with an apostrophe.',
  access: ['operator', 'installer'],
  request: { params: ofVenue },
  responses: { 200: csvContent },
  problems: ['unknown-venue'],
})

/** The endpoints of the subject `beacons`. */
export const beaconsContract = {
  listBeacons,
  createBeacon,
  changeBeacons,
  importBeacons,
  exportBeacons,
  readBeacon,
  changeBeacon,
  readBeaconHistory,
  ...radioMaps,
  ...beaconCare,
}
