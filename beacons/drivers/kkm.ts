import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { fullUuid } from '../frames/identity.ts'
import type { Link } from '../radio/radio.ts'
import { differingFields, refuseImpossible, settable } from './compare.ts'
import { driverFault } from './driver-faults.ts'
import type { BeaconConfig, BeaconDriver, BeaconReading, BeaconSession, Capabilities } from './driver.ts'

/** Service and characteristics of a KBeacon. */
export const kkmGatt = {
  service: fullUuid('fea0'),
  write: fullUuid('fea1'),
  notify: fullUuid('fea2'),
} as const

const answerMs = 3000
/** Payload of a frame at the smallest MTU, 23: three bytes of its own, three of the attribute protocol. */
const payloadBytes = 17
const maxAnswerBytes = 4096
/** Characters of a password: those nobody mistakes for one another when read from paper. */
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'
const iBeaconType = 5
const cause = { done: 0, next: 4, reportFollows: 5 } as const

const slot = z.looseObject({
  slot: z.int(),
  type: z.int(),
  uuid: z.string().optional(),
  majorID: z.int().optional(),
  minorID: z.int().optional(),
  advPrd: z.number().optional(),
  txPwr: z.number().optional(),
})
const parameters = z.looseObject({
  btPt: z.number().optional(),
  ver: z.string().optional(),
  modle: z.string().optional(),
  model: z.string().optional(),
  meaPwr: z.number().optional(),
  minPwr: z.number().optional(),
  maxPwr: z.number().optional(),
  advObj: z.array(slot).default([]),
})
type Parameters = z.infer<typeof parameters>

/**
 * The proof that somebody knows a password: `MD5(address reversed | A9 B1 | nonce | password)`.
 * Source: kkmhogen/android_kbeaconlib2, KBAuthHandler.
 */
export function kkmProof(address: string, nonce: Uint8Array, password: string): Uint8Array {
  const reversed = Buffer.from(address.replace(/:/g, ''), 'hex').reverse()
  return createHash('md5')
    .update(reversed)
    .update(Uint8Array.of(0xa9, 0xb1))
    .update(nonce)
    .update(password)
    .digest()
}

/** A proof folded in half, for links with small packets. */
export function foldProof(proof: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: 8 }, (_, i) => (proof[i] ?? 0) ^ (proof[i + 8] ?? 0))
}

/** Cuts a message into frames: `2p offset[2] payload`, p = 0 first, 1 middle, 2 last, 3 only. */
export function kkmFrames(message: Uint8Array, kind = 0x20): readonly Uint8Array[] {
  const frames: Uint8Array[] = []
  for (let at = 0; at < message.length; at += payloadBytes) {
    const isLast = at + payloadBytes >= message.length
    const place = at === 0 ? (isLast ? 3 : 0) : isLast ? 2 : 1
    frames.push(Uint8Array.of(kind | place, at >> 8, at & 0xff, ...message.subarray(at, at + payloadBytes)))
  }
  return frames
}

/**
 * KKM KBeacon (and rebrands of it): mutual proof of a password of 8 to 16 characters, then JSON in frames.
 * Sources: kkmhogen/android_kbeaconlib2 (KBAuthHandler, KBConnectionEvent, KBCfg*), jappeace/kbeacon-ota-tool (Protocol.hs).
 */
export const kkmDriver: BeaconDriver = {
  id: 'kkm-kbeacon',
  names: { zh: 'KKM KBeacon', en: 'KKM KBeacon' },
  factorySecrets: ['0000000000000000'],
  recognise({ serviceUuids, serviceData }) {
    if (serviceUuids.includes(kkmGatt.service) || serviceData.has(kkmGatt.service)) return 'yes'
    return serviceData.has(fullUuid('2080')) ? 'maybe' : 'no'
  },
  newSecret: (random) => {
    let secret = ''
    while (secret.length < 16) {
      // Bytes beyond the last whole alphabet would make its first characters likelier.
      for (const byte of random(32)) {
        if (byte < 256 - (256 % alphabet.length) && secret.length < 16)
          secret += alphabet.charAt(byte % alphabet.length)
      }
    }
    return secret
  },
  async open(link, secret = '') {
    if (!link.has(kkmGatt.service, kkmGatt.notify)) {
      throw driverFault('unsupported-beacon', link.address, 'FEA0/FEA2')
    }
    const session = new KkmSession(link)
    await session.authenticate(secret)
    await session.learn()
    return session
  },
}

