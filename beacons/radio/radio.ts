/** What is known of a device from its advertising, last of every kind. */
export interface Advertisement {
  /** Six pairs of upper-case hexadecimal digits with colons. */
  readonly address: string
  readonly addressType: 'public' | 'random'
  readonly name?: string
  /** Absent when the adapter did not say. */
  readonly rssiDbm?: number
  /** By company identifier, without it: what follows its two bytes on the air. */
  readonly manufacturerData: ReadonlyMap<number, Uint8Array>
  /** By service UUID (128 bits, lower case), without it. */
  readonly serviceData: ReadonlyMap<string, Uint8Array>
  /** Advertised services, 128 bits, lower case. */
  readonly serviceUuids: readonly string[]
}

/**
 * One report of the adapter, about one packet: `manufacturerData` and `serviceData` hold only what came with it, so that
 * packets can be counted and frames that a beacon sends in turns are all seen.
 */
export interface Sighting extends Advertisement {
  /** By the clock given to the radio. */
  readonly atMs: number
}

/** `off`: the adapter has no power; `away`: no Bluetooth service, or no adapter. */
export type RadioState = 'idle' | 'scanning' | 'off' | 'away'

export interface ScanOptions {
  /** Weaker packets are not reported, dBm; -95 unless told. */
  readonly weakestRssiDbm?: number
}

export interface ConnectOptions {
  /** Tries, with growing pauses between them; 3 unless told. */
  readonly attempts?: number
  readonly signal?: AbortSignal
}

/** Takes a listener off again. */
export type Unsubscribe = () => void

/**
 * The adapter of this machine. Listeners are called in the order of what happened; one that throws does not harm the
 * others. It goes on by itself when the adapter gets its power back or the Bluetooth service starts anew.
 */
export interface Radio {
  /** Such as `hci0`. */
  readonly adapterName: string
  readonly state: RadioState
  /** Devices heard and not yet forgotten by the Bluetooth service, without order. At most 4096: the longest unheard goes. */
  advertisements(): readonly Advertisement[]
  /** The device with this address, when the Bluetooth service knows it. */
  heard(address: string): Advertisement | undefined
  onSighting(listener: (sighting: Sighting) => void): Unsubscribe
  onState(listener: (state: RadioState) => void): Unsubscribe
  /**
   * Begins to listen; again with other options changes them.
   * @throws BeaconFault `adapter-off`, `no-bluetooth`, `no-adapter`
   */
  startScan(options?: ScanOptions): Promise<void>
  stopScan(): Promise<void>
  /**
   * Connects to a device that was heard. Scanning pauses meanwhile; one link is open at a time, others wait their turn.
   * @throws BeaconFault `not-heard`, `not-connectable`, `connect-timeout`, `adapter-off`, `no-bluetooth`, `aborted`
   */
  connect(address: string, options?: ConnectOptions): Promise<Link>
  /** Ends scanning, links and the connection to the bus. */
  close(): Promise<void>
}

/**
 * A connection to a device and what it lets read and write (GATT). Each operation has a time limit and fails at once
 * when the link breaks. Services and characteristics are named by their UUID: 4 hexadecimal digits of an assigned
 * number or 128 bits, of any case.
 * @throws BeaconFault of every operation: `link-lost`, `answer-timeout`, `no-characteristic`, `not-permitted`,
 * `not-authorised`, `value-rejected`, `gatt-failed`
 */
export interface Link {
  readonly address: string
  /** False once the link broke or was closed. */
  readonly isOpen: boolean
  has(service: string, characteristic?: string): boolean
  read(at: CharacteristicName): Promise<Uint8Array>
  write(at: CharacteristicName, value: Uint8Array, how?: 'with-response' | 'without-response'): Promise<void>
  /** Calls the listener with every value the device sends from now on, until the link is closed. */
  listen(at: CharacteristicName, listener: (value: Uint8Array) => void): Promise<void>
  /** What the Bluetooth service knows of its battery, percent; undefined when it says nothing. */
  batteryPercent(): number | undefined
  /** Never throws; the second time does nothing. */
  close(): Promise<void>
}

export interface CharacteristicName {
  readonly service: string
  readonly characteristic: string
}
