import type { Phone } from '../device/phone.ts'
import { canvasNode } from '../elements/media.ts'
import { call, listeners, textOf } from './api.ts'

/** The phone of the frame: an ordinary one of 390 by 844 with a status bar of 47. */
export const phoneSize = { width: 390, height: 844, statusBar: 47, bottom: 34 } as const

/** Where WeChat's own two buttons sit, in the upper right corner. */
export const capsule = { left: 296, top: 53, right: 383, bottom: 85, width: 87, height: 32 } as const

/** What the phone is, its clipboard, vibration, keyboard and themes. */
export function systemApi(phone: Phone) {
  const theme = listeners<{ theme: string }>()
  const memory = listeners<{ level: number }>()
  const errors = listeners<string>()
  phone.on('change', ({ now, before }) => {
    if (now.theme !== before.theme) theme.tell({ theme: now.theme })
  })
  const { width, height, statusBar, bottom } = phoneSize
  const windowInfo = () => ({
    pixelRatio: devicePixelRatio,
    screenWidth: width,
    screenHeight: height,
    windowWidth: width,
    windowHeight: height,
    statusBarHeight: statusBar,
    screenTop: 0,
    safeArea: {
      left: 0,
      right: width,
      top: statusBar,
      bottom: height - bottom,
      width,
      height: height - bottom - statusBar,
    },
  })
  const baseInfo = () => ({
    SDKVersion: '3.8.0',
    version: '8.0.50',
    language: phone.state.language,
    theme: phone.state.theme,
    enableDebug: false,
    host: { env: 'WeChat', appId: '' },
  })
  const deviceInfo = () => ({ brand: 'preview', model: 'preview', platform: 'devtools', system: 'preview' })
  const setting = () => ({
    bluetoothEnabled: phone.state.bluetooth,
    locationEnabled: phone.state.location,
    wifiEnabled: phone.state.network,
    deviceOrientation: 'portrait',
  })
  const authorize = () => ({
    locationAuthorized: phone.state.wechatLocation ? 'authorized' : 'denied',
    bluetoothAuthorized: 'authorized',
    cameraAuthorized: 'authorized',
    locationReducedAccuracy: false,
  })
  const all = () => ({ ...windowInfo(), ...baseInfo(), ...deviceInfo(), ...setting() })
  let brightness = 0.5
  return {
    getWindowInfo: windowInfo,
    getAppBaseInfo: baseInfo,
    getDeviceInfo: deviceInfo,
    getSystemSetting: setting,
    getAppAuthorizeSetting: authorize,
    getSystemInfoSync: all,
    getSystemInfo: call('getSystemInfo', all),
    getAccountInfoSync: () => ({ miniProgram: { appId: '', envVersion: 'develop', version: '' } }),
    getMenuButtonBoundingClientRect: () => ({ ...capsule }),
    getLaunchOptionsSync: () => ({ path: '', query: {}, scene: 1001 }),
    canIUse: () => true,
    onThemeChange: theme.on,
    offThemeChange: theme.off,
    onMemoryWarning: memory.on,
    offMemoryWarning: memory.off,
    onError: errors.on,
    offError: errors.off,
    getRandomValues: call('getRandomValues', ({ length }) => ({
      randomValues: crypto.getRandomValues(new Uint8Array(Number(length))).buffer,
    })),
    nextTick: (task: () => void) => {
      queueMicrotask(task)
    },
    createOffscreenCanvas: ({ width: w = 0, height: h = 0 }: { width?: number; height?: number } = {}) => {
      const canvas = document.createElement('canvas')
      canvas.width = w
      canvas.height = h
      return canvasNode(canvas)
    },
    vibrateShort: call('vibrateShort', ({ type = 'heavy' }) => {
      phone.tell('vibrateShort', textOf(type))
      return {}
    }),
    vibrateLong: call('vibrateLong', () => {
      phone.tell('vibrateLong')
      return {}
    }),
    setClipboardData: call('setClipboardData', ({ data }) => {
      phone.tell('setClipboardData', textOf(data))
      return {}
    }),
    makePhoneCall: call('makePhoneCall', ({ phoneNumber }) => {
      phone.tell('makePhoneCall', textOf(phoneNumber))
      return {}
    }),
    openSystemBluetoothSetting: call('openSystemBluetoothSetting', () => {
      phone.tell('openSystemBluetoothSetting')
      return {}
    }),
    openAppAuthorizeSetting: call('openAppAuthorizeSetting', () => {
      phone.tell('openAppAuthorizeSetting')
      return {}
    }),
    setScreenBrightness: call('setScreenBrightness', ({ value }) => {
      brightness = Number(value)
      phone.tell('setScreenBrightness', String(brightness))
      return {}
    }),
    getScreenBrightness: call('getScreenBrightness', () => ({ value: brightness })),
    setKeepScreenOn: call('setKeepScreenOn', ({ keepScreenOn }) => {
      phone.tell('setKeepScreenOn', textOf(keepScreenOn))
      return {}
    }),
    setNavigationBarColor: call('setNavigationBarColor', () => ({})),
    hideKeyboard: call('hideKeyboard', () => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
      return {}
    }),
    showShareMenu: call('showShareMenu', () => ({})),
    hideShareMenu: call('hideShareMenu', () => ({})),
    loadFontFace: call('loadFontFace', () => ({})),
    reportEvent: () => undefined,
    getUpdateManager: () => ({
      onCheckForUpdate: () => undefined,
      onUpdateReady: () => undefined,
      onUpdateFailed: () => undefined,
      applyUpdate: () => undefined,
    }),
  }
}
