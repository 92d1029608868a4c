import type { Language } from './messages.ts'

/** What plays a recording: `wx.createInnerAudioContext()`. */
export interface AudioPlayer {
  src: string
  play(): void
  stop(): void
}

/** The part of WeChat's plug-in for speech (同声传译, `WechatSI`) that speaks. */
export interface SpeechPlugin {
  textToSpeech(options: {
    readonly lang: 'zh_CN' | 'en_US'
    readonly tts: true
    readonly content: string
    readonly success: (result: { readonly filename: string }) => void
    readonly fail: (error: object) => void
  }): void
}

/** Says sentences aloud, where the platform can. */
export interface Voice {
  /** Whether there is a voice at all; without one nothing is said, and the phone only vibrates. */
  readonly isThere: boolean
  /** Says a sentence; one that is still being said ends. */
  say(text: string, language: Language): void
  stop(): void
}

/**
 * Speech by WeChat's plug-in, which a mall adds to its mini-program at WeChat (docs/wechat-release.md); without
 * it everything stays silent. It needs the network: a sentence that cannot be made is left out.
 *
 * @param parts.plugin undefined where there is none
 */
export function createVoice(parts: {
  readonly plugin: SpeechPlugin | undefined
  readonly createPlayer: () => AudioPlayer
}): Voice {
  const { plugin, createPlayer } = parts
  let player: AudioPlayer | undefined
  let latest = 0

  const stop = (): void => {
    latest++
    player?.stop()
  }

  return {
    isThere: plugin !== undefined,
    stop,
    say(text, language) {
      if (!plugin) return
      stop()
      const mine = latest
      plugin.textToSpeech({
        lang: language === 'zh' ? 'zh_CN' : 'en_US',
        tts: true,
        content: text,
        success: ({ filename }) => {
          // Another sentence has been begun since, or the page was left.
          if (mine !== latest) return
          player ??= createPlayer()
          player.src = filename
          player.play()
        },
        fail: () => undefined,
      })
    },
  }
}
