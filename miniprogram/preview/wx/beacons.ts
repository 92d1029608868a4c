import type { Phone } from '../device/phone.ts'
import { call, oneListener, WxFailure } from './api.ts'

/** Error numbers of WeChat's beacons. Source: `wx.startBeaconDiscovery`, WeChat's documentation. */
export const beaconErrors = {
  unsupported: 11000,
  bluetoothOff: 11001,
  locationOff: 11002,
  alreadyStarted: 11003,
  notStarted: 11004,
  invalidData: 11006,
} as const

/** Beacons as `wx` has them: readings once a second, nothing in the background, one listener each. */
export function beaconApi(phone: Phone) {
  const update = oneListener<{ beacons: readonly object[] }>()
  const service = oneListener<{ available: boolean; discovering: boolean }>()
  let wanted: ReadonlySet<string> | undefined
  const isAvailable = () => phone.state.bluetooth && phone.state.location && phone.state.beacons
  const tellService = () => {
    service.tell({ available: isAvailable(), discovering: wanted !== undefined })
  }
  phone.on('beacons', (readings) => {
    // Without the system's permission for WeChat nothing ever arrives, and no error says so.
    const { background, wechatLocation } = phone.state
    if (!wanted || background || !isAvailable() || !wechatLocation) return
    const heard = readings.filter(({ uuid }) => wanted?.has(uuid.toUpperCase()))
    update.tell({ beacons: heard.map((reading) => ({ ...reading })) })
  })
  phone.on('change', ({ now, before }) => {
    const has = isAvailable()
    const had = before.bluetooth && before.location && before.beacons
    if (has === had || now.background) return
    if (!has) wanted = undefined
    tellService()
  })
  return {
    startBeaconDiscovery: call('startBeaconDiscovery', ({ uuids }) => {
      const { bluetooth, location, beacons } = phone.state
      if (!Array.isArray(uuids) || uuids.length === 0) {
        throw new WxFailure('invalid data', beaconErrors.invalidData)
      }
      if (!beacons) throw new WxFailure('unsupport', beaconErrors.unsupported)
      if (!bluetooth) throw new WxFailure('bluetooth service unavailable', beaconErrors.bluetoothOff)
      if (!location) throw new WxFailure('location service unavailable', beaconErrors.locationOff)
      if (wanted) throw new WxFailure('already start', beaconErrors.alreadyStarted)
      wanted = new Set(uuids.map((uuid) => String(uuid).toUpperCase()))
      tellService()
      return {}
    }),
    stopBeaconDiscovery: call('stopBeaconDiscovery', () => {
      if (!wanted) throw new WxFailure('not start', beaconErrors.notStarted)
      wanted = undefined
      tellService()
      return {}
    }),
    getBeacons: call('getBeacons', () => ({ beacons: [] })),
    onBeaconUpdate: update.on,
    offBeaconUpdate: update.off,
    onBeaconServiceChange: service.on,
    offBeaconServiceChange: service.off,
  }
}
