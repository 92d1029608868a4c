/** The part of `wx` that keeps values. */
export interface StoragePlatform {
  getStorageSync(key: string): unknown
  setStorageSync(key: string, value: unknown): void
  removeStorageSync(key: string): void
}

/** What the mini-program remembers between starts. Losing it is harmless: everything in it can be had again. */
export interface Memory {
  get<T>(key: string, isWhole: (value: unknown) => value is T): T | undefined
  set(key: string, value: unknown): void
  remove(key: string): void
}

/** Values that cannot be kept (storage full) or read are as if they were not there. */
export function createMemory(platform: StoragePlatform): Memory {
  return {
    get(key, isWhole) {
      try {
        const value = platform.getStorageSync(key)
        return isWhole(value) ? value : undefined
      } catch {
        return undefined
      }
    },
    set(key, value) {
      try {
        platform.setStorageSync(key, value)
      } catch {
        // Full: the value will be fetched or asked for again.
      }
    },
    remove(key) {
      try {
        platform.removeStorageSync(key)
      } catch {
        // Not there, then.
      }
    },
  }
}

/** Whether a value is an object with these keys. */
export function hasKeys<Key extends string>(...keys: readonly Key[]) {
  return (value: unknown): value is Record<Key, unknown> =>
    typeof value === 'object' && value !== null && keys.every((key) => key in value)
}
