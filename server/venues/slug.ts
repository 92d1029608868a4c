import type { Labels, VenueId } from '../../maps/model/index.ts'

const slugLengthMax = 60

/** What a slug looks like: lower-case Latin words and digits, joined by single hyphens. */
export const slugPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/

/**
 * A venue's short name for addresses, from its English (else any Latin) name: `Yuntai Place` gives
 * `yuntai-place`. A name without Latin letters gives `venue-` and the beginning of its id.
 */
export function slugFor(name: Labels, venueId: VenueId): string {
  for (const text of [name.en, ...Object.values(name)]) {
    const slug = (text ?? '')
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, slugLengthMax)
      .replace(/^-+|-+$/g, '')
    // A single letter or digit between Chinese characters names nothing.
    if (slug.length > 2) return slug
  }
  return `venue-${venueId.slice(0, 8)}`
}
