import { Message, Variant } from 'dbus-next'
import type { MessageBus } from 'dbus-next'
import { fullUuid } from '../frames/identity.ts'
import { introspect } from './introspection.ts'
import { AttError } from './simulated-beacon.ts'
import type { SimulatedBeacon, SimulatedCharacteristic, Trouble } from './simulated-beacon.ts'
import { answer, answerWithError, callMethod, connectTo, isCall, isSignal } from './wire.ts'
import type { Properties } from './wire.ts'

const adapterPath = '/org/bluez/hci0'
const adapterInterface = 'org.bluez.Adapter1'
const deviceInterface = 'org.bluez.Device1'
const characteristicInterface = 'org.bluez.GattCharacteristic1'

/** `RSSI_THRESHOLD` of BlueZ src/device.c: smaller changes are not signalled unless a filter asks for it. */
const rssiThresholdDb = 8
/** `TemporaryTimeout` of BlueZ src/main.conf: a device not heard for so long, and not connected, is removed. */
const temporaryTimeoutMs = 30_000

interface Session {
  filter: Record<string, unknown>
  discovers: boolean
}

interface Device {
  readonly beacon: SimulatedBeacon
  readonly path: string
  heardAtMs: number
  manufacturerData: string
  serviceData: string
  /** Answers that were promised and are not due yet. */
  readonly pending: Set<NodeJS.Timeout>
}

/** A refusal that BlueZ answers a call with. */
class BluezError extends Error {
  readonly type: string

  constructor(name: string, text: string) {
    super(text)
    this.type = `org.bluez.Error.${name}`
  }
}

/** What was asked of the stand-in, for tests that count. */
export interface Call {
  readonly member: string
  readonly path: string
  readonly sender: string
}

/**
 * A stand-in for bluetoothd on a bus of its own, with the behaviours that decide whether a tool works; each names where BlueZ
 * has it. Beacons are put into its air and advertise when the test says so.
 *
 * It holds no radio: what a real adapter does to a link, or how BlueZ behaves where no rule is named here, it cannot tell.
 */
export class BluezStandIn {
  readonly bus: MessageBus
  readonly calls: Call[] = []
  readonly #objects = new Map<string, Map<string, Properties>>()
  readonly #air = new Map<string, SimulatedBeacon>()
  readonly #troubles = new Map<string, Trouble>()
  readonly #devices = new Map<string, Device>()
  readonly #sessions = new Map<string, Session>()
  #nowMs = 0
  #isUp = false

