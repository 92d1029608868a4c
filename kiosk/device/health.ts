import { onScopeDispose } from 'vue'
import type { KioskHealth } from '../../server/contract/kiosks.contract.ts'
import { heartbeatTimes, kiosksContract } from '../../server/contract/kiosks.contract.ts'
import { apiOf } from '../data/api.ts'

type ErrorKind = NonNullable<KioskHealth['lastError']>['kind']

let lastError: KioskHealth['lastError']

/** Notes that something went wrong, of what kind and when; never its text, which could hold what somebody typed. */
export function noteError(kind: ErrorKind): void {
  lastError = { kind, atMs: Date.now() }
}

/** What a beat tells that only the screen knows. */
export interface HealthSource {
  readonly token: string
  readonly version: () => string
  readonly mapVersionId: () => string | undefined
  readonly heardAtMs: () => number | undefined
  /** The server does not know this screen any more. */
  readonly onRevoked: () => void
}

/** Tells the server how this screen is for as long as the scope lives; a server that is away is told later. */
export function useHeartbeat(source: HealthSource): void {
  const api = apiOf(() => source.token)
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false
  async function beat(): Promise<void> {
    const answer = await api.call(kiosksContract.heartbeat, { body: healthOf(source) }).catch(() => undefined)
    if (over) return
    if (answer && !answer.ok && answer.status === 401) {
      source.onRevoked()
      return
    }
    const waitMs = answer?.ok ? answer.body.nextMs : heartbeatTimes.everyMs
    timer = setTimeout(() => void beat(), waitMs)
  }
  void beat()
  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
  })
}

function healthOf({ version, mapVersionId, heardAtMs }: HealthSource): KioskHealth {
  const memoryMb = usedHeapMb()
  const heard = heardAtMs()
  const mapVersion = mapVersionId()
  return {
    version: version(),
    uptimeS: Math.round(performance.now() / 1000),
    screen: {
      widthPx: Math.max(1, window.innerWidth),
      heightPx: Math.max(1, window.innerHeight),
      pixelRatio: window.devicePixelRatio,
    },
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(lastError ? { lastError } : {}),
    ...(mapVersion === undefined ? {} : { mapVersionId: mapVersion }),
    ...(heard === undefined ? {} : { streamLagMs: Math.max(0, Date.now() - heard) }),
  }
}

/** Chromium alone tells it, under a name that is in no standard. */
function usedHeapMb(): number | undefined {
  const memory: unknown = Reflect.get(performance, 'memory')
  if (typeof memory !== 'object' || memory === null) return undefined
  const bytes: unknown = Reflect.get(memory, 'usedJSHeapSize')
  return typeof bytes === 'number' ? Math.round(bytes / 1e5) / 10 : undefined
}
