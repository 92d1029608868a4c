import type { EntityManager } from 'typeorm'
import type { Endpoint, ReceivedBy, Refusal, ReplyOf } from '../contract/endpoint.ts'
import type { Log } from '../platform/log.ts'
import type { StoredReply } from './idempotency.entity.ts'
import type { Identity } from './identity.ts'

/** A request as a handler sees it: validated, and from someone who may ask. */
export interface Call<E extends Endpoint> extends ReceivedBy<E> {
  /** Of public endpoints nobody is asked who they are. */
  readonly identity: E['access'] extends 'public' ? undefined : Identity
  /** The transaction of an idempotent command; all of its writes go through it. */
  readonly manager: E['idempotent'] extends true ? EntityManager : undefined
  readonly requestId: string
  readonly address: string
  /** A header field, empty when it did not come: for signatures, which no schema describes. */
  readonly header: (name: string) => string
  readonly log: Log
}

/** Command, then presenter: the last two steps of a route, and the only ones it writes itself. */
export type Handler<E extends Endpoint> = (call: Call<E>) => Promise<ReplyOf<E>>

/** A policy that needs the validated request: a refusal, or nothing when all is well. */
export type Policy<E extends Endpoint> = (call: Omit<Call<E>, 'manager'>) => Refusal | undefined

/** A {@link Call} of whichever endpoint. */
export interface AnyCall {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
  readonly identity: Identity | undefined
  readonly requestId: string
  readonly address: string
  readonly header: (name: string) => string
  readonly log: Log
}

export type AnyReply = StoredReply | Refusal

/** An endpoint with what it does. */
export interface Route {
  readonly endpoint: Endpoint
  readonly handler: (call: AnyCall & { readonly manager: EntityManager | undefined }) => Promise<AnyReply>
  readonly policy: ((call: AnyCall) => Refusal | undefined) | undefined
}

/**
 * Makes the route of an endpoint. Every route is the same list of decisions: rate limit → authenticate →
 * validate → authorise → idempotency → command → presenter (`answer-route.ts`). A `venueId` in the path is
 * checked against the identity's venues without being asked for.
 * @param handler command and presenter
 * @param policy a further decision on the validated request
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- keeps `status: 200` a literal
export function route<E extends Endpoint, H extends Handler<E>>(
  endpoint: E,
  handler: H,
  policy?: Policy<E>,
): Route {
  // The steps are the same for every endpoint, so its own types are forgotten here and only here; that the
  // values still fit them is what validation on the way in and the check of replies on the way out see to.
  return {
    endpoint,
    handler: handler as unknown as Route['handler'],
    policy: policy as unknown as Route['policy'],
  }
}