  private constructor(bus: MessageBus) {
    this.bus = bus
    bus.addMethodHandler((message: Message) => isCall(message) && this.#handle(message))
    bus.on('message', (message) => {
      if (isSignal(message) && message.member === 'NameOwnerChanged') this.#clientGone(message.body)
    })
  }

  /** Takes the name `org.bluez` on the bus. */
  static async start(address: string): Promise<BluezStandIn> {
    const bus = await connectTo(address)
    const standIn = new BluezStandIn(bus)
    // adapter.c watches its clients by g_dbus_add_disconnect_watch: who leaves the bus no longer discovers.
    const rule = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
    await callMethod(bus, {
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'AddMatch',
      signature: 's',
      body: [rule],
    })
    await standIn.#up()
    return standIn
  }

  async #up(): Promise<void> {
    this.#objects.set('/org/bluez', new Map([['org.bluez.AgentManager1', {}]]))
    this.#add(adapterPath, adapterInterface, {
      Address: new Variant('s', '00:1A:7D:DA:71:11'),
      AddressType: new Variant('s', 'public'),
      Name: new Variant('s', 'stand-in'),
      Alias: new Variant('s', 'stand-in'),
      Powered: new Variant('b', true),
      Discovering: new Variant('b', false),
    })
    await this.bus.requestName('org.bluez', 0)
    this.#isUp = true
  }

  /** bluetoothd is stopped: its name and all its objects are gone, links are cut, nobody discovers. */
  async goDown(): Promise<void> {
    this.#isUp = false
    for (const device of this.#devices.values()) this.#endLink(device)
    this.#devices.clear()
    this.#sessions.clear()
    this.#objects.clear()
    await this.bus.releaseName('org.bluez')
  }

  /** bluetoothd is started again, knowing nothing. */
  async comeBack(): Promise<void> {
    await this.#up()
  }

  /** Ends the stand-in. */
  close(): void {
    for (const device of this.#devices.values()) this.#endLink(device)
    this.bus.disconnect()
  }

  /** Somebody turns the adapter off or on; off ends every discovery. BlueZ src/adapter.c, adapter_stop. */
  setPowered(powered: boolean): void {
    if (!powered) {
      for (const device of this.#devices.values()) this.drop(device.beacon.address)
      for (const session of this.#sessions.values()) session.discovers = false
      this.#change(adapterPath, adapterInterface, { Discovering: new Variant('b', false) })
    }
    this.#change(adapterPath, adapterInterface, { Powered: new Variant('b', powered) })
  }

  get isDiscovering(): boolean {
    return [...this.#sessions.values()].some(({ discovers }) => discovers)
  }

  /** Filters of those who discover now. */
  get filters(): readonly Readonly<Record<string, unknown>>[] {
    return [...this.#sessions.values()].filter(({ discovers }) => discovers).map(({ filter }) => filter)
  }

  /** How many devices are exported, and how many objects in all. */
  get counts(): { readonly devices: number; readonly objects: number } {
    return { devices: this.#devices.size, objects: this.#objects.size }
  }

  /** Puts a beacon in the air. It is heard when it advertises. */
  put(beacon: SimulatedBeacon): void {
    this.#air.set(beacon.address, beacon)
  }

  /** Takes a beacon out of the air, as a flat battery does. */
  takeAway(address: string): void {
    this.drop(address)
    this.#air.delete(address)
  }

  /** What goes wrong with a beacon from now on. */
  trouble(address: string): Trouble {
    let trouble = this.#troubles.get(address)
    if (!trouble) this.#troubles.set(address, (trouble = {}))
    return trouble
  }

  /** Lets time pass; what was not heard for too long is forgotten. */
  passTime(ms: number): void {
    this.#nowMs += ms
    for (const [address, device] of this.#devices) {
      if (this.#nowMs - device.heardAtMs < temporaryTimeoutMs || this.#isConnected(device)) continue
      this.#devices.delete(address)
      this.#remove(device.path)
    }
  }

  /**
   * Every beacon in the air sends one packet.
   * @returns how many the adapter heard
   */
  advertiseAll(): number {
    return [...this.#air.keys()].filter((address) => this.advertise(address)).length
  }

  /**
   * A beacon sends one packet, which the adapter hears when somebody discovers.
   * @returns whether the adapter did
   */
  advertise(address: string, rssiDbm?: number): boolean {
    const beacon = this.#air.get(address)
    if (!beacon || !this.#isUp || !this.isDiscovering) return false
    if (rssiDbm !== undefined) beacon.rssiDbm = rssiDbm
    const filters = this.filters
    // adapter.c, is_filter_match: one client's filter that lets it pass is enough.
    const passes = filters.some(
      ({ RSSI: weakest }) => typeof weakest !== 'number' || beacon.rssiDbm >= weakest,
    )
    if (!passes) return false
    const device = this.#devices.get(address)
    // A connected beacon of these vendors does not advertise.
    if (device && this.#isConnected(device)) return false
    if (device) this.#hearAgain(device, filters)
    else this.#hearFirst(beacon)
    return true
  }

  #hearFirst(beacon: SimulatedBeacon): void {
    const path = `${adapterPath}/dev_${beacon.address.replace(/:/g, '_')}`
    const { manufacturerData, serviceData } = advertised(beacon)
    this.#devices.set(beacon.address, {
      beacon,
      path,
      heardAtMs: this.#nowMs,
      manufacturerData: keyOf(beacon.manufacturerData()),
      serviceData: keyOf(beacon.serviceData()),
      pending: new Set(),
    })
    this.#add(path, deviceInterface, {
      Address: new Variant('s', beacon.address),
      AddressType: new Variant('s', beacon.addressType ?? 'random'),
      Alias: new Variant('s', beacon.name ?? beacon.address.replace(/:/g, '-')),
      ...(beacon.name === undefined ? {} : { Name: new Variant('s', beacon.name) }),
      Adapter: new Variant('o', adapterPath),
      Paired: new Variant('b', false),
      Connected: new Variant('b', false),
      ServicesResolved: new Variant('b', false),
      UUIDs: new Variant('as', beacon.serviceUuids.map(fullUuid)),
      RSSI: new Variant('n', beacon.rssiDbm),
      ...manufacturerData,
      ...serviceData,
    })
  }

  #hearAgain(device: Device, filters: readonly Readonly<Record<string, unknown>>[]): void {
    const { beacon, path } = device
    device.heardAtMs = this.#nowMs
    const properties = this.#objects.get(path)?.get(deviceInterface)
    const before = properties?.RSSI?.value as number | undefined
    const changed: Properties = {}
    // device.c, device_set_rssi_with_delta; the delta is 0 only when a client filters by RSSI or path loss.
    const threshold = filters.some((filter) => 'RSSI' in filter || 'Pathloss' in filter) ? 0 : rssiThresholdDb
    if (before === undefined || Math.abs(beacon.rssiDbm - before) >= threshold) {
      changed.RSSI = new Variant('n', beacon.rssiDbm)
    }
    // device.c, device_set_manufacturer_data and device_set_service_data: unchanged data only with DuplicateData.
    const duplicates = filters.some(({ DuplicateData: duplicate }) => duplicate === true)
    const manufacturerData = keyOf(beacon.manufacturerData())
    const serviceData = keyOf(beacon.serviceData())
    const data = advertised(beacon)
    if (duplicates || manufacturerData !== device.manufacturerData)
      Object.assign(changed, data.manufacturerData)
    if (duplicates || serviceData !== device.serviceData) Object.assign(changed, data.serviceData)
    Object.assign(device, { manufacturerData, serviceData })
    if (Object.keys(changed).length > 0) this.#change(path, deviceInterface, changed)
  }

  /** The link breaks: properties change, and the services of a device that is not bonded go (main.conf, [GATT] Cache). */
  drop(address: string): void {
    const device = this.#devices.get(address)
    if (!device || !this.#isConnected(device)) return
    this.#endLink(device)
    device.heardAtMs = this.#nowMs
    for (const path of [...this.#objects.keys()].reverse()) {
      if (path.startsWith(`${device.path}/`)) this.#remove(path)
    }
    this.#change(device.path, deviceInterface, {
      ServicesResolved: new Variant('b', false),
      Connected: new Variant('b', false),
    })
  }

  #endLink(device: Device): void {
    for (const timer of device.pending) clearTimeout(timer)
    device.pending.clear()
    if (this.#isConnected(device)) device.beacon.disconnected()
  }

  #isConnected({ path }: Device): boolean {
    return this.#objects.get(path)?.get(deviceInterface)?.Connected?.value === true
  }

  #handle(message: Message): boolean {
    const { path, interface: name, member, sender } = message
    if (!this.#isUp) return false
    this.calls.push({ member, path, sender })
    try {
      if (member === 'Introspect') return this.#answerIntrospection(message)
      if (name === 'org.freedesktop.DBus.Properties') return this.#answerProperties(message)
      if (member === 'GetManagedObjects') return this.#answerObjects(message)
      if (!this.#objects.get(path)?.has(name)) return false
      if (name === adapterInterface) this.#callAdapter(message)
      else if (name === deviceInterface) this.#callDevice(message)
      else if (name === characteristicInterface) this.#callCharacteristic(message)
      else return false
      return true
    } catch (error) {
      if (!(error instanceof BluezError)) throw error
      answerWithError(this.bus, message, error.type, error.message)
      return true
    }
  }

  #answerIntrospection(message: Message): boolean {
    const interfaces = [...(this.#objects.get(message.path)?.keys() ?? [])]
    if (message.path === '/') interfaces.push('org.freedesktop.DBus.ObjectManager')
    const prefix = message.path === '/' ? '/' : `${message.path}/`
    const children = new Set<string>()
    for (const path of this.#objects.keys()) {
      const child = path.startsWith(prefix) ? path.slice(prefix.length).split('/')[0] : undefined
      if (child) children.add(child)
    }
    answer(this.bus, message, 's', [introspect(interfaces, [...children])])
    return true
  }

  #answerObjects(message: Message): boolean {
    const all = Object.fromEntries(
      [...this.#objects].map(([path, object]) => [path, Object.fromEntries(object)]),
    )
    answer(this.bus, message, 'a{oa{sa{sv}}}', [all])
    return true
  }

  #answerProperties(message: Message): boolean {
    const [name, property, value] = message.body as [string, string?, Variant?]
    const properties = this.#objects.get(message.path)?.get(name)
    if (!properties) {
      answerWithError(this.bus, message, 'org.freedesktop.DBus.Error.UnknownObject', 'No such object')
      return true
    }
    if (message.member === 'GetAll') {
      answer(this.bus, message, 'a{sv}', [properties])
    } else if (message.member === 'Set' && property === 'Powered' && value) {
      this.setPowered(value.value === true)
      answer(this.bus, message)
    } else {
      const asked = property === undefined ? undefined : properties[property]
      if (asked) answer(this.bus, message, 'v', [asked])
      else answerWithError(this.bus, message, 'org.freedesktop.DBus.Error.InvalidArgs', 'No such property')
    }
    return true
  }

  #callAdapter(message: Message): void {
    const session = this.#sessionOf(message.sender)
    const isPowered = this.#objects.get(adapterPath)?.get(adapterInterface)?.Powered?.value === true
    switch (message.member) {
      case 'SetDiscoveryFilter': {
        const [filter] = message.body as [Record<string, Variant>]
        session.filter = Object.fromEntries(
          Object.entries(filter).map(([key, { value }]) => [key, value as unknown]),
        )
        break
      }
      case 'StartDiscovery':
        // adapter.c, start_discovery: NotReady without power, InProgress for a client that discovers already.
        if (!isPowered) throw new BluezError('NotReady', 'Resource Not Ready')
        if (session.discovers) throw new BluezError('InProgress', 'Operation already in progress')
        session.discovers = true
        this.#change(adapterPath, adapterInterface, { Discovering: new Variant('b', true) })
        break
      case 'StopDiscovery':
        if (!isPowered) throw new BluezError('NotReady', 'Resource Not Ready')
        if (!session.discovers) throw new BluezError('Failed', 'No discovery started')
        this.#stopSession(message.sender)
        break
      case 'RemoveDevice': {
        const [path] = message.body as [string]
        const device = [...this.#devices.values()].find((known) => known.path === path)
        if (!device) throw new BluezError('DoesNotExist', 'Does Not Exist')
        this.drop(device.beacon.address)
        this.#devices.delete(device.beacon.address)
        this.#remove(path)
        break
      }
    }
    answer(this.bus, message)
  }

  #sessionOf(client: string): Session {
    let session = this.#sessions.get(client)
    if (!session) this.#sessions.set(client, (session = { filter: {}, discovers: false }))
    return session
  }

  /** adapter.c: a discovery procedure is shared, it ends with its last session. */
  #stopSession(client: string): void {
    this.#sessions.delete(client)
    if (!this.isDiscovering) {
      this.#change(adapterPath, adapterInterface, { Discovering: new Variant('b', false) })
    }
  }

  #clientGone([name, , newOwner]: readonly string[]): void {
    if (name !== undefined && newOwner === '' && this.#sessions.get(name)) this.#stopSession(name)
  }

  #callDevice(message: Message): void {
    const device = [...this.#devices.values()].find(({ path }) => path === message.path)
    if (!device) throw new BluezError('DoesNotExist', 'Does Not Exist')
    if (message.member === 'Disconnect') {
      // device.c, device_request_disconnect: it also calls off a Connect that is under way.
      this.#endLink(device)
      this.drop(device.beacon.address)
      answer(this.bus, message)
      return
    }
    const trouble = this.trouble(device.beacon.address)
    this.#later(device, trouble.answerAfterMs ?? 0, () => {
      this.#connect(device, message)
    })
  }

  #connect(device: Device, message: Message): void {
    const { beacon, path } = device
    const trouble = this.trouble(beacon.address)
    const refusal = trouble.refusals
    if (refusal && refusal.count > 0) {
      refusal.count--
      answerWithError(this.bus, message, 'org.bluez.Error.Failed', refusal.text)
      return
    }
    if (!this.#air.has(beacon.address)) {
      // error.c, ERR_LE_CONN_ABORT_BY_LOCAL: the kernel gave up waiting for the device.
      answerWithError(this.bus, message, 'org.bluez.Error.Failed', 'le-connection-abort-by-local')
      return
    }
    this.#change(path, deviceInterface, { Connected: new Variant('b', true) })
    beacon.connected({
      notify: (uuid, value) => {
        this.#notify(device, uuid, value)
      },
      drop: () => {
        this.drop(beacon.address)
      },
    })
    // The answer comes before the services are found: a client has to wait for ServicesResolved.
    answer(this.bus, message)
    if (trouble.neverResolves === true) return
    this.#later(device, trouble.answerAfterMs ?? 0, () => {
      this.#exportServices(device)
      this.#change(path, deviceInterface, { ServicesResolved: new Variant('b', true) })
    })
  }

  #exportServices({ beacon, path }: Device): void {
    if (beacon.batteryPercent !== undefined) {
      // profiles/battery: service 180F becomes an interface of the device.
      this.#add(path, 'org.bluez.Battery1', { Percentage: new Variant('y', beacon.batteryPercent) })
    }
    let handle = 0x0a
    for (const service of beacon.services) {
      const servicePath = `${path}/service${(handle++).toString(16).padStart(4, '0')}`
      this.#add(servicePath, 'org.bluez.GattService1', {
        UUID: new Variant('s', service.uuid),
        Primary: new Variant('b', true),
        Device: new Variant('o', path),
      })
      for (const { uuid, flags } of service.characteristics) {
        handle += 2
        this.#add(`${servicePath}/char${handle.toString(16).padStart(4, '0')}`, characteristicInterface, {
          UUID: new Variant('s', uuid),
          Service: new Variant('o', servicePath),
          Flags: new Variant('as', [...flags]),
          Value: new Variant('ay', Buffer.alloc(0)),
          Notifying: new Variant('b', false),
        })
      }
    }
  }

  #notify(device: Device, uuid: string, value: Uint8Array): void {
    for (const [path, object] of this.#objects) {
      const properties = object.get(characteristicInterface)
      if (!path.startsWith(`${device.path}/`) || properties?.UUID?.value !== uuid) continue
      // gatt-client.c, notify_cb: only who subscribed is told.
      if (properties.Notifying?.value !== true) return
      this.#change(path, characteristicInterface, { Value: new Variant('ay', Buffer.from(value)) })
      return
    }
  }

  #callCharacteristic(message: Message): void {
    const device = [...this.#devices.values()].find(({ path }) => message.path.startsWith(`${path}/`))
    const uuid = this.#objects.get(message.path)?.get(characteristicInterface)?.UUID?.value as string
    const servicePath = message.path.slice(0, message.path.lastIndexOf('/'))
    const serviceUuid = this.#objects.get(servicePath)?.get('org.bluez.GattService1')?.UUID?.value as string
    const characteristic = device?.beacon.services
      .find((service) => service.uuid === serviceUuid)
      ?.characteristics.find((one) => one.uuid === uuid)
    if (!device || !characteristic) throw new BluezError('Failed', 'Not connected')
    const trouble = this.trouble(device.beacon.address)
    if (trouble.dropAfter !== undefined && trouble.dropAfter-- <= 0) {
      delete trouble.dropAfter
      this.drop(device.beacon.address)
      // gatt-client.c: what is under way when the link breaks ends with ECONNRESET's text.
      throw new BluezError('Failed', 'Connection reset by peer')
    }
    if (trouble.silent === true) return
    this.#later(device, trouble.answerAfterMs ?? 0, () => {
      this.#operate(message, characteristic)
    })
  }

  #operate(message: Message, characteristic: SimulatedCharacteristic): void {
    try {
      switch (message.member) {
        case 'ReadValue':
          if (!characteristic.read) throw new AttError(AttError.readNotPermitted)
          answer(this.bus, message, 'ay', [Buffer.from(characteristic.read())])
          return
        case 'WriteValue': {
          const [value, options] = message.body as [Uint8Array, Record<string, Variant>]
          const isCommand = options.type?.value === 'command'
          const flag = isCommand ? 'write-without-response' : 'write'
          // gatt-client.c, characteristic_write_value: a kind of write the characteristic does not have is not supported.
          if (!characteristic.write || !characteristic.flags.includes(flag)) {
            throw new BluezError('NotSupported', 'Operation is not supported')
          }
          // A command is answered when it was sent: the device's opinion of it is not heard.
          if (isCommand) answer(this.bus, message)
          characteristic.write(Uint8Array.from(value))
          if (!isCommand) answer(this.bus, message)
          return
        }
        case 'StartNotify':
        case 'StopNotify':
          if (!characteristic.flags.includes('notify')) {
            throw new BluezError('NotSupported', 'Operation is not supported')
          }
          this.#change(message.path, characteristicInterface, {
            Notifying: new Variant('b', message.member === 'StartNotify'),
          })
          answer(this.bus, message)
      }
    } catch (error) {
      const known = error instanceof AttError ? bluezErrorOf(error) : error
      if (!(known instanceof BluezError)) throw error
      answerWithError(this.bus, message, known.type, known.message)
    }
  }

  #later(device: Device, ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      device.pending.delete(timer)
      if (this.#isUp) then()
    }, ms)
    device.pending.add(timer)
  }

  #add(path: string, name: string, properties: Properties): void {
    let object = this.#objects.get(path)
    if (!object) this.#objects.set(path, (object = new Map<string, Properties>()))
    object.set(name, properties)
    this.#signal('/', 'org.freedesktop.DBus.ObjectManager', 'InterfacesAdded', [
      'oa{sa{sv}}',
      path,
      { [name]: properties },
    ])
  }

  #remove(path: string): void {
    for (const known of [...this.#objects.keys()].reverse()) {
      if (known !== path && !known.startsWith(`${path}/`)) continue
      const names = [...(this.#objects.get(known)?.keys() ?? [])]
      this.#objects.delete(known)
      this.#signal('/', 'org.freedesktop.DBus.ObjectManager', 'InterfacesRemoved', ['oas', known, names])
    }
  }

  #change(path: string, name: string, changed: Properties): void {
    const properties = this.#objects.get(path)?.get(name)
    if (!properties) return
    Object.assign(properties, changed)
    this.#signal(path, 'org.freedesktop.DBus.Properties', 'PropertiesChanged', [
      'sa{sv}as',
      name,
      changed,
      [],
    ])
  }

  #signal(path: string, name: string, member: string, [signature, ...body]: [string, ...unknown[]]): void {
    this.bus.send(Message.newSignal(path, name, member, signature, body))
  }
}

