import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { callMethod, connectTo } from './wire.ts'
import { Variant } from 'dbus-next'

const mockInterface = 'org.freedesktop.DBus.Mock'

/** A second, independent stand-in for BlueZ: the `bluez5` template of python3-dbusmock. */
export interface Dbusmock {
  /** Makes a device known, as discovery would. */
  addDevice(address: string, name: string): Promise<void>
  /** Changes a property of a device and says so on the bus. */
  setProperty(address: string, name: string, value: Variant): Promise<void>
  /** Gives a device a service with one characteristic that reads as these bytes. */
  addCharacteristic(
    address: string,
    uuids: readonly [service: string, characteristic: string],
    bytes: string,
  ): Promise<void>
  stop(): Promise<void>
}

/** Starts it on a bus; a second or two. Debian's Python has the package, whichever Python comes first in the path. */
export async function startDbusmock(busAddress: string): Promise<Dbusmock> {
  const python = spawn('/usr/bin/python3', ['-m', 'dbusmock', '--system', '--template', 'bluez5'], {
    env: { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: busAddress, DBUS_SESSION_BUS_ADDRESS: busAddress },
    stdio: 'ignore',
  })
  const bus = await connectTo(busAddress)
  const mock = (path: string, member: string, signature: string, body: readonly unknown[]) =>
    callMethod(bus, { destination: 'org.bluez', path, interface: mockTemplate, member, signature, body })
  await untilOwned(bus, python)
  await mock('/org/bluez', 'AddAdapter', 'ss', ['hci0', 'mock'])
  return {
    async addDevice(address, name) {
      await mock('/org/bluez', 'AddDevice', 'sss', ['hci0', address, name])
    },
    async setProperty(address, name, value) {
      const path = `/org/bluez/hci0/dev_${address.replace(/:/g, '_')}`
      const body = ['org.bluez.Device1', { [name]: value }]
      await callMethod(bus, {
        ...{ destination: 'org.bluez', path, interface: mockInterface, member: 'UpdateProperties' },
        ...{ signature: 'sa{sv}', body },
      })
    },
    async addCharacteristic(address, [service, characteristic], bytes) {
      const path = `/org/bluez/hci0/dev_${address.replace(/:/g, '_')}/service000a`
      const add = (at: string, name: string, properties: object, methods: readonly unknown[]) =>
        callMethod(bus, {
          ...{ destination: 'org.bluez', path: '/', interface: mockInterface, member: 'AddObject' },
          ...{ signature: 'ssa{sv}a(ssss)', body: [at, name, properties, methods] },
        })
      await add(path, 'org.bluez.GattService1', { UUID: new Variant('s', service) }, [])
      const properties = { UUID: new Variant('s', characteristic), Service: new Variant('o', path) }
      await add(`${path}/char000c`, 'org.bluez.GattCharacteristic1', properties, [
        ['ReadValue', 'a{sv}', 'ay', `ret = ${bytes}`],
      ])
    },
    async stop() {
      bus.disconnect()
      const ended = python.exitCode === null ? once(python, 'exit') : undefined
      python.kill('SIGKILL')
      await ended
    },
  }
}

/** Methods of the template are on an interface of their own. */
const mockTemplate = 'org.bluez.Mock'

async function untilOwned(
  bus: Awaited<ReturnType<typeof connectTo>>,
  python: ReturnType<typeof spawn>,
): Promise<void> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const [isOwned] = await callMethod(bus, {
      ...{ destination: 'org.freedesktop.DBus', path: '/', interface: 'org.freedesktop.DBus' },
      ...{ member: 'NameHasOwner', signature: 's', body: ['org.bluez'] },
    })
    if (isOwned === true) return
    if (python.exitCode !== null || performance.now() > deadline)
      throw new Error('python3-dbusmock did not start.')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
