import type { EntityManager } from 'typeorm'
import type { KioskHealth } from '../contract/kiosks.contract.ts'
import type { KioskKey } from './find-kiosks.ts'
import { kioskScreenEntity } from './kiosk.entity.ts'
import type { Heard } from './kiosk.presenter.ts'

/** What a kiosk says is written at most this often; in between memory has it. */
const writeEveryMs = 60_000
/** Kiosks remembered; beyond that the one longest silent is forgotten, and its row still knows it. */
const maxRemembered = 10_000

/** What the kiosks that speak to this node said last. */
export class Heartbeats {
  readonly #heard = new Map<string, Heard & { readonly writtenAtMs: number }>()

  of(kioskId: string): Heard | undefined {
    return this.#heard.get(kioskId)
  }

  count(): number {
    return this.#heard.size
  }

  forget(kioskId: string): void {
    this.#heard.delete(kioskId)
  }

  /** Takes in what a kiosk says. @returns false when it was never bound to a place */
  async hear(manager: EntityManager, nowMs: number, key: KioskKey, health: KioskHealth): Promise<boolean> {
    const before = this.#heard.get(key.kioskId)
    const isDue = !before || nowMs - before.writtenAtMs >= writeEveryMs
    if (isDue) {
      const { affected } = await manager.update(kioskScreenEntity, key, { health, heardAt: new Date(nowMs) })
      if (!affected) return false
    }
    this.#heard.delete(key.kioskId)
    this.#heard.set(key.kioskId, { health, atMs: nowMs, writtenAtMs: isDue ? nowMs : before.writtenAtMs })
    for (const oldest of this.#heard.keys()) {
      if (this.#heard.size <= maxRemembered) break
      this.#heard.delete(oldest)
    }
    return true
  }
}
