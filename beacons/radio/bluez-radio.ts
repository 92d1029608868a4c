import { once } from 'node:events'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { Message, MessageType, sessionBus, Variant } from 'dbus-next'
import type { MessageBus } from 'dbus-next'
import { advertisementOf } from './advertisement.ts'
import { BeaconFault } from './beacon-fault.ts'
import { openGattLink } from './gatt-link.ts'
import { defaultLimits, span, within } from './limits.ts'
import type { RadioLimits } from './limits.ts'
import { ObjectTree, plainProperties } from './object-tree.ts'
import { faultOfBusError, radioFault } from './radio-faults.ts'
import type {
  Advertisement,
  ConnectOptions,
  Link,
  Radio,
  RadioState,
  ScanOptions,
  Sighting,
  Unsubscribe,
} from './radio.ts'

const objectManager = 'org.freedesktop.DBus.ObjectManager'
const propertiesInterface = 'org.freedesktop.DBus.Properties'
const adapterInterface = 'org.bluez.Adapter1'
const deviceInterface = 'org.bluez.Device1'

/** All that is ever subscribed to, for any number of devices. */
const matchRules = [
  `type='signal',sender='org.bluez',interface='${objectManager}'`,
  `type='signal',sender='org.bluez',interface='${propertiesInterface}',path_namespace='/org/bluez'`,
  "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.bluez'",
]

const weakestRssiDbm = -95
const maxHeard = 4096
/** Discovery that ended by itself is begun again after this, doubled up to sixteen times while it keeps ending. */
const resumeMs = 250

export interface RadioOptions {
  /** Epoch ms. */
  readonly clock: () => number
  /** Such as `unix:path=/run/dbus/system_bus_socket`; the system bus unless told. */
  readonly busAddress?: string
  /** `hci0` unless told. */
  readonly adapterName?: string
  readonly limits?: Partial<RadioLimits>
}

/**
 * Opens the adapter of this machine through BlueZ. Scanning listens to D-Bus signals with three match rules in all and the
 * filter without which BlueZ keeps packets back; node-ble is used for links alone.
 * @throws BeaconFault `no-bluetooth`, `no-adapter`
 * Source: BlueZ doc/org.bluez.Adapter.rst, org.bluez.Device.rst; D-Bus specification, Match Rules.
 */
export async function openRadio(options: RadioOptions): Promise<Radio> {
  const busAddress =
    options.busAddress ?? process.env.DBUS_SYSTEM_BUS_ADDRESS ?? 'unix:path=/var/run/dbus/system_bus_socket'
  const radio = new BluezRadio({
    clock: options.clock,
    busAddress,
    adapterName: options.adapterName ?? 'hci0',
    limits: { ...defaultLimits, ...options.limits },
  })
  try {
    await radio.open()
  } catch (error) {
    await radio.close()
    throw error
  }
  return radio
}

interface LinkWatch {
  readonly path: string
  readonly isBroken: boolean
  break(): void
}

class BluezRadio implements Radio {
  readonly adapterName: string
  readonly #options: Required<RadioOptions> & { readonly limits: RadioLimits }
  readonly #bus: MessageBus
  readonly #adapterPath: string
  readonly #tree = new ObjectTree()
  /** Paths by address, in the order they were last heard. */
  readonly #heard = new Map<string, string>()
  readonly #sightingListeners = new Set<(sighting: Sighting) => void>()
  readonly #stateListeners = new Set<(state: RadioState) => void>()
  readonly #treeWaiters = new Set<() => void>()
  #owner = ''
  #wanted: ScanOptions | undefined
  #pauses = 0
  #discovers = false
  #state: RadioState = 'away'
  #settling: Promise<void> = Promise.resolve()
  #resume: NodeJS.Timeout | undefined
  #resumeMs = resumeMs
  #links: Promise<unknown> = Promise.resolve()
  #link: LinkWatch | undefined
  #isClosed = false

