import type { PositioningEvent } from '../../../positioning/events.ts'
import type { BeaconReading, Phone } from '../device/phone.ts'

const gravityMps2 = 9.80665

/**
 * A beacon as WeChat hands it on.
 * @param id `uuid/major/minor`
 */
export function readingOf(id: string, rssi: number): BeaconReading {
  const [uuid = '', major = '0', minor = '0'] = id.split('/')
  const accuracy = Math.round(10 ** ((-59 - rssi) / 22) * 100) / 100
  const proximity = accuracy < 0.5 ? 1 : accuracy < 3 ? 2 : 3
  return { uuid: uuid.toUpperCase(), major: Number(major), minor: Number(minor), rssi, accuracy, proximity }
}

/** What a phone felt, in WeChat's units: acceleration in g along axes turned round, the compass in degrees. */
export function tellPhone(phone: Phone, event: PositioningEvent): void {
  if (event.kind === 'acceleration') {
    const { x, y, z } = event
    phone.emit('acceleration', { x: -x / gravityMps2, y: -y / gravityMps2, z: -z / gravityMps2 })
  } else if (event.kind === 'rotation-rate') {
    phone.emit('rotation', { x: event.x, y: event.y, z: event.z })
  } else if (event.kind === 'compass') {
    const degrees = (event.headingRad * 180) / Math.PI
    phone.emit('compass', { direction: ((degrees % 360) + 360) % 360, accuracy: 'high' })
  }
}
