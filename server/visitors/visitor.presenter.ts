import type { z } from 'zod'
import type { Immutable } from '../contract/endpoint.ts'
import type { visitorsContract } from '../contract/visitors.contract.ts'
import type { LastWord } from './consent-ledger.ts'
import { currentVersion } from './consent-texts.ts'
import type { Purpose } from './purposes.ts'

type ConsentState = Immutable<z.input<(typeof visitorsContract)['changeConsent']['responses'][200]>>

/** What a visitor agrees to; `word` is absent when they never said anything about it. */
export function presentConsent(purpose: Purpose, word: LastWord | undefined): ConsentState {
  if (!word) return { purpose, granted: false, current: true }
  return {
    purpose,
    granted: word.granted,
    ...(word.textVersion === null ? {} : { textVersion: word.textVersion }),
    atMs: word.at.getTime(),
    current: !word.granted || word.textVersion === currentVersion(purpose),
  }
}
