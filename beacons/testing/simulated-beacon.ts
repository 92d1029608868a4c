/** An error of the attribute protocol, as a device answers it. Source: Core Specification 5.4, Vol 3, Part F, 3.4.1.1. */
export class AttError extends Error {
  readonly code: number

  constructor(code: number) {
    super(`ATT error 0x${code.toString(16)}`)
    this.code = code
  }

  static readonly readNotPermitted = 0x02
  static readonly writeNotPermitted = 0x03
  static readonly authorisation = 0x08
  static readonly invalidLength = 0x0d
  /** The first of the errors an application defines. */
  static readonly application = 0x80
}

export interface SimulatedCharacteristic {
  /** 128 bits, lower case. */
  readonly uuid: string
  readonly flags: readonly ('read' | 'write' | 'write-without-response' | 'notify')[]
  /** @throws AttError */
  readonly read?: () => Uint8Array
  /** @throws AttError */
  readonly write?: (value: Uint8Array) => void
}

export interface SimulatedService {
  readonly uuid: string
  readonly characteristics: readonly SimulatedCharacteristic[]
}

/** What a device sees of the link it is on. */
export interface SimulatedLink {
  /** Sends a value of a characteristic with `notify`. */
  notify(characteristic: string, value: Uint8Array): void
  /** Breaks the link, as firmware does that starts anew. */
  drop(): void
}

/** A beacon in the air of the stand-in: what it advertises now and what it answers when connected to. */
export interface SimulatedBeacon {
  readonly address: string
  readonly addressType?: 'public' | 'random'
  readonly name?: string
  rssiDbm: number
  readonly batteryPercent?: number
  readonly services: readonly SimulatedService[]
  manufacturerData(): ReadonlyMap<number, Uint8Array>
  serviceData(): ReadonlyMap<string, Uint8Array>
  readonly serviceUuids: readonly string[]
  connected(link: SimulatedLink): void
  disconnected(): void
}

/** What goes wrong with a device; each count is used up. */
export interface Trouble {
  /** Connections that fail, with the text of `org.bluez.Error.Failed`. */
  refusals?: { count: number; readonly text: string }
  /** The link breaks before this many more reads and writes are answered; then it is over. */
  dropAfter?: number
  /** Before each answer, ms. */
  answerAfterMs?: number
  /** Reads and writes get no answer at all. */
  silent?: boolean
  /** The link comes up and its services are never found. */
  neverResolves?: boolean
}
