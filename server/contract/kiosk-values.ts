import { z } from 'zod'
import { openStateAt } from '../../maps/hours/opening-hours.ts'
import { timeZone } from './campaign-values.ts'
import { anyId, contentHash, epochMs, labels, levelId, venueId } from './values.ts'

/** How a screen hangs. */
export const orientations = ['portrait', 'landscape'] as const
/** Pictures that are taken, by their media type. */
export const pictureTypes = ['image/jpeg', 'image/png', 'image/webp'] as const
/** Cards a kiosk shows one after another. */
export const maxPlaylist = 50

const isReadable = (hours: string) => openStateAt(hours, { weekday: 0, minute: 0 }) !== undefined

/** Hours of the week as `maps/hours` reads them. */
export const clockHours = z
  .string()
  .min(1)
  .max(200)
  .refine(isReadable, { error: 'Expected hours such as Mo-Fr 10:00-22:00; Sa,Su 09:00-22:30' })
  .meta({
    description: 'OSM opening_hours, the part that `maps/hours` reads; local time',
    examples: ['Mo-Fr 10:00-22:00; Sa,Su 09:00-22:30'],
  })

const percent = z.int().min(0).max(100)

/** How bright a screen is: `percent` in the hours that fit first, `otherwisePercent` outside of all; 0 is dark. */
export const brightness = z
  .strictObject({
    hours: z.array(z.strictObject({ hours: clockHours, percent })).max(10),
    otherwisePercent: percent,
  })
  .meta({ id: 'KioskBrightness' })

/** Which content in which order. */
export const playlist = z
  .union([
    z.literal('all'),
    z
      .array(z.strictObject({ contentId: anyId, hours: clockHours.exactOptional() }))
      .min(1)
      .max(maxPlaylist),
  ])
  .meta({ description: 'Content and its order; `all`: by the order of the content itself' })

/** What a kiosk is and how it is to behave: value of `settings` in `kiosk:ID`. */
export const kioskSettings = z
  .strictObject({
    kioskId: anyId,
    venueId,
    name: z.string(),
    levelId,
    x: z.number().meta({ description: 'Metres to the east in the frame of the level' }),
    y: z.number().meta({ description: 'Metres to the north in the frame of the level' }),
    headingDeg: z.number().meta({
      description: 'Where somebody looks who stands before the screen, clockwise from north',
    }),
    orientation: z.enum(orientations),
    timeZone: z.string().meta({ description: 'Of all hours here', examples: ['Asia/Shanghai'] }),
    brightness,
    playlist,
    revision: z.int().min(1).meta({ description: 'Counts the changes' }),
  })
  .meta({ id: 'KioskSettings' })

/** Value of `reload` in `kiosk:ID`: load the page anew when `atMs` is later than when it was loaded. */
export const reloadCommand = z.strictObject({ atMs: epochMs })
/** Value of `screenshot` in `kiosk:ID`: send a picture (`sendScreenshot`) while `untilMs` is ahead. */
export const screenshotCommand = z.strictObject({ atMs: epochMs, untilMs: epochMs })

const text = (most: number) =>
  z.strictObject({
    zh: z.string().trim().min(1).max(most),
    en: z
      .string()
      .trim()
      .min(1)
      .max(most * 2),
  })

/** What an operator decides about an announcement or a card. */
export const contentTerms = z
  .strictObject({
    kind: z.enum(['announcement', 'card']).meta({
      description:
        '`announcement`: a line of text that has to be seen. `card`: a picture of the attract loop',
    }),
    title: text(40),
    text: text(200).exactOptional(),
    picture: contentHash.exactOptional().meta({ description: 'Hash of a picture that was handed in' }),
    place: z
      .string()
      .min(1)
      .max(64)
      .exactOptional()
      .meta({ description: 'Id of the destination it leads to, most often a shop' }),
    fromMs: epochMs.exactOptional(),
    untilMs: epochMs.exactOptional(),
    hours: clockHours.exactOptional().meta({ description: 'Shown in these hours only' }),
    timeZone: timeZone.exactOptional().meta({ description: 'Of `hours`; that of the venue unless given' }),
    order: z.int().min(0).max(1000).default(100).meta({ description: 'The smallest comes first' }),
  })
  .refine(({ fromMs, untilMs }) => fromMs === undefined || untilMs === undefined || fromMs < untilMs, {
    error: 'fromMs has to be before untilMs',
  })

/** An announcement or a card as screens get it; `content:ID` of `floor:VENUE`. */
export const contentCard = z
  .strictObject({
    id: anyId,
    kind: z.enum(['announcement', 'card']),
    title: labels,
    text: labels.exactOptional(),
    picture: z
      .strictObject({ hash: contentHash, url: z.string() })
      .exactOptional()
      .meta({ description: 'Address relative to this server; never changes' }),
    place: z.string().exactOptional(),
    fromMs: epochMs.exactOptional(),
    untilMs: epochMs.exactOptional(),
    hours: z.string().exactOptional(),
    timeZone: z.string(),
    order: z.int(),
  })
  .meta({ id: 'ContentCard', description: 'Also live under `content:ID` of `floor:VENUE`' })

export type KioskSettings = z.output<typeof kioskSettings>
export type ContentTerms = z.output<typeof contentTerms>
export type ContentCard = z.output<typeof contentCard>
