import { z } from 'zod'
import { anyId, epochMs, levelId, venueId } from './values.ts'

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
export const uuid = z.guid().toLowerCase().meta({ description: 'iBeacon proximity UUID' })
export const number16 = z.int().min(0).max(65_535)

export const beaconIdentity = z
  .strictObject({ uuid, major: number16, minor: number16 })
  .meta({ id: 'BeaconIdentity', description: 'What it advertises' })

const placeIn = z
  .union([z.strictObject({ levelId, x: metres, y: metres }), z.strictObject({ levelId, lonLat })])
  .meta({ id: 'BeaconPlaceInput', description: 'Metres in the frame of the level, or degrees' })

export const mount = z.enum(beaconMounts)
const mountHeightM = z.number().min(0).max(50).meta({ description: 'Metres above the floor' })
const shortText = z.string().trim().max(100)

export const hardware = z
  .strictObject({ model: shortText, serial: shortText, mac: shortText, firmware: shortText })
  .meta({ id: 'BeaconHardware' })

const percent = z.int().min(0).max(100)
export const groups = z
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
export const notes = z.string().max(2000)
export const revision = z.int().min(1).meta({ description: 'Counts the changes of a beacon' })

export const beacon = z
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

export const change = z
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

export const fault = z
  .strictObject({ line: z.int().min(1), column: z.string(), message: z.string() })
  .meta({ id: 'BeaconCsvFault', description: 'What is wrong in which line; line 1 is the heading' })

export const finding = z
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

export const ofVenue = z.strictObject({ venueId })
export const ofBeacon = z.strictObject({ venueId, beaconId: anyId })
