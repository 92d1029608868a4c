import type { ExecutionContext } from 'ava'
import { openRadio } from '../radio/bluez-radio.ts'
import type { RadioLimits } from '../radio/limits.ts'
import type { Radio } from '../radio/radio.ts'
import { BluezStandIn } from './bluez-stand-in.ts'
import { startPrivateBus } from './private-bus.ts'

/** A radio over a stand-in over a real bus of its own. */
export interface Rig {
  readonly busAddress: string
  readonly bluez: BluezStandIn
  readonly radio: Radio
  /** The radio's clock. */
  readonly clock: { nowMs: number }
  /** Every beacon in the air sends a packet each `everyMs` of real time, until the returned function is called. */
  readonly onAir: (everyMs?: number) => () => void
}

/** Limits short enough for tests. */
export const testLimits: RadioLimits = {
  serviceMs: 5000,
  connectMs: 1500,
  answerMs: 1000,
  hearMs: 1500,
  pauseMs: 5,
}

/** Starts all three; they end with the test. */
export async function startRig(t: ExecutionContext, limits: Partial<RadioLimits> = {}): Promise<Rig> {
  const bus = await startPrivateBus()
  t.teardown(() => bus.stop())
  const bluez = await BluezStandIn.start(bus.address)
  t.teardown(() => {
    bluez.close()
  })
  const clock = { nowMs: Date.UTC(2026, 0, 1) }
  const radio = await openRadio({
    clock: () => clock.nowMs,
    busAddress: bus.address,
    limits: { ...testLimits, ...limits },
  })
  t.teardown(() => radio.close())
  return {
    busAddress: bus.address,
    bluez,
    radio,
    clock,
    onAir(everyMs = 20) {
      const timer = setInterval(() => {
        bluez.advertiseAll()
      }, everyMs)
      const stop = () => {
        clearInterval(timer)
      }
      t.teardown(stop)
      return stop
    },
  }
}

/** Waits until something is so; fails with its name after five seconds. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 5000
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`Not within 5 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
