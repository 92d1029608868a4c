import { visitorsContract } from '../../../server/contract/visitors.contract.ts'
import { Refused } from './http.ts'
import type { Http } from './http.ts'
import { hasKeys } from './memory.ts'
import type { Memory } from './memory.ts'
import type { Session } from './session.ts'

/** The part of `wx` that says who somebody is. */
export interface LoginPlatform {
  login(options: {
    readonly success: (result: { readonly code: string }) => void
    readonly fail: (error: { readonly errMsg: string }) => void
  }): void
}

interface AccountState {
  readonly member: boolean
  /** Without its middle. */
  readonly phone?: string
}

/** The shopper's account: used without one, signed in when they want to. */
export interface Account {
  isMember(): boolean
  phone(): string | undefined
  /**
   * Signs in with WeChat. With `joinHistory` what the phone has collected so far becomes the account's.
   * @throws Away, or Refused: `wechat-off`, `wechat-code-refused`, `consent-needed` …
   */
  signIn(joinHistory: boolean): Promise<void>
  /** The same without a word, at most once a run: for who agreed to have their history kept. */
  signInQuietly(): Promise<void>
  /** Adds the number the phone number button gave. @throws Away, Refused */
  addPhone(code: string): Promise<void>
  /** @throws Away, Refused */
  removePhone(): Promise<void>
  forget(): void
}

const key = 'account'
const anonymous: AccountState = { member: false }
const isState = (value: unknown): value is AccountState => hasKeys('member')(value)

/** @param parts.onChange told when who the shopper is has changed: streams and wallet are then another's */
export function createAccount(parts: {
  readonly platform: LoginPlatform
  readonly http: Http
  readonly session: Session
  readonly memory: Memory
  readonly onChange: () => void
}): Account {
  const { platform, http, session, memory, onChange } = parts
  let state = memory.get(key, isState) ?? anonymous
  let hasTried = false

  const take = (next: AccountState): void => {
    state = next
    memory.set(key, next)
    onChange()
  }

  const loginCode = () =>
    new Promise<string>((resolve, reject) => {
      platform.login({
        success: ({ code }) => {
          resolve(code)
        },
        fail: ({ errMsg }) => {
          reject(new Refused(0, 'wechat-login', errMsg))
        },
      })
    })

  const signIn = async (joinHistory: boolean): Promise<void> => {
    await session.signIn(await loginCode(), joinHistory)
    take({ member: true })
    take(await http.call(visitorsContract.readAccount, {}))
  }

  return {
    isMember: () => state.member,
    phone: () => state.phone,
    signIn,
    async signInQuietly() {
      if (hasTried || state.member) return
      hasTried = true
      // Not set up, or no network: one goes on as before and may press the button.
      await signIn(true).catch(() => undefined)
    },
    async addPhone(code) {
      take(await http.call(visitorsContract.addPhone, { body: { code } }))
    },
    async removePhone() {
      take(await http.call(visitorsContract.removePhone, {}))
    },
    forget() {
      hasTried = true
      take(anonymous)
    },
  }
}
