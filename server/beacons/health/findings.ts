import type { EntityManager } from 'typeorm'
import type { Json, VenueId } from '../../../maps/model/index.ts'
import { recordAudit } from '../../identities/index.ts'
import type { Occasion } from '../../identities/index.ts'
import type { FaultKind, Verdict, Verdicts } from './find-faults.ts'
import { hourMs } from './traffic.ts'

/** Judgements in a row that have to say "no" before a finding closes: it does not flicker. */
const missesToClose = 2
/** Judgements nearer to each other than this rest on the same traffic: they count as one. */
const sameJudgementMs = hourMs / 2

/** Something wrong with a beacon, found in the traffic. */
export interface Finding {
  readonly venueId: VenueId
  readonly findingId: string
  readonly beaconId: string
  readonly kind: FaultKind
  readonly openedAtMs: number
  readonly confirmedAtMs: number
  readonly closedAtMs: number | null
  readonly confidence: number
  readonly evidence: Readonly<Record<string, number | string>>
  /** Judgements in a row that said "no". */
  readonly misses: number
  /** When the last of them was. */
  readonly missedAtMs: number | null
  readonly acknowledgedAtMs: number | null
  readonly acknowledgedBy: string | null
  readonly note: string
  readonly mutedUntilMs: number | null
}

/**
 * What becomes of an open finding, or of none, by a verdict: it opens once, is confirmed with fresh evidence, closes after two
 * judgements that say no, and stays as it is while nobody comes by.
 * @param open the finding that is open now
 * @param former the last one of this beacon and kind: how long it is muted is the next one's too
 * @returns the finding to store; undefined when nothing changes
 */
export function followVerdict(
  verdict: Verdict,
  at: {
    readonly open: Finding | undefined
    readonly former: Finding | undefined
    readonly subject: { readonly venueId: VenueId; readonly beaconId: string; readonly kind: FaultKind }
    readonly nowMs: number
    readonly newId: () => string
  },
): Finding | undefined {
  const { open, former, subject, nowMs, newId } = at
  if (verdict.says === 'unknown') return undefined
  if (verdict.says === 'no') {
    if (!open || (open.missedAtMs !== null && nowMs - open.missedAtMs < sameJudgementMs)) return undefined
    const misses = open.misses + 1
    return { ...open, misses, missedAtMs: nowMs, closedAtMs: misses >= missesToClose ? nowMs : null }
  }
  const { confidence, evidence } = verdict
  if (open) return { ...open, confidence, evidence, misses: 0, missedAtMs: null, confirmedAtMs: nowMs }
  const mutedUntilMs = former?.mutedUntilMs ?? null
  return {
    ...subject,
    ...{ findingId: newId(), openedAtMs: nowMs, confirmedAtMs: nowMs, closedAtMs: null },
    ...{ confidence, evidence, misses: 0, missedAtMs: null },
    ...{ acknowledgedAtMs: null, acknowledgedBy: null, note: '' },
    mutedUntilMs: mutedUntilMs !== null && mutedUntilMs > nowMs ? mutedUntilMs : null,
  }
}

interface FindingFound {
  readonly venue_id: VenueId
  readonly finding_id: string
  readonly beacon_id: string
  readonly kind: FaultKind
  readonly opened_at: Date
  readonly confirmed_at: Date
  readonly closed_at: Date | null
  readonly confidence: number
  readonly evidence: Readonly<Record<string, number | string>>
  readonly misses: number
  readonly missed_at: Date | null
  readonly acknowledged_at: Date | null
  readonly acknowledged_by: string | null
  readonly note: string
  readonly muted_until: Date | null
}

function findingOf(row: FindingFound): Finding {
  return {
    venueId: row.venue_id,
    findingId: row.finding_id,
    beaconId: row.beacon_id,
    kind: row.kind,
    openedAtMs: row.opened_at.getTime(),
    confirmedAtMs: row.confirmed_at.getTime(),
    closedAtMs: row.closed_at?.getTime() ?? null,
    confidence: row.confidence,
    evidence: row.evidence,
    misses: row.misses,
    missedAtMs: row.missed_at?.getTime() ?? null,
    acknowledgedAtMs: row.acknowledged_at?.getTime() ?? null,
    acknowledgedBy: row.acknowledged_by,
    note: row.note,
    mutedUntilMs: row.muted_until?.getTime() ?? null,
  }
}

/** Findings of a venue, newest first. */
export async function listFindings(
  manager: EntityManager,
  venueId: VenueId,
  wanted: {
    readonly closed: boolean
    readonly muted: boolean
    readonly beaconId: string | undefined
    readonly limit: number
    readonly nowMs: number
  },
): Promise<Finding[]> {
  const rows: readonly FindingFound[] = await manager.query(
    `SELECT * FROM beacon_finding WHERE venue_id = $1 AND ($2 OR closed_at IS NULL)
       AND ($3 OR muted_until IS NULL OR muted_until <= $4) AND ($5::uuid IS NULL OR beacon_id = $5)
     ORDER BY opened_at DESC, finding_id DESC LIMIT $6`,
    [venueId, wanted.closed, wanted.muted, new Date(wanted.nowMs), wanted.beaconId ?? null, wanted.limit],
  )
  return rows.map(findingOf)
}

/**
 * Opens, confirms and closes the findings of a venue by the verdicts about its beacons.
 * @returns the findings that opened or closed
 */
