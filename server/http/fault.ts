import { problems, problemType } from '../contract/problem.ts'
import type { ProblemDocument, ProblemId, RequestFault } from '../contract/problem.ts'

interface FaultOptions {
  readonly detail?: string
  readonly facts?: Readonly<Record<string, unknown>>
  readonly faults?: readonly RequestFault[]
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * A request that ends with a problem. Thrown where no caller could do anything about it; what a caller
 * decides by is a returned {@link Refusal} instead. Everything in it may be shown to the client.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly id: ProblemId
  readonly options: FaultOptions

  constructor(id: ProblemId, options: FaultOptions = {}) {
    super(options.detail ?? problems[id].title)
    this.id = id
    this.options = options
  }

  get status(): number {
    return problems[this.id].status
  }
}

/** Most faults of one request that are told; more would not help. */
const maxRequestFaults = 100

/** The document that leaves the server. Source: RFC 9457. */
export function problemOf(fault: Fault, requestId: string): ProblemDocument {
  const { detail, facts, faults } = fault.options
  return {
    type: problemType(fault.id),
    title: problems[fault.id].title,
    status: fault.status,
    instance: requestId,
    ...(detail === undefined ? {} : { detail }),
    ...(faults ? { faults: faults.slice(0, maxRequestFaults) } : {}),
    ...(facts ? { facts: { ...facts } } : {}),
  }
}
