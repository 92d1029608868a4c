import { EntitySchema } from 'typeorm'
import type { EntitySchemaColumnOptions } from 'typeorm'
import type { Json, Labels, LevelId, UnitId, VenueId } from '../../maps/model/index.ts'
import type { PriceLine, Tariff } from './tariff/index.ts'

/** What a guidance system says of a bay. */
export interface BayStateRow {
  readonly venueId: VenueId
  readonly bayId: UnitId
  readonly state: 'free' | 'taken' | 'reserved'
  readonly at: Date
}

/** A way out for cars that an operator named. */
export interface ExitRow {
  readonly venueId: VenueId
  /** Its place in the operator's list. */
  readonly place: number
  readonly name: Labels
  readonly levelId: LevelId
  /** Metres in the level's frame. */
  readonly x: number
  readonly y: number
}

/** A stay of a car: what is paid for. */
export interface TicketRow {
  readonly venueId: VenueId
  readonly ticketId: string
  /** Null while nobody could read the plate, and after its retention. */
  readonly plateHash: string | null
  readonly plateSealed: string | null
  readonly enteredAt: Date
  readonly entryGate: string
  /** Where the picture system keeps the picture of the entry. */
  readonly picture: string | null
  readonly endedAt: Date | null
  /**
   * `void`: the ticket of an entry that turned out to be part of another stay; `given-up`: nobody saw it leave,
   * and it was inside for longer than cars stay, or somebody looked and it was gone.
   */
  readonly endedBy: 'exit' | 'next-entry' | 'void' | 'given-up' | null
  readonly exitGate: string | null
  /** What was due and not paid when the car was seen leaving; null for every other ticket. */
  readonly unpaidFen: number | null
}

/** What a barrier or camera saw; facts, of which tickets are made. */
export interface BarrierEventRow {
  readonly venueId: VenueId
  readonly eventId: string
  readonly kind: 'entry' | 'exit'
  readonly at: Date
  readonly gate: string
  readonly plateHash: string | null
  readonly plateSealed: string | null
  readonly correctedAt: Date | null
  readonly picture: string | null
  /** Set for entries: the ticket of their stay. */
  readonly ticketId: string | null
  readonly receivedAt: Date
}

/** Where a car was last said to stand, by one source. */
export interface CarPlaceRow {
  readonly venueId: VenueId
  readonly source: 'camera' | 'shopper' | 'trail'
  /** `plate:HASH` or `visitor:ID`. */
  readonly whose: string
  readonly at: Date
  readonly levelId: LevelId
  /** Metres in the level's frame. */
  readonly x: number
  readonly y: number
  readonly radiusM: number
  /** How often what such a source says is right, from 0 to 1. */
  readonly confidence: number
  readonly bayId: UnitId | null
}

/** A plate that a shopper says is theirs. */
export interface OwnPlateRow {
  readonly venueId: VenueId
  readonly visitorId: string
  readonly plateId: string
  readonly plateHash: string
  readonly plateSealed: string
  readonly createdAt: Date
}

/** A tariff from a moment on; the one in force when a car drove in prices its stay. */
export interface TariffRow {
  readonly venueId: VenueId
  readonly tariffId: string
  readonly validFrom: Date
  readonly definition: Tariff
  readonly createdBy: string
  readonly createdAt: Date
}

/** Something that makes one stay cheaper. */
export interface BenefitRow {
  readonly venueId: VenueId
  readonly benefitId: string
  readonly ticketId: string
  /** Names what it was given for, once for all: a coupon's code, a receipt's number. */
  readonly reference: string
  readonly origin: 'member' | 'coupon' | 'shop'
  readonly kind: 'minutes' | 'percent' | 'amount'
  readonly value: number
  readonly grantedBy: string
  readonly grantedAt: Date
}

/** A price that is honoured until it expires. */
export interface QuoteRow {
  readonly venueId: VenueId
  readonly quoteId: string
  readonly ticketId: string
  readonly dueFen: number
  readonly lines: readonly PriceLine[]
  readonly pricedAt: Date
  readonly expiresAt: Date
  readonly exitMinutes: number
}