export async function storeVerdicts(
  manager: EntityManager,
  occasion: Pick<Occasion, 'nowMs' | 'newId'>,
  judged: {
    readonly venueId: VenueId
    readonly verdicts: readonly { readonly beaconId: string; readonly verdicts: Verdicts }[]
  },
): Promise<Finding[]> {
  const { venueId, verdicts } = judged
  const rows: readonly FindingFound[] = await manager.query(
    `SELECT DISTINCT ON (beacon_id, kind) * FROM beacon_finding WHERE venue_id = $1
     ORDER BY beacon_id, kind, opened_at DESC, finding_id DESC`,
    [venueId],
  )
  const latest = new Map(rows.map((row) => [`${row.beacon_id} ${row.kind}`, findingOf(row)]))
  const told: Finding[] = []
  for (const { beaconId, verdicts: byKind } of verdicts) {
    for (const [kind, verdict] of Object.entries(byKind) as [FaultKind, Verdict][]) {
      const former = latest.get(`${beaconId} ${kind}`)
      const open = former?.closedAtMs === null ? former : undefined
      const next = followVerdict(verdict, { open, former, subject: { venueId, beaconId, kind }, ...occasion })
      if (!next) continue
      await storeFinding(manager, next)
      if (!open || next.closedAtMs !== null) told.push(next)
    }
  }
  return told
}

async function storeFinding(manager: EntityManager, finding: Finding): Promise<void> {
  const time = (ms: number | null) => (ms === null ? null : new Date(ms))
  await manager.query(
    `INSERT INTO beacon_finding (venue_id, finding_id, beacon_id, kind, opened_at, confirmed_at, closed_at, confidence,
       evidence, misses, missed_at, acknowledged_at, acknowledged_by, note, muted_until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     ON CONFLICT (venue_id, finding_id) DO UPDATE SET confirmed_at = EXCLUDED.confirmed_at,
       closed_at = EXCLUDED.closed_at, confidence = EXCLUDED.confidence, evidence = EXCLUDED.evidence,
       misses = EXCLUDED.misses, missed_at = EXCLUDED.missed_at`,
    [
      ...[finding.venueId, finding.findingId, finding.beaconId, finding.kind],
      ...[
        time(finding.openedAtMs),
        time(finding.confirmedAtMs),
        time(finding.closedAtMs),
        finding.confidence,
      ],
      ...[JSON.stringify(finding.evidence), finding.misses, time(finding.missedAtMs)],
      ...[time(finding.acknowledgedAtMs), finding.acknowledgedBy, finding.note, time(finding.mutedUntilMs)],
    ],
  )
}

/**
 * What a person says to a finding: that somebody knows, for how long nobody wants to hear of it, a note.
 * @returns the finding as it is now; undefined when there is none
 */
export async function answerFinding(
  manager: EntityManager,
  occasion: Occasion,
  answer: {
    readonly venueId: VenueId
    readonly findingId: string
    readonly acknowledged?: boolean
    readonly mutedUntilMs?: number | null
    readonly note?: string
  },
): Promise<Finding | undefined> {
  const { venueId, findingId, acknowledged, mutedUntilMs, note } = answer
  const found: readonly FindingFound[] = await manager.query(
    'SELECT * FROM beacon_finding WHERE venue_id = $1 AND finding_id = $2 FOR UPDATE',
    [venueId, findingId],
  )
  if (!found[0]) return undefined
  const before = findingOf(found[0])
  const after: Finding = {
    ...before,
    ...(acknowledged === undefined
      ? {}
      : acknowledged
        ? { acknowledgedAtMs: occasion.nowMs, acknowledgedBy: occasion.actor }
        : { acknowledgedAtMs: null, acknowledgedBy: null }),
    ...(mutedUntilMs === undefined ? {} : { mutedUntilMs }),
    ...(note === undefined ? {} : { note }),
  }
  const time = (ms: number | null) => (ms === null ? null : new Date(ms))
  await manager.query(
    `UPDATE beacon_finding SET acknowledged_at = $3, acknowledged_by = $4, muted_until = $5, note = $6
     WHERE venue_id = $1 AND finding_id = $2`,
    [
      ...[venueId, findingId, time(after.acknowledgedAtMs), after.acknowledgedBy],
      ...[time(after.mutedUntilMs), after.note],
    ],
  )
  await recordAudit(manager, occasion, {
    action: 'beacon-finding.answered',
    subject: `beacon:${before.beaconId}`,
    venueId,
    facts: {
      kind: before.kind,
      acknowledged: after.acknowledgedAtMs !== null,
      mutedUntilMs: after.mutedUntilMs,
    },
  })
  return after
}

/** A finding as it leaves the server, over HTTP and on the console's stream. */
export function presentFinding(finding: Finding) {
  const { closedAtMs, acknowledgedAtMs, acknowledgedBy, mutedUntilMs } = finding
  return {
    id: finding.findingId,
    beaconId: finding.beaconId,
    kind: finding.kind,
    openedAtMs: finding.openedAtMs,
    confirmedAtMs: finding.confirmedAtMs,
    ...(closedAtMs === null ? {} : { closedAtMs }),
    confidence: finding.confidence,
    evidence: finding.evidence as Record<string, Json>,
    ...(acknowledgedAtMs === null ? {} : { acknowledgedAtMs }),
    ...(acknowledgedBy === null ? {} : { acknowledgedBy }),
    note: finding.note,
    ...(mutedUntilMs === null ? {} : { mutedUntilMs }),
  }
}
