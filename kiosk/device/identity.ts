import { kioskSettings } from '../../server/contract/kiosk-values.ts'
import type { KioskSettings } from '../../server/contract/kiosk-values.ts'
import { kept, keep } from '../../ui/memory.ts'

/** What makes a screen a kiosk of a venue. The token stays on this device; the server has a hash of it. */
export interface Identity {
  readonly token: string
  readonly settings: KioskSettings
}

const storageKey = 'atrium.kiosk.identity'

/** Who this screen was when it was last on; undefined for one that nobody bound. */
export function readIdentity(): Identity | undefined {
  const text = kept(storageKey)
  if (!text) return undefined
  try {
    const { token, settings } = JSON.parse(text) as Record<string, unknown>
    const read = kioskSettings.safeParse(settings)
    return typeof token === 'string' && read.success ? { token, settings: read.data } : undefined
  } catch {
    return undefined
  }
}

/** Remembers who this screen is; `undefined` forgets it. */
export function keepIdentity(identity: Identity | undefined): void {
  keep(storageKey, identity ? JSON.stringify(identity) : '')
}
