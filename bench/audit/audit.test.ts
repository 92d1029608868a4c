import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import pg from 'pg'
import { startClientServer } from '../../server/testing/client-server.ts'
import { testServerUrl } from '../../server/testing/database-places.ts'
import { until } from '../../server/testing/until.ts'
import { simulate, virtualTime } from '../simulate/index.ts'
import { audit, extentOf } from './audit.ts'
import { factsOf, readFacts } from './facts.ts'
import { checks } from './finding.ts'
import type { CheckName } from './finding.ts'
import { emptyLedger, parseLedger } from './ledger.ts'
import type { Ledger } from './ledger.ts'

const onServer = testServerUrl() ? test.serial : test.serial.skip

/** Something that goes wrong, in the database or in what clients are told, and all that is to be said of it. */
interface Fault {
  readonly title: string
  readonly found: readonly CheckName[]
  readonly sql?: readonly string[]
  /** Changes a copy of the ledger. */
  readonly told?: (ledger: Ledger) => void
}

const anyRow = (table: string, where = 'true') =>
  `${table}.ctid = (SELECT ctid FROM ${table} WHERE ${where} LIMIT 1)`
const first = <Row>(rows: readonly Row[]): Row => {
  const [row] = rows
  if (!row) throw new Error('The run is too short for this fault.')
  return row
}

