/** One reading as `wx.onBeaconUpdate` gives it; old base libraries write numbers as text. */
export interface BeaconReading {
  readonly uuid: string
  readonly major: number | string
  readonly minor: number | string
  readonly rssi: number
}

interface Callbacks {
  readonly success?: () => void
  readonly fail?: (error: { readonly errMsg: string; readonly errCode?: number }) => void
}

/** The part of `wx` that hears beacons. */
export interface BeaconPlatform {
  startBeaconDiscovery(options: Callbacks & { readonly uuids: string[] }): unknown
  stopBeaconDiscovery(options: Callbacks): unknown
  onBeaconUpdate(listener: (result: { readonly beacons: readonly BeaconReading[] }) => void): void
  onBeaconServiceChange(
    listener: (result: { readonly available: boolean; readonly discovering: boolean }) => void,
  ): void
  getAppAuthorizeSetting(): { readonly locationAuthorized?: unknown; readonly bluetoothAuthorized?: unknown }
  getSystemSetting(): { readonly bluetoothEnabled?: unknown; readonly locationEnabled?: unknown }
}

/**
 * How hearing goes. Everything but `off`, `starting` and `listening` keeps the blue dot away, and has words
 * and a way out in `messages/signal.ts`.
 */
export type BeaconState =
  | 'off'
  | 'starting'
  | 'listening'
  | 'bluetooth-off'
  | 'location-off'
  | 'wechat-denied'
  | 'privacy-refused'
  | 'unsupported'
  | 'silent'
  | 'failed'

/** What was heard at one moment: the identity as the radio map has it, and its strength. */
export interface Sighting {
  readonly beacon: string
  readonly rssiDbm: number
  readonly atMs: number
}

export interface BeaconService {
  state(): BeaconState
  /** Listens for the beacons of these uuids; a second start with the same changes nothing. */
  start(uuids: readonly string[]): void
  stop(): void
  /** Tries again what failed: the person says they have switched it on. */
  retry(): void
  onSightings(listener: (sightings: readonly Sighting[]) => void): () => void
  onState(listener: (state: BeaconState) => void): () => void
  /** Call about every second: notices that nothing is heard, and that what was off is on again. */
  tick(): void
}

/** So long without a beacon means there are none here. */
export const silentAfterMs = 12_000
/** A phone whose switches were off is tried again this often. */
const retryEveryMs = 4_000

const privacyRefused = [103, 104]

/**
 * The one listener of the app. WeChat keeps a single listener for beacons, so every page that set its own
 * would take it from the others; here each subscribes, and the radio is on only while somebody needs it.
 *
 * Error numbers: `wx.startBeaconDiscovery`. Two failures come without any: WeChat without the system's
 * permission for location hears nothing and says nothing, and neither does a place without beacons.
 *
 * @param parts.now of the device, ms
 */
export function createBeaconService(parts: {
  readonly platform: BeaconPlatform
  readonly now: () => number
}): BeaconService {
  const { platform, now } = parts
  const heard = new Set<(sightings: readonly Sighting[]) => void>()
  const watchers = new Set<(state: BeaconState) => void>()
  let state: BeaconState = 'off'
  let wanted: readonly string[] = []
  let heardMs = 0
  let triedMs = 0

  const become = (next: BeaconState): void => {
    if (next === state) return
    state = next
    for (const watcher of [...watchers]) watcher(next)
  }

  const begin = (): void => {
    triedMs = now()
    if (platform.getAppAuthorizeSetting().locationAuthorized === 'denied') {
      become('wechat-denied')
      return
    }
    platform.startBeaconDiscovery({
      uuids: [...wanted],
      success: listening,
      fail: ({ errMsg, errCode }) => {
        // It runs already: left over from before the app was in the background.
        if (errCode === 11003) listening()
        else become(failureOf(errMsg, errCode))
      },
    })
  }

  const listening = (): void => {
    if (wanted.length === 0) return
    heardMs = now()
    become('listening')
  }

  platform.onBeaconUpdate(({ beacons }) => {
    const sightings = beacons.map(sightingAt(now())).filter((each) => each !== undefined)
    if (sightings.length === 0 || wanted.length === 0) return
    heardMs = now()
    become('listening')
    for (const listener of [...heard]) listener(sightings)
  })
  platform.onBeaconServiceChange(({ available }) => {
    if (wanted.length === 0) return
    if (!available) become(offSwitch(platform))
    else if (state !== 'listening') begin()
  })

  return {
    state: () => state,
    start(uuids) {
      if (uuids.length === 0 || (state !== 'off' && uuids.join() === wanted.join())) return
      wanted = [...uuids]
      become('starting')
      begin()
    },
    stop() {
      if (state === 'off') return
      wanted = []
      platform.stopBeaconDiscovery({})
      become('off')
    },
    retry() {
      if (wanted.length > 0 && state !== 'listening') begin()
    },
    onSightings(listener) {
      heard.add(listener)
      return () => heard.delete(listener)
    },
    onState(listener) {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
    tick() {
      if (state === 'listening' && now() - heardMs > silentAfterMs) become('silent')
      const canComeBack = state === 'bluetooth-off' || state === 'location-off' || state === 'wechat-denied'
      if (canComeBack && now() - triedMs >= retryEveryMs) begin()
    },
  }
}

function failureOf(errMsg: string, errCode: number | undefined): BeaconState {
  if (errCode === 11000) return 'unsupported'
  if (errCode === 11001) return 'bluetooth-off'
  if (errCode === 11002) return 'location-off'
  if ((errCode !== undefined && privacyRefused.includes(errCode)) || errMsg.includes('privacy')) {
    return 'privacy-refused'
  }
  return /auth|permission/.test(errMsg) ? 'wechat-denied' : 'failed'
}

/** Which of the phone's switches is off. */
function offSwitch(platform: BeaconPlatform): BeaconState {
  const { bluetoothEnabled, locationEnabled } = platform.getSystemSetting()
  if (bluetoothEnabled === false) return 'bluetooth-off'
  return locationEnabled === false ? 'location-off' : 'bluetooth-off'
}

/** An rssi of 0 or above means the phone could not tell. */
function sightingAt(atMs: number) {
  return ({ uuid, major, minor, rssi }: BeaconReading): Sighting | undefined =>
    rssi < 0
      ? { beacon: `${uuid.toLowerCase()}/${Number(major)}/${Number(minor)}`, rssiDbm: Math.round(rssi), atMs }
      : undefined
}
