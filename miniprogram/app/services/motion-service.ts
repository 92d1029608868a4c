import type { PositioningEvent } from '../../../positioning/events.ts'

interface Vector {
  readonly x: number
  readonly y: number
  readonly z: number
}

interface Optional {
  readonly fail?: () => void
}

/** The part of `wx` that feels motion. */
export interface MotionPlatform {
  startAccelerometer(options: Optional & { readonly interval: 'game' | 'ui' | 'normal' }): unknown
  stopAccelerometer(options: Optional): unknown
  onAccelerometerChange(listener: (result: Vector) => void): void
  offAccelerometerChange(): void
  startGyroscope(options: Optional & { readonly interval: 'game' | 'ui' | 'normal' }): unknown
  stopGyroscope(options: Optional): unknown
  onGyroscopeChange(listener: (result: Vector) => void): void
  offGyroscopeChange(): void
  startCompass(options: Optional): unknown
  stopCompass(options: Optional): unknown
  onCompassChange(listener: (result: { readonly direction: number }) => void): void
  offCompassChange(): void
}

export interface MotionService {
  start(): void
  stop(): void
  onEvent(listener: (event: PositioningEvent) => void): () => void
  /** Where the top of the phone points, radians clockwise from north; undefined before the compass spoke. */
  headingRad(): number | undefined
}

/** WeChat gives acceleration in g, along axes that point the other way than Android's. */
const gravityMps2 = 9.80665

/**
 * Acceleration, turn rate and compass as the position engine takes them, only while somebody walks with the
 * map: the sensors at 50 Hz cost battery. A phone without one of them walks without it.
 *
 * @param parts.now of the device, ms; readings carry no time of their own
 */
export function createMotionService(parts: {
  readonly platform: MotionPlatform
  readonly now: () => number
}): MotionService {
  const { platform, now } = parts
  const listeners = new Set<(event: PositioningEvent) => void>()
  let isOn = false
  let heading: number | undefined
  const tell = (event: PositioningEvent): void => {
    for (const listener of [...listeners]) listener(event)
  }
  const accelerated = ({ x, y, z }: Vector): void => {
    tell({
      kind: 'acceleration',
      tMs: now(),
      x: -x * gravityMps2,
      y: -y * gravityMps2,
      z: -z * gravityMps2,
    })
  }
  const turned = ({ x, y, z }: Vector): void => {
    tell({ kind: 'rotation-rate', tMs: now(), x, y, z })
  }
  const pointed = ({ direction }: { readonly direction: number }): void => {
    heading = (direction * Math.PI) / 180
    tell({ kind: 'compass', tMs: now(), headingRad: heading })
  }
  return {
    start() {
      if (isOn) return
      isOn = true
      platform.onAccelerometerChange(accelerated)
      platform.onGyroscopeChange(turned)
      platform.onCompassChange(pointed)
      const fail = () => undefined
      platform.startAccelerometer({ interval: 'game', fail })
      platform.startGyroscope({ interval: 'game', fail })
      platform.startCompass({ fail })
    },
    stop() {
      if (!isOn) return
      isOn = false
      heading = undefined
      platform.offAccelerometerChange()
      platform.offGyroscopeChange()
      platform.offCompassChange()
      const fail = () => undefined
      platform.stopAccelerometer({ fail })
      platform.stopGyroscope({ fail })
      platform.stopCompass({ fail })
    },
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    headingRad: () => heading,
  }
}
