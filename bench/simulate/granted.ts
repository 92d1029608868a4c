import { problemIdOf } from '../../server/contract/index.ts'
import type { Answer, Endpoint, ResponseOf } from '../../server/contract/index.ts'

/** What was asked for. @throws Error with the server's own words when it was refused */
export function granted<E extends Endpoint>(answer: Answer<E>): ResponseOf<E> {
  if (answer.ok) return answer.body
  const { title, detail = '', type } = answer.problem
  throw new Error(`the server refused (${String(answer.status)} ${type}): ${title} ${detail}`)
}

/** The word of a refusal; `HTTP 502` where something else than the server answered, undefined for what was granted. */
export function refusalOf(answer: Answer<Endpoint>): string | undefined {
  return answer.ok ? undefined : (problemIdOf(answer.problem) ?? `HTTP ${String(answer.status)}`)
}
