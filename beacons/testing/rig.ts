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
  /** Names the radio that `sendAll` waits for, in place of the rig's own. */
  readonly listensWith: (radio: Radio) => void
  /** Every beacon in the air sends one packet; resolves when the radio has heard those that the adapter did. */
  readonly sendAll: () => Promise<void>
}

/** Limits short enough for tests. */
export const testLimits: RadioLimits = {
  serviceMs: 5000,
  connectMs: 1500,
  answerMs: 1000,
  hearMs: 1500,
  pauseMs: 5,
}

/** What is let go at the end: a test, or a program that draws pictures. */
export type Ending = Pick<ExecutionContext, 'teardown'>

/** Starts all three; they end with the test. */
export async function startRig(t: Ending, limits: Partial<RadioLimits> = {}): Promise<Rig> {
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
  let heard = 0
  let isEnough = (): void => undefined
  const listensWith = (listening: Radio) => {
    listening.onSighting(() => {
      heard++
      isEnough()
    })
  }
  listensWith(radio)
  return {
    busAddress: bus.address,
    bluez,
    radio,
    clock,
    listensWith,
    async sendAll() {
      const before = heard
      const sent = bluez.advertiseAll()
      if (sent === 0) return
      await new Promise<void>((resolve) => {
        isEnough = () => {
          if (heard >= before + sent) resolve()
        }
      })
    },
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

/** Waits until something is so; fails with its name after half a minute, which only what never comes takes. */
export async function until(isSo: () => boolean, what: string, withinMs = 30_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
