import { z } from 'zod'
import { defineEndpoint } from './endpoint.ts'
import { anyId, epochMs, venueId } from './values.ts'

const tag = 'Beacon secrets'

/** Secrets kept of one beacon; one is added when it is provisioned anew. */
export const maxSecretVersions = 100

const address = z
  .string()
  .regex(/^([0-9A-F]{2}:){5}[0-9A-F]{2}$/)
  .meta({ description: 'Of its hardware: six pairs of upper-case hexadecimal digits with colons' })
const driverId = z.string().regex(/^[a-z0-9-]{1,40}$/)
const secret = z.string().min(1).max(200).meta({ description: 'As the driver writes it' })
const ofBeacon = z.strictObject({ venueId, address })
const ofVersion = z.strictObject({ venueId, address, versionId: anyId })

const version = z
  .strictObject({
    versionId: anyId,
    state: z.enum(['new', 'proven', 'old']).meta({
      description:
        'new: kept before it was written; proven: the beacon opened with it; old: another was proven since',
    }),
    driverId,
    secret,
    createdAtMs: epochMs,
  })
  .meta({ id: 'BeaconSecretVersion' })

const readBeaconSecrets = defineEndpoint({
  id: 'readBeaconSecrets',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/beacon-secrets/{address}',
  summary: 'What a beacon may open with, in the order to try; each reading is recorded',
  access: ['operator', 'installer'],
  request: { params: ofBeacon },
  responses: { 200: z.array(version).max(maxSecretVersions) },
  problems: ['unknown-venue'],
})

const keepBeaconSecret = defineEndpoint({
  id: 'keepBeaconSecret',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/beacon-secrets/{address}/{versionId}',
  summary: 'Keep a new secret before it is written to the beacon',
  description: 'The same version with the same secret twice is kept once; old ones stay.',
  access: ['operator', 'installer'],
  request: { params: ofVersion, body: z.strictObject({ driverId, secret }) },
  responses: { 204: { empty: true } },
  problems: ['unknown-venue', 'beacon-secret-differs', 'too-many-beacon-secrets'],
})

const proveBeaconSecret = defineEndpoint({
  id: 'proveBeaconSecret',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/beacon-secrets/{address}/{versionId}/proof',
  summary: 'Say that the beacon opened with it: what was proven before becomes old',
  access: ['operator', 'installer'],
  request: { params: ofVersion },
  responses: { 204: { empty: true } },
  problems: ['unknown-beacon-secret'],
})

/** The endpoints of the vault of beacons' secrets. */
export const beaconSecretsContract = { readBeaconSecrets, keepBeaconSecret, proveBeaconSecret }
