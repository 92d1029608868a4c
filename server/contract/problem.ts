import { z } from 'zod'

/**
 * Every problem the server can answer with, by a word that never changes. Clients switch on the word;
 * the sentence a person reads comes from the client's own message table.
 * 401 always means "no identity, or one that is no longer good" and 403 always "this identity may not":
 * a wrong password is neither, so that a client may answer every 401 by asking to sign in.
 * Source: RFC 9457; the words are own.
 */
export const problems = {
  'invalid-request': { status: 400, title: 'The request does not fit its schema' },
  'malformed-body': { status: 400, title: 'The body could not be read' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'This identity may not do that' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'method-not-allowed': { status: 405, title: 'This address does not know the method' },
  'request-timeout': { status: 408, title: 'The request did not arrive in time' },
  'body-too-large': { status: 413, title: 'The body is larger than this endpoint takes' },
  'unsupported-media-type': { status: 415, title: 'This endpoint does not take this kind of body' },
  'idempotency-key-reused': { status: 422, title: 'This idempotency key was used for another request' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'server-error': { status: 500, title: 'The server made a mistake' },
  busy: { status: 503, title: 'The server has too much to do' },
  'timed-out': { status: 503, title: 'The server could not answer in time' },

  'wrong-credentials': { status: 422, title: 'Username and password do not belong together' },
  'wrong-code': { status: 422, title: 'The code is wrong, used or expired' },
  'operator-exists': { status: 409, title: 'There is an operator already' },
  'username-taken': { status: 409, title: 'This username is taken' },
  'weak-password': { status: 422, title: 'The password does not keep to the rules' },
  'last-operator': { status: 409, title: 'The last operator of all venues has to stay' },
  'unknown-account': { status: 404, title: 'There is no such account' },
  'unknown-session': { status: 404, title: 'There is no such session' },
  'too-many-devices': { status: 409, title: 'The venue has as many devices as it may have' },
  'unknown-device': { status: 404, title: 'There is no such device' },

  'unknown-beacon': { status: 404, title: 'The venue has no such beacon' },
  'identity-taken': { status: 409, title: 'Another beacon of the venue has this identity' },
  'revision-conflict': { status: 409, title: 'Somebody changed it since' },
  'state-out-of-reach': { status: 409, title: 'It cannot come into this state from the one it is in' },
  'beacon-needs-place': { status: 409, title: 'A beacon that hangs has a place' },
  'too-many-beacons': { status: 409, title: 'The venue has as many beacons as it may have' },
  'bad-csv': { status: 422, title: 'The table has faults, nothing was changed' },
  'bad-radio-map': { status: 422, title: 'These bytes are no radio map of this venue' },
  'unknown-radio-map': { status: 404, title: 'There is no such radio map' },
  'unknown-finding': { status: 404, title: 'There is no such finding' },
  'not-leased': { status: 409, title: 'This number was not leased to you' },
  'beacon-uuid-needed': { status: 409, title: 'Say which UUID the beacons of the venue have' },
  'beacon-secret-differs': { status: 409, title: 'This version is kept with another secret' },
  'too-many-beacon-secrets': { status: 409, title: 'The beacon has as many secrets as it may have' },
  'unknown-beacon-secret': { status: 404, title: 'The vault has no such secret' },
  'no-numbers-left': { status: 409, title: 'So many numbers in a row are not free' },

  'unknown-refresh-token': { status: 422, title: 'The refresh token is none, has expired or was ended' },
  'outdated-text': { status: 409, title: 'The text that was agreed to is not the one in force' },
  'consent-needed': { status: 409, title: 'The person has not agreed to this' },
  'not-signed-in': { status: 409, title: 'This needs an account: sign in with WeChat first' },
  'wechat-off': { status: 409, title: 'Signing in with WeChat is not set up here' },
  'wechat-code-refused': { status: 422, title: 'WeChat does not know this code, or it was used' },
  'wechat-too-often': { status: 429, title: 'WeChat asks to wait a minute' },
  'wechat-account-blocked': { status: 422, title: 'WeChat blocks this account for the present' },
  'wechat-unavailable': { status: 503, title: 'WeChat cannot be asked at the moment' },

  'unknown-webhook': { status: 404, title: 'There is no such webhook' },
  'too-many-webhooks': { status: 409, title: 'The venue has as many webhooks as it may have' },
  'webhook-address-refused': { status: 422, title: 'Messages are not sent to this address' },
  'unknown-delivery': { status: 404, title: 'There is no such message' },

  'unknown-venue': { status: 404, title: 'There is no such venue, or none that is published' },
  'unknown-level': { status: 404, title: 'The published map has no such level' },
  'unknown-version': { status: 404, title: 'The venue has no such version' },
  'not-validated': { status: 409, title: 'The version is a draft: validate it first' },
  'bad-archive': { status: 422, title: 'The archive could not be read' },
  'has-errors': { status: 422, title: 'The map has errors that keep it from being used' },

  'unknown-campaign': { status: 404, title: 'There is no such campaign' },
  'unknown-offer': { status: 404, title: 'There is no such offer' },
  'unknown-redemption': { status: 404, title: 'There is no such redemption' },
  'unknown-zone': { status: 422, title: 'The published map has no such place' },
  'too-many-campaigns': { status: 409, title: 'The venue has as many campaigns as it may have' },
  'campaign-changed': { status: 409, title: 'Somebody else changed the campaign meanwhile' },
  'campaign-state': { status: 409, title: 'The campaign cannot do that in the state it is in' },
  'no-offer': { status: 409, title: 'This campaign gives you nothing now' },
  'offer-over': { status: 409, title: 'The offer was redeemed, declined or has expired' },
  'bad-code': { status: 422, title: 'The code is no code of an offer, or no longer' },
  'wrong-shop': { status: 409, title: 'The offer is not for this shop' },
  'bill-too-small': { status: 422, title: 'The bill is smaller than the offer asks for' },

  'not-on-map': { status: 422, title: 'The published map does not have that' },
  'already-over': { status: 422, title: 'It would be over before it begins' },
  'too-many-closures': { status: 409, title: 'The venue has as many closures as it may have' },
  'unknown-closure': { status: 404, title: 'There is no such closure' },
  'unknown-handoff': { status: 404, title: 'There is no such way, or no longer' },
  'handoff-taken': { status: 409, title: 'Another phone opened this way' },

  'unknown-pairing': { status: 404, title: 'There is no such pairing, or no longer' },
  'unknown-kiosk': { status: 404, title: 'There is no such kiosk' },
  'demo-off': { status: 409, title: 'This is no demonstration, or not the machine it runs on' },
  'bad-picture': { status: 422, title: 'These bytes are no JPEG, PNG or WebP picture' },
  'no-screenshot': { status: 409, title: 'There is no picture, or nobody asked for one' },
  'unknown-content': { status: 404, title: 'There is no such content' },
  'unknown-picture': { status: 404, title: 'There is no such picture' },
  'too-much-content': { status: 409, title: 'The venue has as much content as it may have' },

  'report-out-of-order': { status: 409, title: 'A later report of this session was taken already' },
  'report-session-over': { status: 409, title: 'This session of reports is over, or is not yours' },
  'report-from-the-future': { status: 422, title: 'The report says it was made later than now' },
  'report-too-old': { status: 422, title: 'The report is too old to say where anybody is' },
  'unknown-ticket': { status: 404, title: 'There is no such ticket' },
  'unknown-quote': { status: 404, title: 'There is no such quote' },
  'unknown-payment': { status: 404, title: 'There is no such payment' },
  'unknown-bay': { status: 404, title: 'The published map has no such bay' },
  'unknown-plate': { status: 404, title: 'There is no such plate' },
  'unknown-event': { status: 404, title: 'No barrier has told of this event' },
  'no-plate': { status: 422, title: 'This is no number plate' },
  'too-many-plates': { status: 409, title: 'There are as many plates as there may be' },
  'car-not-found': { status: 404, title: 'Nobody knows where this car stands' },
  'no-way': { status: 409, title: 'There is no way from there to the car' },
  'bad-tariff': { status: 422, title: 'The tariff cannot be used as it is' },
  'quote-expired': { status: 409, title: 'The quote has expired: ask for a new one' },
  'already-paid': { status: 409, title: 'This was paid already' },
  'benefit-used': { status: 409, title: 'This was given for another stay' },
  'too-much-refunded': { status: 409, title: 'More would be given back than was received' },
  'payment-unavailable': { status: 503, title: 'The payment provider cannot be asked at the moment' },
  'method-off': { status: 409, title: 'This way of paying is not set up here' },
  'payer-needed': { status: 409, title: 'Sign in with WeChat to pay with it' },
  'bad-notice': { status: 422, title: 'This notice does not come from the payment provider' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>

/** A word of the table of problems. */
export type ProblemId = keyof typeof problems

/** Problems any endpoint may answer with; an endpoint names only those beyond these. */
export const generalProblems = [
  'invalid-request',
  'too-many-requests',
  'server-error',
  'busy',
  'timed-out',
] as const satisfies readonly ProblemId[]

const prefix = 'urn:problem-type:atrium:'

/** The `type` of a problem document: a name, not an address to fetch. */
export function problemType(id: ProblemId): string {
  return prefix + id
}

/** The word of a problem document; `undefined` when it is none of ours (a proxy in between answered). */
export function problemIdOf(problem: { readonly type?: string }): ProblemId | undefined {
  const id = problem.type?.startsWith(prefix) ? problem.type.slice(prefix.length) : ''
  return isProblemId(id) ? id : undefined
}

function isProblemId(id: string): id is ProblemId {
  return Object.prototype.hasOwnProperty.call(problems, id)
}

/** One thing wrong with a request: where (a JSON pointer into that part) and what. */
export const requestFault = z
  .strictObject({
    in: z.enum(['path', 'query', 'header', 'body']),
    pointer: z.string().meta({ description: 'JSON pointer into that part; empty for the part as a whole' }),
    message: z.string(),
  })
  .meta({ id: 'RequestFault' })

/** What leaves the server whenever an answer is not the one asked for: RFC 9457 problem details. */
export const problemDocument = z
  .strictObject({
    type: z.string().meta({ description: `${prefix}… with a word that never changes` }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().optional(),
    instance: z.string().optional().meta({ description: 'Id of the request, as in X-Request-Id' }),
    faults: z.array(requestFault).max(100).optional(),
    facts: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' })

export type RequestFault = z.output<typeof requestFault>
export type ProblemDocument = z.output<typeof problemDocument>
