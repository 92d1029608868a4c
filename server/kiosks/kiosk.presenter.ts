import type { z } from 'zod'
import type { Immutable } from '../contract/endpoint.ts'
import { isWithin } from '../contract/floor-stream.ts'
import type { contentCard, kioskSettings } from '../contract/kiosk-values.ts'
import { heartbeatTimes, screenshotTimes } from '../contract/kiosks.contract.ts'
import type { KioskHealth, kiosksContract, kioskState } from '../contract/kiosks.contract.ts'
import type { FoundKiosk } from './find-kiosks.ts'
import type { ContentRow, KioskScreenRow } from './kiosk.entity.ts'

type Settings = Immutable<z.input<typeof kioskSettings>>
type Kiosk = Immutable<z.input<(typeof kiosksContract)['bindKiosk']['responses'][201]>>
type State = Immutable<z.input<typeof kioskState>>
type Content = Immutable<z.input<(typeof kiosksContract)['createContent']['responses'][201]>>
type Card = Immutable<z.input<typeof contentCard>>

/** What a kiosk is told about itself. */
export function presentSettings({ screen, name, timeZone }: Omit<FoundKiosk, 'screenshotAt'>): Settings {
  const { kioskId, venueId, levelId, x, y, headingDeg, orientation, brightness, playlist, revision } = screen
  return {
    ...{ kioskId, venueId, name, levelId, x, y, headingDeg, orientation, timeZone },
    ...{ brightness, playlist, revision },
  }
}

/** What a kiosk said last, and when. */
export interface Heard {
  readonly atMs: number
  readonly health: KioskHealth
}

/** How a kiosk is. */
export function presentState(
  { screen, screenshotAt }: Pick<FoundKiosk, 'screen' | 'screenshotAt'>,
  heard: Heard | undefined,
  nowMs: number,
): State {
  const last = latest(screen, heard)
  return {
    state: last ? stateAfter(nowMs - last.atMs) : 'never',
    pairedAtMs: screen.pairedAt.getTime(),
    ...(last ? { heardAtMs: last.atMs, health: last.health } : {}),
    ...(screenshotAt ? { screenshotAtMs: screenshotAt.getTime() } : {}),
  }
}

/** A kiosk as operators see it. */
export function presentKiosk(found: FoundKiosk, heard: Heard | undefined, nowMs: number): Kiosk {
  return { settings: presentSettings(found), ...presentState(found, heard, nowMs) }
}

/** Of this node's memory and the table, which another node may have written, what is newer. */
function latest({ health, heardAt }: KioskScreenRow, heard: Heard | undefined): Heard | undefined {
  const stored = health && heardAt ? { health, atMs: heardAt.getTime() } : undefined
  return heard && heard.atMs >= (stored?.atMs ?? 0) ? heard : stored
}

function stateAfter(silentForMs: number): 'online' | 'late' | 'silent' {
  if (silentForMs < heartbeatTimes.lateMs) return 'online'
  return silentForMs < heartbeatTimes.silentMs ? 'late' : 'silent'
}

/** First state of `kiosk:ID`. */
export function kioskStream(found: FoundKiosk, nowMs: number) {
  const { reloadAt, screenshotWantedAt } = found.screen
  const untilMs = (screenshotWantedAt?.getTime() ?? -Infinity) + screenshotTimes.waitMs
  return {
    settings: presentSettings(found),
    ...(reloadAt ? { reload: { atMs: reloadAt.getTime() } } : {}),
    ...(screenshotWantedAt && untilMs > nowMs
      ? { screenshot: { atMs: screenshotWantedAt.getTime(), untilMs } }
      : {}),
  }
}

/** An announcement or a card as screens get it. */
export function presentCard({ venueId, contentId, terms }: ContentRow): Card {
  const { picture, ...plain } = terms
  const url = `/v1/venues/${venueId}/pictures/${picture ?? ''}`
  return { id: contentId, ...plain, ...(picture === undefined ? {} : { picture: { hash: picture, url } }) }
}

/** The same as operators see it. */
export function presentContent(row: ContentRow, nowMs: number): Content {
  const isOver = (row.terms.untilMs ?? Infinity) <= nowMs
  return {
    ...presentCard(row),
    state: isOver ? 'over' : isWithin(row.terms, nowMs) ? 'current' : 'planned',
    createdAtMs: row.createdAt.getTime(),
    createdBy: row.createdBy,
  }
}
