import { onScopeDispose, ref } from 'vue'
import { kiosksContract } from '../../server/contract/kiosks.contract.ts'
import { apiOf, bodyOf, Refused } from '../data/api.ts'
import type { Identity } from './identity.ts'

/** When it is tried again while the server is away. */
const againMs = 4000

/** A code on the screen, waiting for an operator. */
interface Waiting {
  readonly pairingId: string
  readonly code: string
  readonly secret: string
  readonly expiresAtMs: number
  readonly pollMs: number
}

/**
 * Makes a new screen a kiosk: shows a code until an operator has bound it to a place, a fresh one when it is
 * no longer good, and tries again by itself while the server is away. In the demonstration on one machine
 * nobody has to bind anything.
 */
export function usePairing(onPaired: (identity: Identity) => void) {
  const code = ref<string>()
  const away = ref(false)
  const api = apiOf()
  let over = false
  let waiting: Waiting | undefined
  let isDemo: boolean | undefined

  async function step(): Promise<number> {
    isDemo ??= await pairDemo()
    if (isDemo) return again(() => (isDemo = undefined))
    waiting ??= await begin()
    code.value = waiting.code
    const { pairingId, secret, pollMs } = waiting
    const state = await poll(pairingId, secret)
    away.value = false
    if (state === 'over') {
      waiting = undefined
      return 0
    }
    return pollMs
  }

  function again(forget: () => void): number {
    forget()
    return againMs
  }

  async function pairDemo(): Promise<boolean> {
    const answer = await api.call(kiosksContract.pairDemo, {})
    if (!answer.ok && answer.status < 500) return false
    const { token, settings } = bodyOf(answer)
    finish({ token, settings })
    return true
  }

  async function begin(): Promise<Waiting> {
    return bodyOf(await api.call(kiosksContract.beginPairing, {}))
  }

  async function poll(pairingId: string, secret: string): Promise<'waiting' | 'over'> {
    const request = { params: { pairingId }, body: { secret } }
    try {
      const body = bodyOf(await api.call(kiosksContract.pollPairing, request))
      if (body.state === 'waiting') return 'waiting'
      finish({ token: body.token, settings: body.settings })
      return 'waiting'
    } catch (error) {
      if (error instanceof Refused) return 'over'
      throw error
    }
  }

  function finish(identity: Identity): void {
    if (over) return
    over = true
    onPaired(identity)
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  async function run(): Promise<void> {
    const waitMs = await step().catch(() => {
      away.value = true
      return againMs
    })
    if (!over) timer = setTimeout(() => void run(), waitMs)
  }
  void run()
  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
  })

  return { code, away }
}
