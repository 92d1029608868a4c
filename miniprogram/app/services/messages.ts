export type Language = 'zh' | 'en'

let current: Language = 'zh'

/** The language on screen. */
export function language(): Language {
  return current
}

/** Sets the language of every text that is read from now on; pages read theirs when they are shown. */
export function setLanguage(next: Language): void {
  current = next
}

type Table<Key extends string> = Readonly<Record<Key, string>>

/** Texts of one page, Chinese first; both languages have the same keys. */
export interface Messages<Key extends string> {
  /** One text, `{name}` replaced by what is given under that name. */
  say(key: Key, values?: Readonly<Record<string, string | number>>): string
  /** All texts, as a template takes them. */
  all(): Table<Key>
}

export function messages<Key extends string>(zh: Table<Key>, en: Table<Key>): Messages<Key> {
  const table = () => (current === 'zh' ? zh : en)
  return {
    say: (key, values = {}) =>
      table()[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)),
    all: table,
  }
}
