import type { Phone } from '../device/phone.ts'
import { textOf } from './api.ts'

interface Spoken {
  readonly lang: string
  readonly content: string
}

/**
 * WeChat's plug-in for speech and the player of what it makes. The browser's own voice says it where there is
 * one; the panel shows it in any case.
 */
export function speechApi(phone: Phone) {
  const made: Spoken[] = []
  const plugin = {
    textToSpeech({
      lang,
      content,
      success,
      fail,
    }: {
      readonly lang: unknown
      readonly content: unknown
      readonly success?: (result: object) => void
      readonly fail?: (error: object) => void
    }): void {
      if (!phone.state.network) {
        fail?.({ retcode: -20001, msg: 'net::ERR_INTERNET_DISCONNECTED' })
        return
      }
      made.push({ lang: textOf(lang), content: textOf(content) })
      success?.({ retcode: 0, filename: `speech:${made.length - 1}` })
    },
  }
  return {
    requirePlugin: (name: string): unknown => {
      if (name !== 'WechatSI') throw new Error(`plugin "${name}" is not declared`)
      return plugin
    },
    createInnerAudioContext: () => ({
      src: '',
      play() {
        const spoken = made[Number(this.src.replace('speech:', ''))]
        if (!spoken) return
        phone.tell('speak', spoken.content)
        if (!('speechSynthesis' in globalThis)) return
        const utterance = new SpeechSynthesisUtterance(spoken.content)
        utterance.lang = spoken.lang.replace('_', '-')
        speechSynthesis.cancel()
        speechSynthesis.speak(utterance)
      },
      stop() {
        if ('speechSynthesis' in globalThis) speechSynthesis.cancel()
      },
    }),
  }
}