  constructor(options: Required<RadioOptions> & { readonly limits: RadioLimits }) {
    this.#options = options
    this.adapterName = options.adapterName
    this.#adapterPath = `/org/bluez/${options.adapterName}`
    this.#bus = sessionBus({ busAddress: options.busAddress })
    this.#bus.on('message', (message) => {
      if (message.type === MessageType.SIGNAL) this.#onSignal(message)
    })
  }

  async open(): Promise<void> {
    const detail = this.#options.busAddress
    const connected = once(this.#bus, 'connect')
    this.#bus.on('error', () => {
      this.#serviceGone()
    })
    await within(
      connected.catch((error: unknown) => {
        throw radioFault('no-bluetooth', { detail, cause: error })
      }),
      { ms: this.#options.limits.serviceMs, late: () => radioFault('no-bluetooth', { detail }) },
    )
    for (const rule of matchRules) await this.#callBus('AddMatch', rule)
    await this.#readAll()
    if (!this.#adapter()) throw radioFault('no-adapter', { detail: this.adapterName })
    this.#tellState()
  }

  get state(): RadioState {
    return this.#state
  }

  advertisements(): readonly Advertisement[] {
    return [...this.#heard.keys()].flatMap((address) => this.heard(address) ?? [])
  }

  heard(address: string): Advertisement | undefined {
    const path = this.#pathOf(address.toUpperCase())
    const properties = path === undefined ? undefined : this.#tree.get(path, deviceInterface)
    return properties && advertisementOf(properties)
  }

  onSighting(listener: (sighting: Sighting) => void): Unsubscribe {
    this.#sightingListeners.add(listener)
    return () => this.#sightingListeners.delete(listener)
  }

  onState(listener: (state: RadioState) => void): Unsubscribe {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  async startScan(options: ScanOptions = {}): Promise<void> {
    if (this.#owner === '') throw radioFault('no-bluetooth', { detail: this.#options.busAddress })
    const adapter = this.#adapter()
    if (!adapter) throw radioFault('no-adapter', { detail: this.adapterName })
    if (adapter.Powered !== true) throw radioFault('adapter-off')
    const isOther = this.#wanted?.weakestRssiDbm !== options.weakestRssiDbm
    this.#wanted = options
    if (isOther && this.#discovers) await this.#settle(() => this.#stopDiscovery())
    await this.#settle()
  }

  async stopScan(): Promise<void> {
    this.#wanted = undefined
    await this.#settle()
  }

  async connect(address: string, options: ConnectOptions = {}): Promise<Link> {
    const turn = this.#links
    let done: () => void = () => undefined
    this.#links = new Promise<void>((resolve) => {
      done = resolve
    })
    await turn
    this.#pauses++
    const end = () => {
      this.#pauses--
      done()
      return this.#settle()
    }
    try {
      return await this.#connectWithTries(address.toUpperCase(), { attempts: 3, ...options }, end)
    } catch (error) {
      await end()
      throw error
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#wanted = undefined
    clearTimeout(this.#resume)
    this.#link?.break()
    await this.#settle()
    this.#isClosed = true
    this.#bus.disconnect()
  }

  async #connectWithTries(
    address: string,
    { attempts, signal }: ConnectOptions & { readonly attempts: number },
    end: () => Promise<void>,
  ): Promise<Link> {
    let pauseMs = this.#options.limits.pauseMs
    for (let attempt = 1; ; attempt++) {
      if (signal?.aborted === true) throw radioFault('aborted')
      try {
        return await this.#connectOnce(address, end)
      } catch (error) {
        // What this try still waited for nobody waits for now.
        this.#treeWaiters.clear()
        if (attempt >= attempts || !(error instanceof BeaconFault) || !error.passes) throw error
        await delay(pauseMs)
        pauseMs *= 2
      }
    }
  }

  async #connectOnce(address: string, end: () => Promise<void>): Promise<Link> {
    const path = this.#pathOf(address) ?? (await this.#hear(address))
    // Many controllers fail to connect while they scan.
    await this.#settle()
    await this.#endOldLink(path)
    const { watch, broken } = this.#watchLink(address, path)
    const disconnect = async () => {
      watch.break()
      await this.#callBluez(path, deviceInterface, 'Disconnect').catch(() => undefined)
    }
    try {
      const link = await openGattLink(address, {
        busAddress: this.#options.busAddress,
        adapterName: this.adapterName,
        limits: this.#options.limits,
        broken,
        disconnect,
        batteryPercent: () => {
          const percent = this.#tree.get(path, 'org.bluez.Battery1')?.Percentage
          return typeof percent === 'number' ? percent : undefined
        },
        servicesResolved: () =>
          this.#waitForTree(() => this.#tree.get(path, deviceInterface)?.ServicesResolved === true),
      })
      broken.catch(() => void end())
      return link
    } catch (error) {
      await disconnect()
      throw error
    }
  }

  /** A tool that was killed leaves its link up, and the beacon on it in whatever state it was in. */
  async #endOldLink(path: string): Promise<void> {
    const isConnected = () => this.#tree.get(path, deviceInterface)?.Connected === true
    if (!isConnected()) return
    await this.#callBluez(path, deviceInterface, 'Disconnect').catch(() => undefined)
    const { connectMs } = this.#options.limits
    await within(
      this.#waitForTree(() => !isConnected()),
      {
        ms: connectMs,
        late: () => radioFault('connect-timeout', { address: path, detail: span(connectMs) }),
      },
    )
  }

  #watchLink(address: string, path: string): { watch: LinkWatch; broken: Promise<never> } {
    let isBroken = false
    let fail: (fault: BeaconFault) => void = () => undefined
    const broken = new Promise<never>((_resolve, reject) => {
      fail = reject
    })
    broken.catch(() => undefined)
    const watch = {
      path,
      get isBroken() {
        return isBroken
      },
      break: () => {
        isBroken = true
        fail(radioFault('link-lost', { address }))
      },
    }
    this.#link = watch
    return { watch, broken }
  }

  /** Where a device is that the Bluetooth service still knows. */
  #pathOf(address: string): string | undefined {
    const path = `${this.#adapterPath}/dev_${address.replace(/:/g, '_')}`
    return this.#tree.get(path, deviceInterface) ? path : undefined
  }

  /** BlueZ forgets a device some 30 s after it was last heard: listen for it again. */
  async #hear(address: string): Promise<string> {
    const { hearMs } = this.#options.limits
    const before = { wanted: this.#wanted, pauses: this.#pauses }
    this.#wanted ??= {}
    this.#pauses = 0
    try {
      await this.#settle()
      await within(
        this.#waitForTree(() => this.#pathOf(address) !== undefined),
        { ms: hearMs, late: () => radioFault('not-heard', { address }) },
      )
    } finally {
      this.#wanted = before.wanted
      this.#pauses = before.pauses
    }
    const path = this.#pathOf(address)
    if (path === undefined) throw radioFault('not-heard', { address })
    return path
  }

  #waitForTree(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isSo()) return
        this.#treeWaiters.delete(look)
        resolve()
      }
      this.#treeWaiters.add(look)
      look()
    })
  }

  #adapter(): Readonly<Record<string, unknown>> | undefined {
    return this.#tree.get(this.#adapterPath, adapterInterface)
  }

  /** Brings discovery in line with what is wanted, one change after another. */
  #settle(before?: () => Promise<void>): Promise<void> {
    const run = async () => {
      if (this.#isClosed) return
      await before?.()
      const shouldDiscover =
        this.#wanted !== undefined && this.#pauses === 0 && this.#adapter()?.Powered === true
      if (shouldDiscover && !this.#discovers) await this.#startDiscovery(this.#wanted ?? {})
      else if (!shouldDiscover && this.#discovers) await this.#stopDiscovery()
      this.#tellState()
    }
    const settled = this.#settling.then(run)
    this.#settling = settled.catch(() => undefined)
    return settled
  }

  /**
   * Without an RSSI filter BlueZ keeps back changes of less than 8 dB, and without DuplicateData every packet like the last
   * (src/device.c): neither could be counted.
   */
  async #startDiscovery(options: ScanOptions): Promise<void> {
    const filter = {
      Transport: new Variant('s', 'le'),
      DuplicateData: new Variant('b', true),
      RSSI: new Variant('n', options.weakestRssiDbm ?? weakestRssiDbm),
    }
    await this.#callBluez(this.#adapterPath, adapterInterface, 'SetDiscoveryFilter', ['a{sv}', filter])
    try {
      await this.#callBluez(this.#adapterPath, adapterInterface, 'StartDiscovery')
    } catch (error) {
      // This very client discovers already: after a restart of ours on the same connection, say.
      if (!isBusError(error, 'InProgress')) throw faultOfBusError(error, '')
    }
    this.#discovers = true
  }

  async #stopDiscovery(): Promise<void> {
    this.#discovers = false
    try {
      await this.#callBluez(this.#adapterPath, adapterInterface, 'StopDiscovery')
    } catch {
      // It stopped by itself: the adapter lost its power, or the service ended.
    }
  }

  /** Discovery that somebody else ended begins again, less and less eagerly. */
  #resumeLater(): void {
    clearTimeout(this.#resume)
    this.#resume = setTimeout(() => {
      this.#resumeMs = Math.min(this.#resumeMs * 2, resumeMs * 16)
      this.#settle().catch(() => {
        this.#resumeLater()
      })
    }, this.#resumeMs)
  }

  #tellState(): void {
    const adapter = this.#adapter()
    const state =
      this.#owner === '' || !adapter
        ? 'away'
        : adapter.Powered !== true
          ? 'off'
          : this.#discovers
            ? 'scanning'
            : 'idle'
    if (state === this.#state) return
    this.#state = state
    for (const listener of this.#stateListeners) callListener(listener, state)
  }

  #onSignal(message: Message): void {
    if (message.member === 'NameOwnerChanged' && message.sender === 'org.freedesktop.DBus') {
      this.#ownerChanged(message.body as readonly string[])
      return
    }
    if (message.sender !== this.#owner) return
    switch (message.member) {
      case 'InterfacesAdded': {
        const [path, interfaces] = message.body as [string, Record<string, unknown>]
        this.#tree.add(path, interfaces)
        if (interfaces[deviceInterface] !== undefined)
          this.#see(path, this.#tree.get(path, deviceInterface) ?? {})
        if (interfaces[adapterInterface] !== undefined) this.#adapterChanged()
        break
      }
      case 'InterfacesRemoved': {
        const [path, names] = message.body as [string, readonly string[]]
        this.#tree.remove(path, names)
        if (this.#link?.path === path) this.#link.break()
        if (path === this.#adapterPath) this.#adapterChanged()
        else if (names.includes(deviceInterface)) this.#forget(path)
        break
      }
      case 'PropertiesChanged': {
        const [name, changed, gone] = message.body as [string, unknown, readonly string[]]
        this.#propertiesChanged(message.path, name, { changed: plainProperties(changed), gone })
        break
      }
    }
    for (const look of [...this.#treeWaiters]) look()
  }

  #propertiesChanged(
    path: string,
    name: string,
    change: { readonly changed: Readonly<Record<string, unknown>>; readonly gone: readonly string[] },
  ): void {
    this.#tree.change(path, name, change)
    const { changed } = change
    if (path === this.#adapterPath && name === adapterInterface) {
      if ('Powered' in changed || 'Discovering' in changed) this.#adapterChanged()
      return
    }
    if (name !== deviceInterface) return
    if (changed.Connected === false && this.#link?.path === path) this.#link.break()
    if ('RSSI' in changed || 'ManufacturerData' in changed || 'ServiceData' in changed)
      this.#see(path, changed)
  }

  #adapterChanged(): void {
    const adapter = this.#adapter()
    if (adapter?.Discovering !== true) this.#discovers = false
    if (this.#wanted !== undefined && this.#pauses === 0 && !this.#discovers && adapter?.Powered === true) {
      this.#resumeLater()
    }
    this.#tellState()
  }

  #ownerChanged([, , newOwner = '']: readonly string[]): void {
    this.#serviceGone()
    if (newOwner === '') return
    this.#readAll()
      .then(() => this.#settle())
      .catch(() => {
        this.#resumeLater()
      })
  }

  #serviceGone(): void {
    this.#owner = ''
    this.#discovers = false
    this.#tree.clear()
    this.#heard.clear()
    this.#link?.break()
    this.#tellState()
  }

  /** All objects at once, after subscribing: nothing can slip in between unseen. */
  async #readAll(): Promise<void> {
    try {
      const [owner] = await this.#callBus('GetNameOwner', 'org.bluez')
      const [objects] = await this.#callBluez('/', objectManager, 'GetManagedObjects')
      this.#owner = String(owner)
      for (const [path, interfaces] of Object.entries(objects as Record<string, Record<string, unknown>>)) {
        this.#tree.add(path, interfaces)
      }
    } catch (error) {
      throw radioFault('no-bluetooth', { detail: error instanceof Error ? error.message : '', cause: error })
    }
  }

  #see(path: string, news: Readonly<Record<string, unknown>>): void {
    const all = this.#tree.get(path, deviceInterface)
    const known = all && advertisementOf(all)
    if (!known || !this.#discovers) return
    this.#resumeMs = resumeMs
    this.#heard.delete(known.address)
    this.#heard.set(known.address, path)
    if (this.#heard.size > maxHeard) {
      for (const [longestUnheard] of this.#heard) {
        this.#heard.delete(longestUnheard)
        break
      }
    }
    if (this.#sightingListeners.size === 0) return
    const came = advertisementOf({ ...all, ManufacturerData: undefined, ServiceData: undefined, ...news })
    if (!came) return
    const sighting = { ...came, atMs: this.#options.clock() }
    for (const listener of this.#sightingListeners) callListener(listener, sighting)
  }

  #forget(path: string): void {
    this.#heard.delete(path.slice(-17).replaceAll('_', ':'))
  }

  #callBus(member: string, argument: string): Promise<readonly unknown[]> {
    return this.#call({
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member,
      signature: 's',
      body: [argument],
    })
  }

  #callBluez(
    path: string,
    name: string,
    member: string,
    [signature = '', ...body]: readonly [string?, ...unknown[]] = [],
  ): Promise<readonly unknown[]> {
    return this.#call({ destination: 'org.bluez', path, interface: name, member, signature, body })
  }

  async #call(call: ConstructorParameters<typeof Message>[0]): Promise<readonly unknown[]> {
    const { serviceMs } = this.#options.limits
    const reply = await within(this.#bus.call(new Message(call)), {
      ms: serviceMs,
      late: () => radioFault('no-bluetooth', { detail: `${call.member ?? ''}: ${span(serviceMs)}` }),
    })
    return (reply?.body ?? []) as readonly unknown[]
  }
}

function isBusError(error: unknown, name: string): boolean {
  return error instanceof Error && 'type' in error && error.type === `org.bluez.Error.${name}`
}

/** A listener that throws is its owner's fault: it is reported as an uncaught error and harms nobody else. */
function callListener<Value>(listener: (value: Value) => void, value: Value): void {
  try {
    listener(value)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
