import { z } from 'zod'

const characteristic = z
  .string()
  .regex(/^([0-9a-f]{4}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i, 'four hexadecimal digits or a UUID')
const words = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
const dbm = z.int().min(-128).max(20)
const number = z.enum(['u8', 'i8', 'u16be', 'u16le'])
const offset = z.int().min(0).max(63).default(0)

/** How a setting lies in its characteristic: `offset` bytes in; settings may share one. */
const numberField = z.strictObject({
  characteristic,
  type: number,
  offset,
})

/**
 * A vendor whose settings are plain characteristics of one service. `intervalMs` times `unitMs` is milliseconds;
 * `txPowerDbm` holds either dBm or, with `levels`, the number of a level.
 */
export const gattProfile = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'lower-case letters, digits and hyphens'),
  names: words,
  source: z.string().min(1),
  service: characteristic,
  preparation: words.optional(),
  recognise: z
    .strictObject({
      /** Advertised services, besides `service`, by which it is surely one. */
      services: z.array(characteristic).default([]),
      /** Beginnings of its advertised name. */
      names: z.array(z.string().min(1)).default([]),
    })
    .default({ services: [], names: [] }),
  secret: z
    .strictObject({
      characteristic,
      /** Bytes of the secret, written most significant first. */
      bytes: z.int().min(1).max(16),
      /** Secrets it leaves the factory with, hexadecimal. */
      factory: z.array(z.string().regex(/^([0-9a-f]{2})+$/i)).min(1),
      state: z.strictObject({
        characteristic,
        open: z.int().min(0).max(255),
        lockedOut: z.int().min(0).max(255).optional(),
      }),
    })
    .nullable(),
  fields: z.strictObject({
    uuid: z.strictObject({ characteristic, offset }),
    major: numberField,
    minor: numberField,
    measuredPowerDbm: numberField.optional(),
    txPowerDbm: numberField.extend({ levels: z.array(dbm).min(1).optional() }).optional(),
    intervalMs: numberField
      .extend({
        min: z.int().min(20),
        max: z.int().max(65_535),
        unitMs: z.number().positive().default(1),
      })
      .optional(),
  }),
})

export type GattProfile = z.infer<typeof gattProfile>

/**
 * Reads a profile of a vendor.
 * @returns the profile, or every fault with the place in the document it is at
 */
export function readGattProfile(
  document: unknown,
): { readonly profile: GattProfile } | { readonly faults: readonly string[] } {
  const parsed = gattProfile.safeParse(document)
  if (parsed.success) return { profile: parsed.data }
  return {
    faults: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'profile'}: ${message}`),
  }
}
