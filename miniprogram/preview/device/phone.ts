/** What the person of the preview can change about their phone. */
export interface PhoneState {
  readonly bluetooth: boolean
  /** The phone's own location service. */
  readonly location: boolean
  /** Whether the system lets WeChat use it. */
  readonly wechatLocation: boolean
  /** Whether the phone can hear beacons at all. */
  readonly beacons: boolean
  readonly network: boolean
  readonly motion: boolean
  readonly background: boolean
  readonly theme: 'light' | 'dark'
  readonly language: 'zh_CN' | 'en'
}

/** What a scope of WeChat stands at; absent: not asked yet. */
export type ScopeAnswer = 'granted' | 'denied'

/** One reading of a beacon, as WeChat hands it on. */
export interface BeaconReading {
  readonly uuid: string
  readonly major: number
  readonly minor: number
  readonly proximity: 0 | 1 | 2 | 3
  readonly accuracy: number
  readonly rssi: number
}

/** What happens to a phone, by name. */
export interface PhoneEvents {
  readonly change: { readonly now: PhoneState; readonly before: PhoneState }
  readonly beacons: readonly BeaconReading[]
  readonly acceleration: { readonly x: number; readonly y: number; readonly z: number }
  readonly rotation: { readonly x: number; readonly y: number; readonly z: number }
  readonly compass: { readonly direction: number; readonly accuracy: string }
  readonly orientation: { readonly alpha: number; readonly beta: number; readonly gamma: number }
  /** Something a person should see in the panel: what the app asked the phone for. */
  readonly told: { readonly what: string; readonly detail: string }
}

/** What the person scans or pays next, and how they answer what WeChat asks. */
export interface PhonePerson {
  /** Answers a question of WeChat for a scope or for the privacy terms. */
  ask(what: string): Promise<boolean>
  /** What the camera reads; undefined: they close it. */
  scan(): Promise<string | undefined>
  /** Reads the privacy guide that WeChat keeps of the app. */
  readGuide(): Promise<void>
  /** Whether they pay. */
  pay(): Promise<boolean>
  /** Switches in WeChat's settings page for this app. */
  settings(scopes: Readonly<Record<string, ScopeAnswer>>): Promise<Readonly<Record<string, ScopeAnswer>>>
}

/**
 * A phone as far as the preview needs one: switches the person sets, and events that sensors send. The
 * `wx` of the mini-program reads it; the panel and the simulated shopper drive it.
 */
export class Phone {
  readonly #listeners = new Map<string, Set<(event: never) => void>>()
  readonly scopes = new Map<string, ScopeAnswer>()
  hasAgreedToPrivacy = false
  person: PhonePerson = {
    ask: () => Promise.resolve(true),
    scan: () => Promise.resolve(undefined),
    readGuide: () => Promise.resolve(),
    pay: () => Promise.resolve(true),
    settings: (scopes) => Promise.resolve(scopes),
  }
  #state: PhoneState = {
    bluetooth: true,
    location: true,
    wechatLocation: true,
    beacons: true,
    network: true,
    motion: true,
    background: false,
    theme: 'light',
    language: 'zh_CN',
  }

  get state(): PhoneState {
    return this.#state
  }

  set(change: Partial<PhoneState>): void {
    const before = this.#state
    this.#state = { ...before, ...change }
    this.emit('change', { now: this.#state, before })
  }

  on<Name extends keyof PhoneEvents>(name: Name, listener: (event: PhoneEvents[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }

  emit<Name extends keyof PhoneEvents>(name: Name, event: PhoneEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? [])
      (listener as (event: PhoneEvents[Name]) => void)(event)
  }

  tell(what: string, detail = ''): void {
    this.emit('told', { what, detail })
  }
}
