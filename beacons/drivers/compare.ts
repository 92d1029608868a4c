import type { Refused } from '../frames/words.ts'
import { badValue } from '../frames/refusals.ts'
import type { BeaconConfig, BeaconReading, Capabilities, ConfigField } from './driver.ts'

/** The step a beacon takes for a power: the highest it knows that is not above, otherwise its lowest. */
export function txPowerStep(wantedDbm: number, steps: readonly number[]): number {
  return steps.filter((step) => step <= wantedDbm).pop() ?? steps[0] ?? wantedDbm
}

/**
 * The values of a configuration that this hardware can be told, by field; powers as the step it takes. The measured power of
 * another transmit power is not told to hardware that stays at its own: phones would take it for nearer than it is.
 */
export function settable(
  want: BeaconConfig,
  { fields, txPowersDbm }: Capabilities,
): ReadonlyMap<ConfigField, string | number> {
  const { identity, txPowerDbm, ...others } = want
  const isOfOtherPower = txPowerDbm !== undefined && !fields.includes('txPowerDbm')
  const values: Partial<Record<ConfigField, string | number>> = {
    ...others,
    uuid: identity.uuid.toLowerCase(),
    major: identity.major,
    minor: identity.minor,
    ...(txPowerDbm === undefined ? {} : { txPowerDbm: txPowerStep(txPowerDbm, txPowersDbm) }),
  }
  return new Map(
    fields.flatMap((field) => {
      const value = values[field]
      const isLeftOut = value === undefined || (field === 'measuredPowerDbm' && isOfOtherPower)
      return isLeftOut ? [] : [[field, value] as const]
    }),
  )
}

/** Fields in which a beacon is not yet what it is to be, in the order of `Capabilities.fields`. */
export function differingFields(
  want: BeaconConfig,
  reading: BeaconReading,
  capabilities: Capabilities,
): readonly ConfigField[] {
  const is: Partial<Record<ConfigField, string | number>> = {
    ...reading.identity,
    ...withoutIdentity(reading),
  }
  return [...settable(want, capabilities)].flatMap(([field, value]) => (is[field] === value ? [] : [field]))
}

/** The refusal of a configuration this hardware cannot have; undefined when it can. */
export function refuseImpossible(
  want: BeaconConfig,
  { intervalMs, fields }: Capabilities,
): Refused | undefined {
  const missing = (['uuid', 'major', 'minor'] as const).filter((field) => !fields.includes(field))
  if (missing.length > 0) return badValue(missing.join(', '), '—', 'settable')
  if (want.intervalMs === undefined || !intervalMs) return undefined
  const { min, max } = intervalMs
  if (want.intervalMs >= min && want.intervalMs <= max) return undefined
  return badValue('intervalMs', String(want.intervalMs), `${min}–${max}`)
}

function withoutIdentity({ measuredPowerDbm, txPowerDbm, intervalMs }: BeaconReading) {
  return {
    ...(measuredPowerDbm === undefined ? {} : { measuredPowerDbm }),
    ...(txPowerDbm === undefined ? {} : { txPowerDbm }),
    ...(intervalMs === undefined ? {} : { intervalMs }),
  }
}