const faults: readonly Fault[] = [
  {
    title: 'twenty offers more than the cap',
    found: ['coupons-above-cap', 'tally-wrong'],
    sql: [
      `INSERT INTO offer_grant (venue_id, grant_id, campaign_id, version, state, code_number, day, reserved_fen,
         granted_at, held_until)
       SELECT venue_id, gen_random_uuid(), campaign_id, version, 'held', 900000000 + n, day, 0, granted_at, held_until
       FROM (SELECT g.* FROM offer_grant g JOIN campaign c USING (venue_id, campaign_id)
             WHERE c.cap_total IS NOT NULL LIMIT 1) AS one, generate_series(1, 20) AS n`,
    ],
  },
  {
    title: 'more money than the budget',
    found: ['coupons-above-cap'],
    sql: [
      `UPDATE campaign_version SET terms = jsonb_set(terms, '{limits,budgetFen}', '1')
       WHERE campaign_id IN (SELECT campaign_id FROM redemption WHERE spent_fen > 0)`,
    ],
  },
  {
    title: 'a tally that lost an update',
    found: ['tally-wrong'],
    sql: [
      `ALTER TABLE campaign DROP CONSTRAINT campaign_tally`,
      `UPDATE campaign SET granted = granted - 1 WHERE ${anyRow('campaign', 'granted > 0')}`,
    ],
  },
  {
    title: 'a visitor who counts as having had none',
    found: ['tally-wrong'],
    sql: [`UPDATE campaign_visitor SET taken = 0, held = 0 WHERE ${anyRow('campaign_visitor', 'taken > 0')}`],
  },
  {
    title: 'an offer kept for less time than was shown',
    found: ['shown-not-honoured'],
    sql: [
      `UPDATE offer_grant SET held_until = held_until - interval '1 hour'
       WHERE ${anyRow('offer_grant', `state = 'redeemed'`)}`,
    ],
  },
  {
    title: 'an offer that is refused at the till though it is good',
    found: ['shown-not-honoured'],
    sql: [`UPDATE offer_grant SET ended_at = ended_at + interval '1 minute' WHERE state = 'redeemed'`],
    told: ({ tillVisits }) => {
      const visit = tillVisits.findIndex(({ answer }) => answer === 'redeemed')
      tillVisits[visit] = { ...first(tillVisits.slice(visit)), answer: 'offer-over' }
    },
  },
  {
    title: 'a redemption that is lost after the till was told',
    found: ['redemption-wrong', 'tally-wrong'],
    sql: [`DELETE FROM redemption WHERE ${anyRow('redemption', 'spent_fen > 0')}`],
  },
  {
    title: 'a refund that was told and not made',
    found: ['redemption-wrong'],
    told: ({ refunds, tillVisits }) => {
      const { venueId, redemptionId } = first(tillVisits.filter(({ answer }) => answer === 'redeemed'))
      refunds.push({ venueId, redemptionId })
    },
  },
  {
    title: 'entered a second time without having left',
    found: ['visits-overlap'],
    sql: [
      `INSERT INTO visit SELECT venue_id, gen_random_uuid(), visitor_id, zone_id, zone_kind, level_id,
         entered_at + interval '1 s', left_at + interval '1 s', dwell_ms, ended
       FROM visit WHERE dwell_ms > 2000 LIMIT 1`,
    ],
  },
  {
    title: 'visits of somebody who withdrew',
    found: ['visit-without-consent'],
    sql: [
      `INSERT INTO consent_entry (visitor_id, seq, purpose, granted, lang, way, at)
       SELECT visitor_id, 1000, 'location', false, 'zh', 'mini-program', now() FROM visit LIMIT 1`,
    ],
  },
  {
    title: 'a quote whose lines do not add up',
    found: ['ticket-money'],
    sql: [
      `INSERT INTO parking_quote (venue_id, quote_id, ticket_id, due_fen, lines, priced_at, expires_at, exit_minutes)
       SELECT venue_id, gen_random_uuid(), ticket_id, 0, '[{"amountFen": 400}]', entered_at, entered_at, 15
       FROM parking_ticket LIMIT 1`,
    ],
  },
  {
    title: 'a car that paid nothing of its quote and owes nothing',
    found: ['ticket-money'],
    sql: [
      `INSERT INTO parking_quote (venue_id, quote_id, ticket_id, due_fen, lines, priced_at, expires_at, exit_minutes)
       SELECT venue_id, gen_random_uuid(), ticket_id, 99900, '[{"amountFen": 99900}]', ended_at, ended_at, 15
       FROM parking_ticket WHERE ended_by = 'exit' LIMIT 1`,
      `DELETE FROM parking_payment`,
    ],
    told: (ledger) => {
      ledger.payments.length = 0
    },
  },
  {
    title: 'a barrier event that is lost after it was acknowledged',
    found: ['told-of-parking-lost'],
    sql: [`DELETE FROM parking_barrier_event WHERE ${anyRow('parking_barrier_event')}`],
  },
  {
    title: 'a payment that is lost after the payer was told',
    found: ['told-of-parking-lost'],
    told: ({ payments, barrierEvents }) => {
      const { venueId } = first(barrierEvents)
      payments.push({ venueId, paymentId: 'p', ticketId: 't', askedFen: 500, state: 'paid' })
    },
  },
  {
    title: 'a car that was let out and owes',
    found: ['let-out-owing'],
    told: ({ opened, barrierEvents }) => {
      opened.push({ venueId: first(barrierEvents).venueId, ticketId: 'nobody’s', atMs: 0 })
    },
  },
  {
    title: 'a kiosk that shows a campaign that has ended',
    found: ['screen-differs'],
    sql: [`UPDATE campaign SET state = 'ended' WHERE ${anyRow('campaign', `state = 'live'`)}`],
  },
  {
    title: 'a kiosk that counts a free bay too many',
    found: ['screen-differs'],
    sql: [
      `UPDATE parking_bay_state SET state = 'taken', at = (SELECT min(at) FROM parking_bay_state)
       WHERE ${anyRow('parking_bay_state', `state = 'free'`)}`,
      `UPDATE parking_bay_state SET at = at - interval '1 day'`,
    ],
  },
  {
    title: 'a screen that is connected and hears nothing',
    found: ['screen-differs'],
    told: ({ screens }) => {
      screens[0] = { ...first(screens), ageMs: 60_000 }
    },
  },
  {
    title: 'an erased person in the payload of an event',
    found: ['erased-person-found'],
    told: ({ erased, barrierEvents }) => {
      erased.push({ visitorId: 'plate-of-somebody', atMs: 0, texts: [first(barrierEvents).eventId] })
    },
  },
  {
    title: 'an event that nobody was told',
    found: ['outbox-not-empty'],
    sql: [`UPDATE outbox_event SET published_at = NULL WHERE ${anyRow('outbox_event')}`],
  },
]

