import { performance } from 'node:perf_hooks'
import { z } from 'zod'
import { liveLimits } from '../contract/realtime.contract.ts'
import type { LiveNamespace, LiveRefusal } from '../contract/realtime.contract.ts'
import type { Authenticate, Identity } from '../http/index.ts'
import { mayEnter } from './follow.policy.ts'
import type { SocketState } from './live-socket.ts'
import { TokenBucket } from './token-bucket.ts'

const handshake = z.object({ token: z.string().min(1).max(1024) })

/**
 * Lets a connection in by the token of its handshake, or says why not.
 * @param auth what the client gave, unchecked
 */
export async function admitSocket(
  authenticate: Authenticate,
  namespace: LiveNamespace,
  auth: unknown,
): Promise<SocketState | { readonly refused: LiveRefusal }> {
  const given = handshake.safeParse(auth)
  if (!given.success) return { refused: 'unauthenticated' }
  const { token } = given.data
  const identity = await inTime(authenticate(token))
  if (identity === 'late') return { refused: 'busy' }
  if (!identity) return { refused: 'unauthenticated' }
  if (!mayEnter(identity, namespace)) return { refused: 'forbidden' }
  const nowMs = performance.now()
  return {
    namespace,
    identity,
    token,
    bucket: new TokenBucket({ perS: liveLimits.messagesPerS, burst: liveLimits.burst }, nowMs),
    flooded: 0,
    underWay: 0,
    since: nowMs,
  }
}

async function inTime(work: Promise<Identity | undefined>): Promise<Identity | undefined | 'late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, liveLimits.authenticateMs, 'late')
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    work.catch(() => undefined)
  }
}