/** BlueZ src/gatt-client.c, create_gatt_dbus_error. */
function bluezErrorOf({ code }: AttError): BluezError {
  switch (code) {
    case AttError.readNotPermitted:
      return new BluezError('NotPermitted', 'Read not permitted')
    case AttError.writeNotPermitted:
      return new BluezError('NotPermitted', 'Write not permitted')
    case AttError.authorisation:
      return new BluezError('NotAuthorized', 'Operation Not Authorized')
    case AttError.invalidLength:
      return new BluezError('InvalidArguments', 'Invalid Length')
    default:
      return new BluezError(
        'Failed',
        `Operation failed with ATT error: 0x${code.toString(16).padStart(2, '0')}`,
      )
  }
}

function advertised(beacon: SimulatedBeacon): {
  readonly manufacturerData: Properties
  readonly serviceData: Properties
} {
  const bytes = (data: Uint8Array) => new Variant('ay', Buffer.from(data))
  const manufacturerData = [...beacon.manufacturerData()].map(
    ([key, data]) => [String(key), bytes(data)] as const,
  )
  const serviceData = [...beacon.serviceData()].map(([key, data]) => [key, bytes(data)] as const)
  return {
    manufacturerData:
      manufacturerData.length === 0
        ? {}
        : { ManufacturerData: new Variant('a{qv}', Object.fromEntries(manufacturerData)) },
    serviceData:
      serviceData.length === 0 ? {} : { ServiceData: new Variant('a{sv}', Object.fromEntries(serviceData)) },
  }
}

function keyOf(data: ReadonlyMap<number | string, Uint8Array>): string {
  return [...data].map(([key, bytes]) => `${key}:${Buffer.from(bytes).toString('hex')}`).join()
}