/**
 * Six minutes of arrivals, until the last has left. The seed's four shoppers claim and redeem, pay by phone and at the
 * kiosk, withdraw a consent, and one of them has themselves and their plate erased.
 */
async function liveOnce(t: ExecutionContext): Promise<{ url: string; ledger: Ledger }> {
  const pagesDir = await mkdtemp(join(tmpdir(), 'atrium-audit-'))
  const clock = { nowMs: Date.parse('2026-11-20T12:00:00+08:00') }
  const server = await startClientServer({ pagesDir, hasBeacons: true, clock: () => clock.nowMs })
  t.teardown(() => rm(pagesDir, { recursive: true }))
  t.teardown(() => server.end())
  const ledger = await simulate({
    ...{ serverUrl: server.address, credentials: { operator: server.operatorToken } },
    ...{ seed: 1173, mallHours: 0.1, shoppersPerHour: 50, time: virtualTime(clock, 1000) },
  })
  return { url: server.databaseUrl ?? '', ledger: parseLedger(JSON.stringify(ledger)) }
}

/** What clients did and when, as far as no answer of the server decides it: neither ids it gives nor what it offers. */
function ofTheSeed({ fromMs, untilMs, ...ledger }: Ledger) {
  const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort()
  return {
    lastedMs: untilMs - fromMs,
    barrierEvents: sorted(ledger.barrierEvents.map(({ eventId, kind, atMs }) => ({ eventId, kind, atMs }))),
    opened: sorted(ledger.opened.map(({ atMs }) => ({ atMs }))),
    payments: sorted(ledger.payments.map(({ askedFen, state }) => ({ askedFen, state }))),
    erased: sorted(ledger.erased.map(({ atMs, texts }) => ({ atMs, texts }))),
    withdrawn: sorted(ledger.withdrawn.map(({ atMs }) => ({ atMs }))),
  }
}

let firstLife: Ledger | undefined

onServer(
  'finds each of twenty faults by its name, and nothing in a mall in which all went well',
  async (t) => {
    const { url, ledger } = await liveOnce(t)
    firstLife = ledger
    await until('everything is told', async () => (await factsOf(url)).waiting.length === 0)
    const clean = await factsOf(url, ledger.erased)
    t.log(extentOf(clean, ledger))
    t.deepEqual(audit(clean, ledger), [])

    const client = new pg.Client({ connectionString: url })
    await client.connect()
    t.teardown(() => client.end())
    for (const { title, found, sql = [], told } of faults) {
      const changed = structuredClone(ledger)
      told?.(changed)
      await client.query('BEGIN')
      for (const statement of sql) {
        const { command, rowCount } = await client.query(statement)
        t.true(command === 'ALTER' || command === 'DELETE' || Number(rowCount) > 0, `${title}: ${statement}`)
      }
      const findings = audit(await readFacts(client, changed.erased), changed)
      await client.query('ROLLBACK')
      t.deepEqual([...new Set(findings.map(({ check }) => check))].sort(), [...found].sort(), title)
    }
    const proved = new Set(faults.flatMap((fault) => fault.found))
    t.deepEqual(
      Object.keys(checks).filter((check) => !proved.has(check as CheckName)),
      [],
      'checks without a fault',
    )
  },
)

onServer('a seed that is lived again is the same day for everybody in it', async (t) => {
  const day = ofTheSeed(firstLife ?? (await liveOnce(t)).ledger)
  t.deepEqual(ofTheSeed((await liveOnce(t)).ledger), day)
  for (const [what, rows] of Object.entries(day)) t.notDeepEqual(rows, [], `the day has no ${what}`)
})

test('refuses a ledger that is none, and says why', (t) => {
  const ledger = emptyLedger(1, 2)
  t.deepEqual(parseLedger(JSON.stringify(ledger)), ledger)
  const broken = JSON.stringify({ ...ledger, opened: [{ venueId: 'v' }] })
  t.throws(() => parseLedger(broken), { message: /ticketId/ })
})
