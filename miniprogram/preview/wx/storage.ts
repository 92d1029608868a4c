import { call, WxFailure } from './api.ts'

/** What WeChat keeps for one mini-program. */
export const storageLimits = { keyBytes: 1024 * 1024, totalBytes: 10 * 1024 * 1024 } as const

/** A place to keep texts by key; `localStorage` is one. */
export interface TextStore {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

const prefix = 'miniprogram.'

/** Storage with WeChat's limits; values survive as JSON does. Own keys only are seen, counted and cleared. */
export function storageApi(store: TextStore) {
  const keys = () =>
    Array.from({ length: store.length }, (_, index) => store.key(index) ?? '').filter((key) =>
      key.startsWith(prefix),
    )
  const sizeOf = (key: string) => key.length - prefix.length + (store.getItem(key)?.length ?? 0)
  const get = (key: unknown): unknown => {
    const text = store.getItem(prefix + String(key))
    return text === null ? undefined : (JSON.parse(text) as unknown)
  }
  const set = (key: unknown, value: unknown): void => {
    const text = JSON.stringify(value ?? '')
    if (text.length > storageLimits.keyBytes) throw new WxFailure('entry size limit reached')
    const own = prefix + String(key)
    const others = keys().filter((each) => each !== own)
    const total = others.reduce((sum, each) => sum + sizeOf(each), text.length + String(key).length)
    if (total > storageLimits.totalBytes) throw new WxFailure('storage limit exceeded')
    store.setItem(own, text)
  }
  const remove = (key: unknown) => {
    store.removeItem(prefix + String(key))
  }
  const clear = () => {
    for (const key of keys()) store.removeItem(key)
  }
  const info = () => ({
    keys: keys().map((key) => key.slice(prefix.length)),
    currentSize: Math.ceil(keys().reduce((sum, key) => sum + sizeOf(key), 0) / 1024),
    limitSize: storageLimits.totalBytes / 1024,
  })
  return {
    getStorageSync: (key: unknown) => get(key) ?? '',
    setStorageSync: set,
    removeStorageSync: remove,
    clearStorageSync: clear,
    getStorageInfoSync: info,
    getStorage: call('getStorage', ({ key }) => {
      const data = get(key)
      if (data === undefined) throw new WxFailure('data not found')
      return { data }
    }),
    setStorage: call('setStorage', ({ key, data }) => {
      set(key, data)
      return {}
    }),
    removeStorage: call('removeStorage', ({ key }) => {
      remove(key)
      return {}
    }),
    clearStorage: call('clearStorage', () => {
      clear()
      return {}
    }),
    getStorageInfo: call('getStorageInfo', info),
  }
}