class KkmSession implements BeaconSession {
  readonly askedForSecret = true
  readonly #link: Link
  readonly #inbox: Uint8Array[] = []
  #wake: (() => void) | undefined
  #parameters: Parameters = { advObj: [] }

  constructor(link: Link) {
    this.#link = link
  }

  get capabilities(): Capabilities {
    const { minPwr, maxPwr } = this.#parameters
    const steps = [-40, -20, -16, -12, -8, -4, 0, 3, 4]
    return {
      fields: ['intervalMs', 'txPowerDbm', 'measuredPowerDbm', 'uuid', 'major', 'minor'],
      txPowersDbm: steps.filter((step) => step >= (minPwr ?? -40) && step <= (maxPwr ?? 4)),
      intervalMs: { min: 100, max: 40_000 },
    }
  }

  async authenticate(password: string): Promise<void> {
    const { address } = this.#link
    await this.#link.listen({ service: kkmGatt.service, characteristic: kkmGatt.notify }, (value) => {
      this.#inbox.push(value)
      this.#wake?.()
    })
    const nonce = randomBytes(4)
    await this.#send(Uint8Array.of(0x13, 0x01, ...nonce))
    const challenge = await this.#next()
    if (challenge[0] !== 0x10 || challenge[1] === 0xf1) throw driverFault('wrong-secret', address)
    const isFolded = challenge[1] === 0x0b
    const shape = (proof: Uint8Array) => (isFolded ? foldProof(proof) : proof)
    const theirs = challenge.subarray(6, isFolded ? 14 : 22)
    // The beacon proves first: one that does not know the password gets no proof of ours to guess from.
    if (!Buffer.from(theirs).equals(shape(kkmProof(address, nonce, password)))) {
      throw driverFault('wrong-secret', address)
    }
    const proof = shape(kkmProof(address, challenge.subarray(2, 6), password))
    await this.#send(Uint8Array.of(0x13, isFolded ? 0x0c : 0x02, ...proof))
    const answer = await this.#next()
    if (answer[0] !== 0x10 || answer[1] !== 0x02) throw driverFault('wrong-secret', address)
  }

  async learn(): Promise<void> {
    const answer = await this.#request({ msg: 'getPara', type: 3 })
    const parsed = parameters.safeParse(answer)
    if (!parsed.success) throw driverFault('unreadable-answer', this.#link.address, 'getPara')
    this.#parameters = parsed.data
  }

  async read(): Promise<BeaconReading> {
    await this.learn()
    const { btPt, ver, meaPwr } = this.#parameters
    const model = this.#parameters.model ?? this.#parameters.modle
    const found = this.#slot()
    const identity =
      found?.uuid !== undefined && found.majorID !== undefined && found.minorID !== undefined
        ? { uuid: found.uuid.toLowerCase(), major: found.majorID, minor: found.minorID }
        : undefined
    return {
      ...(identity ? { identity } : {}),
      ...(meaPwr === undefined ? {} : { measuredPowerDbm: meaPwr }),
      ...(found?.txPwr === undefined ? {} : { txPowerDbm: found.txPwr }),
      ...(found?.advPrd === undefined ? {} : { intervalMs: Math.round(found.advPrd) }),
      ...(btPt === undefined ? {} : { batteryPercent: btPt }),
      ...(model === undefined ? {} : { model }),
      ...(ver === undefined ? {} : { firmware: ver }),
    }
  }

  planWrites(want: BeaconConfig, reading: BeaconReading) {
    const refused = refuseImpossible(want, this.capabilities)
    if (refused) return refused
    const fields = differingFields(want, reading, this.capabilities)
    if (fields.length === 0) return []
    // One message: the beacon takes all of it or nothing.
    return [{ fields, write: () => this.#configure(want) }]
  }

  async changeSecret(next: string): Promise<void> {
    await this.#request({ msg: 'cfg', pwd: next })
  }

  finish(): Promise<void> {
    return Promise.resolve()
  }

  #slot(): z.infer<typeof slot> | undefined {
    return this.#parameters.advObj.find(({ type }) => type === iBeaconType)
  }

  async #configure(want: BeaconConfig): Promise<void> {
    const values = settable(want, this.capabilities)
    const advObj = {
      slot: this.#slot()?.slot ?? 0,
      type: iBeaconType,
      uuid: want.identity.uuid.toUpperCase(),
      majorID: want.identity.major,
      minorID: want.identity.minor,
      ...(values.has('intervalMs') ? { advPrd: values.get('intervalMs') } : {}),
      ...(values.has('txPowerDbm') ? { txPwr: values.get('txPowerDbm') } : {}),
    }
    const meaPwr = values.get('measuredPowerDbm')
    await this.#request({ msg: 'cfg', advObj: [advObj], ...(meaPwr === undefined ? {} : { meaPwr }) })
  }

  /** Sends a message and gives the report it is answered with; undefined when it is only acknowledged. */
  async #request(message: object): Promise<unknown> {
    for (const frame of kkmFrames(Buffer.from(JSON.stringify(message)))) {
      await this.#send(frame)
      const why = await this.#acknowledgement()
      if (why === cause.done) return undefined
      if (why === cause.reportFollows) return this.#report()
      if (why !== cause.next) throw driverFault('config-rejected', this.#link.address, `KKM ${why}`)
    }
    throw driverFault('unreadable-answer', this.#link.address, 'KKM: no last acknowledgement')
  }

  async #acknowledgement(): Promise<number> {
    const frame = await this.#next()
    if (frame.length < 7 || (frame[0] ?? 0) >> 4 !== 2) {
      throw driverFault('unreadable-answer', this.#link.address, 'KKM acknowledgement')
    }
    return ((frame[5] ?? 0) << 8) | (frame[6] ?? 0)
  }

  async #report(): Promise<unknown> {
    const { address } = this.#link
    let text = Buffer.alloc(0)
    for (;;) {
      const frame = await this.#next()
      const place = (frame[0] ?? 0) & 0x0f
      if ((frame[0] ?? 0) >> 4 !== 3 || place > 3)
        throw driverFault('unreadable-answer', address, 'KKM report')
      text = Buffer.concat([text, frame.subarray(3)])
      if (text.length > maxAnswerBytes) throw driverFault('unreadable-answer', address, 'KKM report')
      if (place >= 2) break
    }
    await this.#send(Uint8Array.of(0x33, text.length >> 8, text.length & 0xff, 0x03, 0xe8, 0, 0))
    try {
      return JSON.parse(text.toString('utf8')) as unknown
    } catch {
      throw driverFault('unreadable-answer', address, 'JSON')
    }
  }

  #send(frame: Uint8Array): Promise<void> {
    const at = { service: kkmGatt.service, characteristic: kkmGatt.write }
    return this.#link.write(at, frame, 'without-response')
  }

  async #next(): Promise<Uint8Array> {
    const startedMs = performance.now()
    for (;;) {
      const frame = this.#inbox.shift()
      if (frame) return frame
      const leftMs = answerMs - (performance.now() - startedMs)
      if (!this.#link.isOpen || leftMs <= 0) {
        throw driverFault('unreadable-answer', this.#link.address, `KKM, ${answerMs} ms`)
      }
      // Woken by the next value; looked at now and then besides, so that a broken link ends the wait early.
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(leftMs, 100))
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
}
