import type { Phone, PhoneEvents } from '../device/phone.ts'
import { call, listeners, WxFailure } from './api.ts'

/** Accelerometer, gyroscope, compass and device motion: readings only between start and stop, never in the background. */
export function sensorApi(phone: Phone) {
  const sensor = <Name extends 'acceleration' | 'rotation' | 'compass' | 'orientation'>(
    event: Name,
    [startName, stopName]: readonly [string, string],
  ) => {
    const told = listeners<PhoneEvents[Name]>()
    let isOn = false
    phone.on(event, (reading) => {
      if (isOn && phone.state.motion && !phone.state.background) told.tell(reading)
    })
    return {
      on: told.on,
      off: told.off,
      start: call(startName, () => {
        if (!phone.state.motion) throw new WxFailure('not support')
        isOn = true
        return {}
      }),
      stop: call(stopName, () => {
        isOn = false
        return {}
      }),
    }
  }
  const acceleration = sensor('acceleration', ['startAccelerometer', 'stopAccelerometer'])
  const rotation = sensor('rotation', ['startGyroscope', 'stopGyroscope'])
  const compass = sensor('compass', ['startCompass', 'stopCompass'])
  const orientation = sensor('orientation', ['startDeviceMotionListening', 'stopDeviceMotionListening'])
  return {
    startAccelerometer: acceleration.start,
    stopAccelerometer: acceleration.stop,
    onAccelerometerChange: acceleration.on,
    offAccelerometerChange: acceleration.off,
    startGyroscope: rotation.start,
    stopGyroscope: rotation.stop,
    onGyroscopeChange: rotation.on,
    offGyroscopeChange: rotation.off,
    startCompass: compass.start,
    stopCompass: compass.stop,
    onCompassChange: compass.on,
    offCompassChange: compass.off,
    startDeviceMotionListening: orientation.start,
    stopDeviceMotionListening: orientation.stop,
    onDeviceMotionChange: orientation.on,
    offDeviceMotionChange: orientation.off,
  }
}
