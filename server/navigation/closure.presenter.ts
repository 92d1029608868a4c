import type { z } from 'zod'
import type { Immutable } from '../contract/endpoint.ts'
import type { closureNotice, navigationContract } from '../contract/navigation.contract.ts'
import type { RoutingTables } from '../../maps/routes/index.ts'
import { placedClosure } from './closed-thing.ts'
import { closureStateAt, overAtMs } from './closure.entity.ts'
import type { ClosureRow } from './closure.entity.ts'

type Notice = Immutable<z.input<typeof closureNotice>>
type Closure = Immutable<z.input<(typeof navigationContract)['createClosure']['responses'][201]>>

/** A closure as screens and phones get it, derived from the map of the day. */
export function presentNotice(row: ClosureRow, tables: RoutingTables | undefined): Notice {
  const placed = tables && placedClosure(tables, row.what)
  const untilMs = overAtMs(row)
  return {
    id: row.closureId,
    what: row.what,
    closures: placed?.closures ?? [],
    reason: row.reason,
    levelIds: placed?.levelIds ?? [],
    ...(placed ? { at: placed.at } : {}),
    fromMs: row.fromAt.getTime(),
    ...(untilMs === undefined ? {} : { untilMs }),
  }
}

/** A closure as operators see it. */
export function presentClosure(row: ClosureRow, tables: RoutingTables | undefined, nowMs: number): Closure {
  return {
    ...presentNotice(row, tables),
    state: closureStateAt(row, nowMs),
    createdAtMs: row.createdAt.getTime(),
    createdBy: row.createdBy,
    ...(row.endedAt ? { endedAtMs: row.endedAt.getTime() } : {}),
  }
}
