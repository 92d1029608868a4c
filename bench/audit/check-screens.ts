import type { Json } from '../../maps/model/index.ts'
import { readFloor } from '../../server/contract/floor-stream.ts'
import { liveLimits } from '../../server/contract/realtime.contract.ts'
import type { Facts, NoticeFact } from './facts.ts'
import type { Finding } from './finding.ts'
import type { Ledger, ScreenBelief } from './ledger.ts'

/** A state is shown as old when nothing confirmed it for longer than this: clients say so themselves. */
export const staleAfterMs = 2 * liveLimits.beatMs
/** From a commit to the frame: the outbox looks every 5 s at the latest, a stream sends five frames a second. */
const deliveryMs = 6_000

/** What a key of a stream has to say, and since when that is so. `undefined` of `is`: nothing. */
interface Expected {
  readonly is: string | undefined
  readonly changedMs: number
}

/** The server's state as a client's stream should say it: by key, in a form that can be compared. */
type Expectation = ReadonlyMap<string, Expected>

/**
 * Compares each client's screen with the database. A screen that is connected was confirmed within twice the beat. What it
 * shows is the state of the moment when it was last confirmed, less the time a change takes to be delivered: a key may
 * differ when what stands behind it changed later than that. A screen that is cut off says so and may show what it last
 * had.
 *
 * Compared are offers of a visitor, redemptions of a shop, and closures, content, campaigns and parking of a floor.
 * Counts of people are in no table: see {@link floorsDisagree}.
 */
export function screenDiffers(facts: Facts, { screens }: Ledger): Finding[] {
  return screens.flatMap((screen) => {
    const who = `${screen.client}, ${screen.stream}`
    if (!screen.connected) return []
    if (screen.ageMs === null || screen.ageMs > staleAfterMs) {
      const since = screen.ageMs === null ? 'nothing' : `nothing for ${Math.round(screen.ageMs)} ms`
      return [finding(`${who}: is connected and was told ${since}.`)]
    }
    const confirmedMs = screen.takenAtMs - screen.ageMs - deliveryMs
    const expected = expectationOf(facts, screen)
    if (!expected) return []
    const shown = shownOf(screen)
    return [...new Set([...expected.keys(), ...shown.keys()])].flatMap((key) => {
      const { is, changedMs } = expected.get(key) ?? { is: undefined, changedMs: -Infinity }
      if (shown.get(key) === is || changedMs > confirmedMs) return []
      const says = (value: string | undefined) => value ?? 'nothing'
      return [finding(`${who}: shows ${key} as ${says(shown.get(key))}; the server has ${says(is)}.`)]
    })
  })
}

const finding = (sentence: string): Finding => ({ check: 'screen-differs', sentence })

/**
 * Screens of one floor show the same counts of people, when they are confirmed and at rest. For counts, which are in
 * memory of the nodes alone, the screen that was filled last speaks for the server.
 */
export function floorsDisagree({ screens }: Ledger): Finding[] {
  const fresh = screens.filter(({ connected, ageMs }) => connected && ageMs !== null && ageMs <= staleAfterMs)
  return fresh.flatMap((screen, at) => {
    const other = fresh.find((one, before) => before < at && one.stream === screen.stream)
    if (!other || Math.abs(other.takenAtMs - screen.takenAtMs) > 1000) return []
    const [mine, theirs] = [peopleOf(screen), peopleOf(other)]
    return mine === theirs
      ? []
      : [finding(`${screen.stream}: ${screen.client} counts ${mine}, ${other.client} counts ${theirs}.`)]
  })
}

function peopleOf({ values }: ScreenBelief): string {
  const { visitors } = readFloor(new Map(Object.entries(values)))
  return [...visitors]
    .sort()
    .map(([zone, count]) => `${zone} ${count}`)
    .join(', ')
}

/** What a stream should say; undefined for streams that are not compared. */
function expectationOf(facts: Facts, { stream, takenAtMs }: ScreenBelief): Expectation | undefined {
  const [kind = '', owner = '', unit = ''] = stream.split(':')
  switch (kind) {
    case 'visitor':
      return offersOf(facts, owner, takenAtMs)
    case 'shop':
      return redemptionsOf(facts, owner, unit)
    case 'floor':
      return floorOf(facts, owner, takenAtMs)
    default:
      return undefined
  }
}

