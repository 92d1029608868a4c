import { readonly, ref, watchEffect } from 'vue'
import type { Ref } from 'vue'
import { keep, kept } from './memory.ts'

export const languages = ['zh', 'en'] as const
export type Language = (typeof languages)[number]

const storageKey = 'atrium.language'
const current = ref<Language>(initialLanguage(location.search, kept(storageKey)))

/** The language on screen. */
export const language: Readonly<Ref<Language>> = readonly(current)

/** Changes the language of every text on the page and remembers it on this device. */
export function setLanguage(next: Language): void {
  current.value = next
  keep(storageKey, next)
}

watchEffect(() => {
  document.documentElement.lang = current.value === 'zh' ? 'zh-CN' : 'en'
})

/** What `?lang=` says, else what this device remembers, else Chinese: the mall's first language. */
export function initialLanguage(search: string, remembered: string | undefined): Language {
  const asked = new URLSearchParams(search).get('lang')
  return languages.find((one) => one === asked) ?? languages.find((one) => one === remembered) ?? 'zh'
}

type Table<Key extends string> = Readonly<Record<Key, string>>

/**
 * A table of messages, Chinese first; both languages must have the same keys. The function returned gives
 * the text in the language on screen, `{name}` replaced by what is given under that name, and a page that
 * calls it while rendering changes with the language.
 */
export function messages<Key extends string>(zh: Table<Key>, en: Table<Key>) {
  return (key: Key, values: Readonly<Record<string, string | number>> = {}): string => {
    const text = (current.value === 'zh' ? zh : en)[key]
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
  }
}