/** An order at a payment provider. */
export interface PaymentRow {
  readonly venueId: VenueId
  readonly paymentId: string
  readonly ticketId: string
  readonly quoteId: string
  readonly visitorId: string | null
  readonly method: 'wechat' | 'demo'
  readonly askedFen: number
  /** `wrong-amount`: something else was received than was asked for; it counts, and somebody has to look. */
  readonly state: 'pending' | 'paid' | 'closed' | 'wrong-amount'
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly receivedFen: number | null
  readonly refundedFen: number
  readonly transactionId: string | null
  readonly paidAt: Date | null
  readonly leaveBy: Date | null
  /** How we learned that it was paid. */
  readonly settledBy: 'notice' | 'query' | 'bill' | 'demo' | null
  readonly settledAt: Date | null
}

export interface RefundRow {
  readonly venueId: VenueId
  readonly refundId: string
  readonly paymentId: string
  readonly amountFen: number
  /** Names what it was asked for, once for its payment; null for refunds older than references. */
  readonly reference: string | null
  readonly reason: string
  readonly state: 'processing' | 'done' | 'failed'
  /** `provider`: made by somebody at the provider itself. */
  readonly requestedBy: string
  readonly requestedAt: Date
  /** When it came through, or when we learned that it failed. */
  readonly doneAt: Date | null
}

/** What the comparison of a day with the provider found. */
export interface ReconciliationRow {
  readonly venueId: VenueId
  readonly date: string
  readonly method: string
  readonly runAt: Date
  readonly checked: number
  readonly found: number
  readonly findings: readonly Json[]
}

type Column = EntitySchemaColumnOptions

/** A column by its name in the table. */
const column = (
  name: string,
  type: 'uuid' | 'text' | 'timestamptz' | 'integer' | 'jsonb' | 'double precision' | 'date',
) => ({ name, type }) as const
const key = (name: string, type: 'uuid' | 'text' | 'date' = 'uuid') =>
  ({ name, type, primary: true }) as const
const orNull = (one: Column): Column => ({ ...one, nullable: true })
const venueId = key('venue_id')

export const bayStateEntity = new EntitySchema<BayStateRow>({
  name: 'parking_bay_state',
  columns: {
    venueId,
    bayId: key('bay_id'),
    state: column('state', 'text'),
    at: column('at', 'timestamptz'),
  },
})

export const exitEntity = new EntitySchema<ExitRow>({
  name: 'parking_exit',
  columns: {
    venueId,
    place: { name: 'place', type: 'integer', primary: true },
    name: column('name', 'jsonb'),
    levelId: column('level_id', 'uuid'),
    x: column('x', 'double precision'),
    y: column('y', 'double precision'),
  },
})

export const ticketEntity = new EntitySchema<TicketRow>({
  name: 'parking_ticket',
  columns: {
    venueId,
    ticketId: key('ticket_id'),
    plateHash: orNull(column('plate_hash', 'text')),
    plateSealed: orNull(column('plate_sealed', 'text')),
    enteredAt: column('entered_at', 'timestamptz'),
    entryGate: column('entry_gate', 'text'),
    picture: orNull(column('picture', 'text')),
    endedAt: orNull(column('ended_at', 'timestamptz')),
    endedBy: orNull(column('ended_by', 'text')),
    exitGate: orNull(column('exit_gate', 'text')),
    unpaidFen: orNull(column('unpaid_fen', 'integer')),
  },
})

export const barrierEventEntity = new EntitySchema<BarrierEventRow>({
  name: 'parking_barrier_event',
  columns: {
    venueId,
    eventId: key('event_id', 'text'),
    kind: column('kind', 'text'),
    at: column('at', 'timestamptz'),
    gate: column('gate', 'text'),
    plateHash: orNull(column('plate_hash', 'text')),
    plateSealed: orNull(column('plate_sealed', 'text')),
    correctedAt: orNull(column('corrected_at', 'timestamptz')),
    picture: orNull(column('picture', 'text')),
    ticketId: orNull(column('ticket_id', 'uuid')),
    receivedAt: column('received_at', 'timestamptz'),
  },
})

export const carPlaceEntity = new EntitySchema<CarPlaceRow>({
  name: 'parking_car_place',
  columns: {
    venueId,
    whose: key('whose', 'text'),
    source: key('source', 'text'),
    at: column('at', 'timestamptz'),
    levelId: column('level_id', 'uuid'),
    x: column('x', 'double precision'),
    y: column('y', 'double precision'),
    radiusM: column('radius_m', 'double precision'),
    confidence: column('confidence', 'double precision'),
    bayId: orNull(column('bay_id', 'uuid')),
  },
})

