import { createBluetooth } from 'node-ble'
import type { Device, GattCharacteristic } from 'node-ble'
import type { MessageBus } from 'dbus-next'
import process from 'node:process'
import { fullUuid } from '../frames/identity.ts'
import { span, within } from './limits.ts'
import type { RadioLimits } from './limits.ts'
import { faultOfBusError, faultOfConnectError, radioFault } from './radio-faults.ts'
import type { CharacteristicName, Link } from './radio.ts'

/** What a link needs of the radio that made it. */
export interface LinkHost {
  readonly busAddress: string
  readonly adapterName: string
  readonly limits: RadioLimits
  /** Resolves when the services of the device are known. */
  servicesResolved(): Promise<void>
  batteryPercent(): number | undefined
  /** Fails when the link breaks. */
  readonly broken: Promise<never>
  /** Ends the link on the side of the Bluetooth service. Never throws. */
  disconnect(): Promise<void>
}

/**
 * Connects through node-ble, over a connection to the bus of its own. node-ble adds a match rule for every device and
 * characteristic, never takes one back (dbus-next 0.10.2 counts them wrongly) and leaves listeners behind; all of that ends
 * with that connection, so links leave nothing. Its waits have no limits; ours are around them.
 */
export async function openGattLink(address: string, host: LinkHost): Promise<Link> {
  const session = openSession(host.busAddress)
  try {
    const { connectMs } = host.limits
    const limited = <Value>(promise: Promise<Value>) =>
      within(promise, {
        ms: connectMs,
        late: () => radioFault('connect-timeout', { address, detail: span(connectMs) }),
        broken: host.broken,
      })
    const device = await limited(findDevice(session, host.adapterName, address))
    await limited(device.connect())
    await limited(host.servicesResolved())
    const characteristics = await limited(listCharacteristics(device))
    return new GattLink(address, { host, session, characteristics })
  } catch (error) {
    session.destroy()
    throw faultOfConnectError(error, address)
  }
}

type Session = ReturnType<typeof createBluetooth>
type Services = ReadonlyMap<string, ReadonlyMap<string, GattCharacteristic>>

/** node-ble takes the address of the bus from the environment alone, and reads it while it is called. */
function openSession(busAddress: string): Session {
  const before = process.env.DBUS_SYSTEM_BUS_ADDRESS
  process.env.DBUS_SYSTEM_BUS_ADDRESS = busAddress
  try {
    const session = createBluetooth()
    // A bus that breaks emits an error, which without a listener would end the process.
    busOf(session).on('error', () => undefined)
    return session
  } finally {
    if (before === undefined) delete process.env.DBUS_SYSTEM_BUS_ADDRESS
    else process.env.DBUS_SYSTEM_BUS_ADDRESS = before
  }
}

function busOf({ bluetooth }: Session): MessageBus {
  return (bluetooth as unknown as { readonly dbus: MessageBus }).dbus
}

async function findDevice({ bluetooth }: Session, adapterName: string, address: string): Promise<Device> {
  const adapter = await bluetooth.getAdapter(adapterName)
  return adapter.getDevice(address)
}

async function listCharacteristics(device: Device): Promise<Services> {
  const gatt = await device.gatt()
  const services = new Map<string, ReadonlyMap<string, GattCharacteristic>>()
  for (const uuid of await gatt.services()) {
    const service = await gatt.getPrimaryService(uuid)
    const characteristics = new Map<string, GattCharacteristic>()
    for (const name of await service.characteristics()) {
      characteristics.set(name.toLowerCase(), await service.getCharacteristic(name))
    }
    services.set(uuid.toLowerCase(), characteristics)
  }
  return services
}

class GattLink implements Link {
  readonly address: string
  readonly #host: LinkHost
  readonly #session: Session
  readonly #services: Services
  /** One operation at a time: BlueZ answers a second one `InProgress`. */
  #queue: Promise<unknown> = Promise.resolve()
  #isOpen = true
  #closing: Promise<void> | undefined

  constructor(
    address: string,
    made: { readonly host: LinkHost; readonly session: Session; readonly characteristics: Services },
  ) {
    this.address = address
    this.#host = made.host
    this.#session = made.session
    this.#services = made.characteristics
    made.host.broken.catch(() => {
      this.#isOpen = false
      this.#session.destroy()
    })
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  has(service: string, characteristic?: string): boolean {
    const found = this.#services.get(fullUuid(service))
    return found !== undefined && (characteristic === undefined || found.has(fullUuid(characteristic)))
  }

  read(at: CharacteristicName): Promise<Uint8Array> {
    return this.#operate(at, async (characteristic) => Uint8Array.from(await characteristic.readValue()))
  }

  write(
    at: CharacteristicName,
    value: Uint8Array,
    how: 'with-response' | 'without-response' = 'with-response',
  ): Promise<void> {
    const bytes = Buffer.from(value)
    return this.#operate(at, (characteristic) =>
      how === 'with-response'
        ? characteristic.writeValueWithResponse(bytes)
        : characteristic.writeValueWithoutResponse(bytes),
    )
  }

  listen(at: CharacteristicName, listener: (value: Uint8Array) => void): Promise<void> {
    return this.#operate(at, async (characteristic) => {
      characteristic.on('valuechanged', (value) => {
        listener(Uint8Array.from(value))
      })
      await characteristic.startNotifications()
    })
  }

  batteryPercent(): number | undefined {
    return this.#host.batteryPercent()
  }

  close(): Promise<void> {
    this.#isOpen = false
    this.#closing ??= this.#host.disconnect().finally(() => {
      this.#session.destroy()
    })
    return this.#closing
  }

  #operate<Value>(
    { service, characteristic }: CharacteristicName,
    operation: (characteristic: GattCharacteristic) => Promise<Value>,
  ): Promise<Value> {
    const { answerMs } = this.#host.limits
    const { address } = this
    const run = async () => {
      if (!this.#isOpen) throw radioFault('link-lost', { address })
      const found = this.#services.get(fullUuid(service))?.get(fullUuid(characteristic))
      if (!found) throw radioFault('no-characteristic', { address, detail: `${service}/${characteristic}` })
      try {
        return await within(operation(found), {
          ms: answerMs,
          late: () => radioFault('answer-timeout', { address, detail: span(answerMs) }),
          broken: this.#host.broken,
        })
      } catch (error) {
        throw faultOfBusError(error, address)
      }
    }
    const result = this.#queue.then(run)
    this.#queue = result.catch(() => undefined)
    return result
  }
}
