import { AirLog } from '../audit/index.ts'
import type { AirPacket } from '../audit/index.ts'
import { BeaconFault } from '../radio/beacon-fault.ts'
import type { Radio } from '../radio/radio.ts'
import type { Context } from './context.ts'

const drawEveryMs = 250

/** What was heard of the air while a command listened. */
export interface Listening {
  readonly air: AirLog
  readonly packets: readonly AirPacket[]
  readonly tookMs: number
}

/** Packets of one listening that are kept for an audit: an hour in a mall of five levels. */
const mostPackets = 2_000_000

/**
 * Listens for some time, or until the person has enough, and draws what is heard four times a second.
 * @param until.seconds at most
 * @param until.isEnough ends it early
 */
export async function listen(
  { machine }: Pick<Context, 'machine'>,
  radio: Radio,
  until: {
    readonly seconds: number
    readonly signal?: AbortSignal
    readonly isEnough?: (air: AirLog) => boolean
    readonly draw?: (air: AirLog, elapsedMs: number) => void
  },
): Promise<Listening> {
  const air = new AirLog()
  const packets: AirPacket[] = []
  const off = radio.onSighting((sighting) => {
    const packet = air.add(sighting)
    if (packet && packets.length < mostPackets) packets.push(packet)
  })
  const sinceMs = machine.nowMs()
  const elapsed = () => machine.nowMs() - sinceMs
  const isOver = () =>
    machine.stop.aborted || until.signal?.aborted === true || until.isEnough?.(air) === true
  try {
    await radio.startScan({ weakestRssiDbm: -100 })
    while (elapsed() < until.seconds * 1000 && !isOver()) {
      until.draw?.(air, elapsed())
      await machine.wait(
        Math.min(drawEveryMs, until.seconds * 1000 - elapsed()),
        until.signal ?? machine.stop,
      )
      if (radio.state === 'off' || radio.state === 'away') throw radioGone()
    }
    until.draw?.(air, elapsed())
  } finally {
    off()
    await radio.stopScan()
  }
  return { air, packets, tookMs: elapsed() }
}

function radioGone(): BeaconFault {
  return new BeaconFault('adapter-off', {
    zh: '听的时候蓝牙关掉了：打开蓝牙（bluetoothctl power on）后重来',
    en: 'Expected to go on listening, but Bluetooth went off: switch it on (bluetoothctl power on) and begin again',
  })
}

/** Runs something with the radio of this machine and closes it afterwards. */
export async function withRadio<Result>(
  { machine }: Pick<Context, 'machine'>,
  work: (radio: Radio) => Promise<Result>,
): Promise<Result> {
  const radio = await machine.openRadio()
  try {
    return await work(radio)
  } finally {
    await radio.close()
  }
}
