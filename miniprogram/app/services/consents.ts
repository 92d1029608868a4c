import { visitorsContract } from '../../../server/contract/visitors.contract.ts'
import type { Http } from './http.ts'
import { language } from './messages.ts'
import { hasKeys } from './memory.ts'
import type { Memory } from './memory.ts'

const purposes = ['location', 'profile', 'marketing'] as const

export type Purpose = (typeof purposes)[number]
export type Consents = Readonly<Record<Purpose, boolean>>

/** What the person allows: here at once, at the server as soon as it answers. */
export interface ConsentKeeper {
  readonly given: () => Consents
  /** Whether the person was asked yet. */
  readonly wasAsked: () => boolean
  set(next: Partial<Consents>): void
  /** Tells the server what it was not told yet. @throws Away, Refused */
  catchUp(): Promise<void>
  /** The server knows nothing of this shopper: all of it is to be told again. */
  forgetTold(): void
}

const nothing: Consents = { location: false, profile: false, marketing: false }
const isConsents = (value: unknown): value is Consents => hasKeys(...purposes)(value)

/** @param parts.http calls the server as this shopper */
export function createConsents(parts: { readonly http: Http; readonly memory: Memory }): ConsentKeeper {
  const { http, memory } = parts
  const given = () => memory.get('consents', isConsents) ?? nothing
  const told = () => memory.get('consents-told', isConsents) ?? nothing

  const tell = async (): Promise<void> => {
    const wanted = given()
    const texts = await http.call(visitorsContract.listConsentTexts, {})
    for (const { purpose, version } of texts) {
      if (wanted[purpose] === told()[purpose]) continue
      await http.call(visitorsContract.changeConsent, {
        params: { purpose },
        body: {
          granted: wanted[purpose],
          ...(wanted[purpose] && { textVersion: version }),
          lang: language(),
          way: 'mini-program',
        },
      })
      memory.set('consents-told', { ...told(), [purpose]: wanted[purpose] })
    }
  }

  let pending: Promise<void> | undefined
  return {
    given,
    wasAsked: () => memory.get('consents', isConsents) !== undefined,
    set(next) {
      memory.set('consents', { ...given(), ...next })
    },
    async catchUp() {
      // One after the other, so that the last word is the last one said.
      while (purposes.some((purpose) => given()[purpose] !== told()[purpose])) {
        pending ??= tell().finally(() => {
          pending = undefined
        })
        await pending
      }
    },
    forgetTold() {
      memory.remove('consents-told')
    },
  }
}