export const ownPlateEntity = new EntitySchema<OwnPlateRow>({
  name: 'parking_own_plate',
  columns: {
    venueId,
    visitorId: key('visitor_id'),
    plateId: key('plate_id'),
    plateHash: column('plate_hash', 'text'),
    plateSealed: column('plate_sealed', 'text'),
    createdAt: column('created_at', 'timestamptz'),
  },
})

export const tariffEntity = new EntitySchema<TariffRow>({
  name: 'parking_tariff',
  columns: {
    venueId,
    tariffId: key('tariff_id'),
    validFrom: column('valid_from', 'timestamptz'),
    definition: column('definition', 'jsonb'),
    createdBy: column('created_by', 'text'),
    createdAt: column('created_at', 'timestamptz'),
  },
})

export const benefitEntity = new EntitySchema<BenefitRow>({
  name: 'parking_benefit',
  columns: {
    venueId,
    benefitId: key('benefit_id'),
    ticketId: column('ticket_id', 'uuid'),
    reference: column('reference', 'text'),
    origin: column('origin', 'text'),
    kind: column('kind', 'text'),
    value: column('value', 'integer'),
    grantedBy: column('granted_by', 'text'),
    grantedAt: column('granted_at', 'timestamptz'),
  },
})

export const quoteEntity = new EntitySchema<QuoteRow>({
  name: 'parking_quote',
  columns: {
    venueId,
    quoteId: key('quote_id'),
    ticketId: column('ticket_id', 'uuid'),
    dueFen: column('due_fen', 'integer'),
    lines: column('lines', 'jsonb'),
    pricedAt: column('priced_at', 'timestamptz'),
    expiresAt: column('expires_at', 'timestamptz'),
    exitMinutes: column('exit_minutes', 'integer'),
  },
})

export const paymentEntity = new EntitySchema<PaymentRow>({
  name: 'parking_payment',
  columns: {
    venueId,
    paymentId: key('payment_id'),
    ticketId: column('ticket_id', 'uuid'),
    quoteId: column('quote_id', 'uuid'),
    visitorId: orNull(column('visitor_id', 'uuid')),
    method: column('method', 'text'),
    askedFen: column('asked_fen', 'integer'),
    state: column('state', 'text'),
    createdAt: column('created_at', 'timestamptz'),
    expiresAt: column('expires_at', 'timestamptz'),
    receivedFen: orNull(column('received_fen', 'integer')),
    refundedFen: { ...column('refunded_fen', 'integer'), default: 0 },
    transactionId: orNull(column('transaction_id', 'text')),
    paidAt: orNull(column('paid_at', 'timestamptz')),
    leaveBy: orNull(column('leave_by', 'timestamptz')),
    settledBy: orNull(column('settled_by', 'text')),
    settledAt: orNull(column('settled_at', 'timestamptz')),
  },
})

export const refundEntity = new EntitySchema<RefundRow>({
  name: 'parking_refund',
  columns: {
    venueId,
    refundId: key('refund_id'),
    paymentId: column('payment_id', 'uuid'),
    amountFen: column('amount_fen', 'integer'),
    reference: orNull(column('reference', 'text')),
    reason: column('reason', 'text'),
    state: column('state', 'text'),
    requestedBy: column('requested_by', 'text'),
    requestedAt: column('requested_at', 'timestamptz'),
    doneAt: orNull(column('done_at', 'timestamptz')),
  },
})

export const reconciliationEntity = new EntitySchema<ReconciliationRow>({
  name: 'parking_reconciliation',
  columns: {
    venueId,
    date: key('date', 'date'),
    method: key('method', 'text'),
    runAt: column('run_at', 'timestamptz'),
    checked: column('checked', 'integer'),
    found: column('found', 'integer'),
    findings: column('findings', 'jsonb'),
  },
})

/** The entities of the subject, for `schema.ts`. */
export const parkingEntities = [
  bayStateEntity,
  exitEntity,
  ticketEntity,
  barrierEventEntity,
  carPlaceEntity,
  ownPlateEntity,
  tariffEntity,
  benefitEntity,
  quoteEntity,
  paymentEntity,
  refundEntity,
  reconciliationEntity,
]