function offersOf({ grants }: Facts, visitorId: string, atMs: number): Expectation {
  const own = grants.filter((grant) => grant.visitorId === visitorId)
  return new Map(
    own.map(({ grantId, state, grantedMs, heldUntilMs, endedMs }) => {
      const isHeld = state === 'held' && heldUntilMs > atMs
      const changedMs = endedMs ?? (heldUntilMs <= atMs ? heldUntilMs : grantedMs)
      return [`offer:${grantId}`, { is: isHeld ? 'held' : undefined, changedMs }]
    }),
  )
}

/** The last redemptions of a shop are shown; those before them may be. */
function redemptionsOf({ redemptions }: Facts, venueId: string, unitId: string): Expectation {
  const own = redemptions.filter((one) => one.venueId === venueId && one.unitId === unitId)
  return new Map(
    own
      .sort((a, b) => b.redeemedMs - a.redeemedMs)
      .map(({ redemptionId, redeemedMs, refundedMs }, at) => {
        const is = refundedMs === null ? 'redeemed' : 'refunded'
        const changedMs = at < shownRedemptions ? (refundedMs ?? redeemedMs) : Infinity
        return [`redemption:${redemptionId}`, { is, changedMs }]
      }),
  )
}

/** Redemptions a shop's stream begins with (`server/offers/README.md`, first states). */
const shownRedemptions = 20

function floorOf(facts: Facts, venueId: string, atMs: number): Expectation {
  const expected = new Map<string, Expected>()
  const notices = (prefix: string, rows: readonly NoticeFact[]) => {
    for (const { venueId: of, id, untilMs, changedMs } of rows) {
      if (of !== venueId) continue
      const isOver = untilMs !== null && untilMs <= atMs
      // Clients know by themselves when something is over: it may still be in the stream.
      expected.set(prefix + id, {
        is: isOver ? undefined : 'there',
        changedMs: isOver ? Infinity : changedMs,
      })
    }
  }
  notices('closure:', facts.closures)
  notices('content:', facts.content)
  for (const { venueId: of, campaignId, state, fromMs, untilMs, updatedMs } of facts.campaigns) {
    if (of !== venueId) continue
    const isOpen = (fromMs ?? 0) <= atMs && atMs < (untilMs ?? Infinity)
    const is = (state === 'live' || state === 'scheduled') && isOpen ? 'offered' : undefined
    const turnMs = [fromMs, untilMs].filter((turn) => turn !== null && turn <= atMs).map(Number)
    expected.set(`campaign:${campaignId}`, { is, changedMs: Math.max(updatedMs, ...turnMs) })
  }
  for (const { venueId: of, levelId, known, free, changedMs } of facts.bays) {
    if (of === venueId) expected.set(`parking:${levelId}`, { is: `${free} of ${known}`, changedMs })
  }
  return expected
}

/** What a screen shows, in the form of {@link expectationOf}. */
function shownOf({ stream, values, takenAtMs }: ScreenBelief): ReadonlyMap<string, string> {
  const shown = new Map<string, string>()
  for (const [key, value] of Object.entries(values)) {
    // A phone counts the time of its offers down itself.
    if (key.startsWith('offer:') && Number(memberOf(value, 'heldUntilMs')) > takenAtMs) shown.set(key, 'held')
    if (key.startsWith('redemption:')) {
      shown.set(key, memberOf(value, 'refundedAtMs') === undefined ? 'redeemed' : 'refunded')
    }
    if (key.startsWith('closure:') || key.startsWith('content:')) shown.set(key, 'there')
  }
  if (!stream.startsWith('floor:')) return shown
  const { campaigns, parking } = readFloor(new Map(Object.entries(values)))
  for (const { id } of campaigns) shown.set(`campaign:${id}`, 'offered')
  for (const { levelId, known, free } of parking) {
    if (known > 0) shown.set(`parking:${levelId}`, `${free} of ${known}`)
  }
  return shown
}

function memberOf(value: Json, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
