import type { RandomStream } from '../../positioning/index.ts'
import type { Answer, Client, Endpoint, FetchLike } from '../../server/contract/index.ts'
import { createClient } from '../../server/contract/index.ts'
import { happens } from './draws.ts'
import type { NetworkPlan } from './plan.ts'

/** A request that the simulated network lost, or whose answer it lost. */
export class Lost extends Error {
  override readonly name = 'Lost'
}

/** How long a straggling copy is held back, in requests that overtake it. */
const overtakenBy = 3
/** How long a client waits between two tries at a server that is away. */
const tryAgainMs = 200
/** After so many tries nobody waits any longer: a minute of a server that is away. */
const mostTries = 300

/**
 * A network between a client and the server that does what networks do: requests are lost on the way, answers on the way
 * back; a request arrives twice at once, or a second time after others that were sent later, so that the server sees it
 * late and out of order.
 */
export function troubledFetch(plan: NetworkPlan, random: RandomStream): FetchLike {
  const stragglers: { send: () => Promise<unknown>; requests: number }[] = []
  return async (url, init) => {
    const send = () => fetch(url, init)
    for (const late of stragglers.filter((one) => --one.requests <= 0)) {
      stragglers.splice(stragglers.indexOf(late), 1)
      await late.send().catch(() => undefined)
    }
    if (happens(random, plan.lost)) throw new Lost('the request')
    if (happens(random, plan.straggles)) stragglers.push({ send, requests: overtakenBy })
    const copy = happens(random, plan.twice) ? send().catch(() => undefined) : undefined
    const answer = await send()
    await copy
    if (happens(random, plan.answerLost)) {
      await answer.arrayBuffer()
      throw new Lost('the answer')
    }
    return answer
  }
}

/** A client that asks until there is an answer, as long as somebody waits for one. */
export interface PatientClient extends Client {
  /** Asked once: what nobody waits for. */
  readonly once: Client
}

/**
 * @param options.isOver true when nobody waits any more: what was asked in vain then rejects
 */
export function patientClient(options: {
  readonly serverUrl: string
  readonly fetch: FetchLike
  readonly token: () => string | undefined
  readonly isOver: () => boolean
}): PatientClient {
  const once = createClient({ baseUrl: options.serverUrl, fetch: options.fetch, token: options.token })
  return {
    once,
    async call<E extends Endpoint>(...asked: Parameters<typeof once.call<E>>): Promise<Answer<E>> {
      for (let tries = 1; ; tries++) {
        const isLast = tries >= mostTries || options.isOver()
        try {
          const answer = await once.call<E>(...asked)
          // Not an answer of ours: a server that starts or stops, or one that has too much to do.
          if (answer.ok || answer.status < 500 || isLast) return answer
        } catch (error) {
          if (isLast) throw error
          if (error instanceof Lost) continue
        }
        await new Promise((resolve) => setTimeout(resolve, tryAgainMs))
      }
    },
  }
}
