import type { Phone } from '../device/phone.ts'
import { call, textOf, WxFailure } from './api.ts'
import type { TextStore } from './storage.ts'

/** Scopes WeChat asks a person for. */
const scopeNames = [
  'scope.userLocation',
  'scope.userLocationBackground',
  'scope.camera',
  'scope.bluetooth',
] as const

const keyName = 'preview.person'
/** A number nobody has. */
const previewPhone = '13800138000'

/** Who this browser is to the demonstration: 128 random bits it keeps. */
function browserKey(store: TextStore): string {
  const known = store.getItem(keyName)
  if (known !== null) return known
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const made = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  store.setItem(keyName, made)
  return made
}

type PrivacyResolve = (answer: { event: 'agree' | 'disagree' | 'exposureAuthorization' }) => void

/** Who the person is, what they allow, scan, pay and share. */
export function accountApi(phone: Phone, store: TextStore) {
  let privacy: ((resolve: PrivacyResolve, info: { referrer: string }) => void) | undefined

  /** Before the first call that needs it, the person agrees to the privacy terms. */
  const needPrivacy = async (name: string): Promise<void> => {
    if (phone.hasAgreedToPrivacy) return
    const agreed = privacy
      ? await new Promise<boolean>((resolve) => {
          privacy?.(
            ({ event }) => {
              if (event !== 'exposureAuthorization') resolve(event === 'agree')
            },
            { referrer: name },
          )
        })
      : await phone.person.ask('privacy')
    if (!agreed) throw new WxFailure('privacy permission is not authorized', 104)
    phone.hasAgreedToPrivacy = true
  }

  /** Asks for a scope unless it was answered before. */
  const needScope = async (scope: string): Promise<void> => {
    const known = phone.scopes.get(scope)
    const answer = known ?? ((await phone.person.ask(scope)) ? 'granted' : 'denied')
    phone.scopes.set(scope, answer)
    if (answer === 'denied') throw new WxFailure('auth deny')
  }

  const authSetting = () =>
    Object.fromEntries([...phone.scopes].map(([scope, answer]) => [scope, answer === 'granted'] as const))

  return {
    needPrivacy,
    needScope,
    api: {
      login: call('login', () => {
        if (!phone.state.network) throw new WxFailure('net::ERR_INTERNET_DISCONNECTED')
        // Not WeChat: a server that takes such codes knows this browser by its key, and nobody else does.
        return { code: `preview-login-${browserKey(store)}` }
      }),
      checkSession: call('checkSession', () => ({})),
      authorize: call('authorize', async ({ scope }) => {
        const name = textOf(scope)
        if (!scopeNames.some((each) => each === name)) throw new WxFailure('invalid scope')
        await needPrivacy('authorize')
        await needScope(name)
        return {}
      }),
      getSetting: call('getSetting', () => ({ authSetting: authSetting() })),
      openSetting: call('openSetting', async () => {
        const changed = await phone.person.settings(Object.fromEntries(phone.scopes))
        for (const [scope, answer] of Object.entries(changed)) phone.scopes.set(scope, answer)
        return { authSetting: authSetting() }
      }),
      getPrivacySetting: call('getPrivacySetting', () => ({
        needAuthorization: !phone.hasAgreedToPrivacy,
        privacyContractName: '《Atrium 隐私保护指引》',
      })),
      requirePrivacyAuthorize: call('requirePrivacyAuthorize', async () => {
        await needPrivacy('requirePrivacyAuthorize')
        return {}
      }),
      openPrivacyContract: call('openPrivacyContract', async () => {
        phone.tell('openPrivacyContract')
        await phone.person.readGuide()
        return {}
      }),
      onNeedPrivacyAuthorization: (listener: typeof privacy) => {
        privacy = listener
      },
      getLocation: call('getLocation', async () => {
        await needPrivacy('getLocation')
        await needScope('scope.userLocation')
        if (!phone.state.location || !phone.state.wechatLocation)
          throw new WxFailure('system permission denied')
        return { latitude: 0, longitude: 0, accuracy: 65, speed: -1 }
      }),
      scanCode: call('scanCode', async () => {
        const result = await phone.person.scan()
        if (result === undefined) throw new WxFailure('cancel')
        return { result, scanType: 'QR_CODE', charSet: 'utf-8', path: '', rawData: '' }
      }),
      requestPayment: call('requestPayment', async ({ timeStamp, nonceStr, package: prepay, paySign }) => {
        for (const part of [timeStamp, nonceStr, prepay, paySign]) {
          if (typeof part !== 'string' || part === '') throw new WxFailure('parameter error')
        }
        if (!(await phone.person.pay())) throw new WxFailure('cancel')
        return {}
      }),
      requestSubscribeMessage: call('requestSubscribeMessage', async ({ tmplIds }) => {
        const ids = tmplIds as readonly string[]
        const accepted = await phone.person.ask('subscribe')
        return Object.fromEntries(ids.map((id) => [id, accepted ? 'accept' : 'reject']))
      }),
    },
    /** What a button with this `open-type` gives. */
    async openType(type: string): Promise<{ event: string; detail: unknown } | undefined> {
      if (type === 'getPhoneNumber') {
        const allowed = await phone.person.ask('phone')
        const detail = allowed
          ? { errMsg: 'getPhoneNumber:ok', code: `preview-phone-${previewPhone}` }
          : { errMsg: 'getPhoneNumber:fail user deny' }
        return { event: 'getphonenumber', detail }
      }
      if (type === 'agreePrivacyAuthorization') {
        phone.hasAgreedToPrivacy = true
        return { event: 'agreeprivacyauthorization', detail: {} }
      }
      if (type === 'openSetting') {
        const changed = await phone.person.settings(Object.fromEntries(phone.scopes))
        for (const [scope, answer] of Object.entries(changed)) phone.scopes.set(scope, answer)
        return { event: 'opensetting', detail: { authSetting: authSetting() } }
      }
      phone.tell(type)
      return undefined
    },
  }
}
