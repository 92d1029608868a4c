import type { Fix } from '../../../positioning/events.ts'

/** Where the phone points, and the standard deviation it is known to. */
export interface PhoneHeading {
  readonly rad: number
  readonly sdRad: number
}

/** Where the phone points now; undefined before anything is known. */
export type HeadingSource = () => PhoneHeading | undefined

/** A compass alone, inside a building of steel. */
const compassSdRad = 0.5
/** What was learned of the compass here is worth less a few metres on and a minute later. */
const forgettingRadPerS = 0.005

/**
 * The phone's heading at any moment. The engine learns from walking where the phone points, and speaks twice a
 * second and only of who has walked lately; the compass speaks always and is wrong by tens of degrees inside a
 * building. What it was wrong by when the engine last spoke is taken off it.
 *
 * @param parts.compassRad azimuth of the compass, clockwise from north; undefined without one
 * @param parts.now ms
 */
export function phoneHeading(parts: {
  readonly fix: () => Fix | undefined
  readonly compassRad: () => number | undefined
  readonly now: () => number
}): HeadingSource {
  let known: Fix | undefined
  let learned: { readonly offRad: number; readonly sdRad: number; readonly atMs: number } | undefined
  return () => {
    const fix = parts.fix()
    const compassRad = parts.compassRad()
    const heading = fix?.heading
    if (compassRad === undefined) return heading
    if (fix !== known) {
      known = fix
      if (heading) learned = { offRad: heading.rad - compassRad, sdRad: heading.sdRad, atMs: parts.now() }
    }
    if (!learned) return { rad: compassRad, sdRad: compassSdRad }
    const sdRad = learned.sdRad + ((parts.now() - learned.atMs) / 1000) * forgettingRadPerS
    return { rad: compassRad + learned.offRad, sdRad: Math.min(compassSdRad, sdRad) }
  }
}
