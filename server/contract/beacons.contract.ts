import { z } from 'zod'
import { defineEndpoint } from './endpoint.ts'
import { anyId, contentHash, epochMs, flag, levelId, numberInText, venueId } from './values.ts'

const tag = 'Beacons'

/** Largest radio map that may be uploaded; that of a mall of five levels is some 200 KB. */
export const radioMapMaxBytes = 8 * 1024 * 1024
/** Largest table that may be imported: some 20,000 beacons. */
export const beaconCsvMaxBytes = 4 * 1024 * 1024
/** Beacons of one bulk edit. */
export const maxBulkBeacons = 1000
/** Numbers of one lease, and what one audit may say: a mall of five levels has some 600 beacons. */
export const maxLeasedNumbers = 500
export const maxAuditVerdicts = 4000

export const beaconStates = ['planned', 'installed', 'verified', 'retired'] as const
export const beaconMounts = ['ceiling', 'wall', 'pillar', 'furniture', 'other'] as const
export const findingKinds = ['silent', 'weak', 'moved', 'cloned', 'drifting'] as const

const lonLat = z
  .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
  .meta({ description: 'Longitude and latitude, WGS 84' })
const metres = z.number().min(-10_000).max(10_000)
const uuid = z.guid().toLowerCase().meta({ description: 'iBeacon proximity UUID' })
const number16 = z.int().min(0).max(65_535)

const beaconIdentity = z
  .strictObject({ uuid, major: number16, minor: number16 })
  .meta({ id: 'BeaconIdentity', description: 'What it advertises' })

const placeIn = z
  .union([z.strictObject({ levelId, x: metres, y: metres }), z.strictObject({ levelId, lonLat })])
  .meta({ id: 'BeaconPlaceInput', description: 'Metres in the frame of the level, or degrees' })

const mount = z.enum(beaconMounts)
const mountHeightM = z.number().min(0).max(50).meta({ description: 'Metres above the floor' })
const shortText = z.string().trim().max(100)

const hardware = z
  .strictObject({ model: shortText, serial: shortText, mac: shortText, firmware: shortText })
  .meta({ id: 'BeaconHardware' })

const percent = z.int().min(0).max(100)
const groups = z
  .array(
    z
      .string()
      .trim()
      .min(1)
      .max(50)
      .regex(/^[^;]*$/),
  )
  .max(20)
const measuredPowerDbm = z.int().min(-100).max(-20).meta({ description: 'Expected rssi at one metre, dBm' })
const txPowerDbm = z.int().min(-40).max(20).nullable().meta({ description: 'Transmit power set, dBm' })
const intervalMs = z.int().min(20).max(10_240).meta({ description: 'Between two packets' })
const notes = z.string().max(2000)
const revision = z.int().min(1).meta({ description: 'Counts the changes of a beacon' })

const beacon = z
  .strictObject({
    id: anyId,
    revision,
    identity: beaconIdentity,
    state: z.enum(beaconStates),
    place: z
      .strictObject({
        levelId,
        level: z
          .string()
          .meta({ description: 'What stands on the lift button; empty: not on the published map' }),
        lonLat,
        x: z.number().exactOptional().meta({ description: 'Metres in the frame of the level' }),
        y: z.number().exactOptional(),
      })
      .exactOptional(),
    mount,
    mountHeightM,
    hardware,
    measuredPowerDbm,
    txPowerDbm,
    intervalMs,
    battery: z.strictObject({ percent, atMs: epochMs }).exactOptional(),
    groups,
    notes,
    createdAtMs: epochMs,
    updatedAtMs: epochMs,
  })
  .meta({ id: 'Beacon' })

const change = z
  .strictObject({
    state: z.enum(beaconStates).exactOptional(),
    place: placeIn.nullable().exactOptional(),
    mount: mount.exactOptional(),
    mountHeightM: mountHeightM.exactOptional(),
    hardware: z
      .strictObject({
        model: shortText.exactOptional(),
        serial: shortText.exactOptional(),
        mac: shortText.exactOptional(),
        firmware: shortText.exactOptional(),
      })
      .exactOptional(),
    measuredPowerDbm: measuredPowerDbm.exactOptional(),
    txPowerDbm: txPowerDbm.exactOptional(),
    intervalMs: intervalMs.exactOptional(),
    battery: z
      .strictObject({ percent, atMs: epochMs.exactOptional() })
      .exactOptional()
      .meta({ description: 'Without a time: now' }),
    groups: groups.exactOptional(),
    notes: notes.exactOptional(),
  })
  .meta({ id: 'BeaconChange', description: 'What is named is changed, the rest stays' })

const fault = z
  .strictObject({ line: z.int().min(1), column: z.string(), message: z.string() })
  .meta({ id: 'BeaconCsvFault', description: 'What is wrong in which line; line 1 is the heading' })

const finding = z
  .strictObject({
    id: anyId,
    beaconId: anyId,
    kind: z.enum(findingKinds),
    openedAtMs: epochMs,
    confirmedAtMs: epochMs.meta({ description: 'When the traffic said so last' }),
    closedAtMs: epochMs.exactOptional(),
    confidence: z.number().min(0).max(1),
    evidence: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Figures it rests on: units in the names, sample sizes, times' }),
    acknowledgedAtMs: epochMs.exactOptional(),
    acknowledgedBy: z.string().exactOptional(),
    note: z.string(),
    mutedUntilMs: epochMs.exactOptional(),
  })
  .meta({ id: 'BeaconFinding' })

const ofVenue = z.strictObject({ venueId })
const ofBeacon = z.strictObject({ venueId, beaconId: anyId })

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
  readRadioMap,
  readRadioMapContent,
  chooseRadioMap,
  uploadRadioMap,
  listRadioMaps,
  listFindings,
  answerFinding,
  leaseBeaconNumbers,
  listBeaconNumberLeases,
  auditBeacons,
}
