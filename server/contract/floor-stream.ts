import { z } from 'zod'
import type { WeekMinute } from '../../maps/hours/opening-hours.ts'
import type { Json } from '../../maps/model/index.ts'
import { areHours, isWithin } from './in-force.ts'
import { contentCard } from './kiosk-values.ts'
import type { ContentCard } from './kiosk-values.ts'
import { closureNotice } from './navigation.contract.ts'
import type { ClosureNotice } from './navigation.contract.ts'
import { publicCampaign } from './offers.contract.ts'
import { parkingLevel } from './parking.contract.ts'
import { anyId } from './values.ts'

export { areHours, closuresAt, isWithin } from './in-force.ts'

/** How many people are in a place, as one node of the server counts them. Fewer than five are never told. */
export const presenceCount = z.strictObject({
  zoneId: z.string(),
  kind: z.string().meta({ description: 'unit, geofence, level or venue' }),
  visitors: z.int().min(0),
})

/** How many places a campaign with a cap has left; apart from the campaign, as it changes far more often. */
export const placesLeft = z.strictObject({ campaignId: anyId, left: z.int().min(0) })

/**
 * The values a client meets in `floor:VENUE`, by the beginning of their key. Keys without a colon or slash
 * stand alone: `campaigns`; the others go on with an id: `left:CAMPAIGN`, `parking:LEVEL`, `here/ZONE/NODE`,
 * `closure:ID`, `content:ID`.
 */
export const floorValues = {
  campaigns: z.array(publicCampaign),
  'left:': placesLeft,
  'parking:': parkingLevel,
  'here/': presenceCount,
  'closure:': closureNotice,
  'content:': contentCard,
} as const

/** What `floor:VENUE` says, sorted by what it is about. */
export interface FloorState {
  readonly campaigns: readonly z.output<typeof publicCampaign>[]
  readonly parking: readonly z.output<typeof parkingLevel>[]
  /** People by zone: units, geofences, levels and the venue. A zone with few is absent. */
  readonly visitors: ReadonlyMap<string, number>
  /** In force, planned, and perhaps over: see {@link closuresAt}. */
  readonly closures: readonly ClosureNotice[]
  /** Current, planned, and perhaps over: see {@link contentAt}. */
  readonly content: readonly ContentCard[]
}

/**
 * Reads the values of `floor:VENUE`. What does not fit its schema, or is of a kind not known here, is left
 * out: a server may be newer than its clients.
 * O(keys).
 * @param values as `state()` of a stream follower gives them
 */
export function readFloor(values: ReadonlyMap<string, Json>): FloorState {
  const entries = [...values]
  const all = <Schema extends z.ZodType>(prefix: string, schema: Schema): z.output<Schema>[] =>
    entries.flatMap(([key, value]) => {
      if (!key.startsWith(prefix)) return []
      const read = schema.safeParse(value)
      return read.success ? [read.data] : []
    })
  const visitors = new Map<string, number>()
  for (const { zoneId, visitors: some } of all('here/', floorValues['here/'])) {
    visitors.set(zoneId, (visitors.get(zoneId) ?? 0) + some)
  }
  const lefts = new Map(
    all('left:', floorValues['left:']).map(({ campaignId, left }) => [campaignId, { left }]),
  )
  return {
    campaigns: all('campaigns', floorValues.campaigns)
      .flat()
      .map((campaign) => ({ ...campaign, ...lefts.get(campaign.id) })),
    parking: all('parking:', floorValues['parking:']),
    visitors,
    closures: all('closure:', floorValues['closure:']),
    content: all('content:', floorValues['content:']),
  }
}

/** The content to be shown at a moment, the smallest order first, the newest first among equals. */
export function contentAt(cards: readonly ContentCard[], nowMs: number): ContentCard[] {
  return cards
    .filter((card) => isWithin(card, nowMs) && areHours(card.hours, weekMinuteIn(card.timeZone, nowMs)))
    .sort((a, b) => a.order - b.order || (a.id < b.id ? 1 : -1))
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** The minute of the week that the clocks of a time zone of the IANA database show. */
export function weekMinuteIn(timeZone: string, nowMs: number): WeekMinute {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  }).formatToParts(nowMs)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  return {
    weekday: weekdays.indexOf(part('weekday')),
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  }
}
