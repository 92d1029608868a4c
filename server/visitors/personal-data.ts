import type { EntityManager } from 'typeorm'
import type { Json } from '../../maps/model/index.ts'

/**
 * A subject that keeps something about visitors. Every one has to be registered: export, erasure and joining an
 * anonymous history to an account reach exactly what is registered.
 */
export interface PersonalDataHolder {
  /** Name of its part in an export: `presence`. */
  readonly name: string
  /** Everything kept of a visitor, in plain words of the subject; `null` when there is nothing. */
  exportOf(manager: EntityManager, visitorId: string): Promise<Json>
  /** Erases every row of a visitor, in the transaction of the manager. */
  erase(manager: EntityManager, visitorId: string): Promise<void>
  /**
   * Makes what an anonymous visitor left the account's, with their consent. Without it that part stays behind
   * and is erased with the anonymous id.
   */
  join?(manager: EntityManager, ids: { readonly fromId: string; readonly toId: string }): Promise<void>
  /** Drops what memory holds of a visitor. Called after the commit, on every node; may be called twice. */
  forget?(visitorId: string): void
}

/** The holders of a server, in the order in which they joined. */
export class PersonalData {
  readonly #holders = new Map<string, PersonalDataHolder>()

  /** @throws Error when a name is taken: an export would lose a part. */
  register(holder: PersonalDataHolder): void {
    if (this.#holders.has(holder.name)) throw new Error(`There are two holders called ${holder.name}.`)
    this.#holders.set(holder.name, holder)
  }

  get holders(): readonly PersonalDataHolder[] {
    return [...this.#holders.values()]
  }

  /** What all holders keep of a visitor, by their names. */
  async exportOf(manager: EntityManager, visitorId: string): Promise<Record<string, Json>> {
    const parts: Record<string, Json> = {}
    for (const holder of this.holders) parts[holder.name] = await holder.exportOf(manager, visitorId)
    return parts
  }

  /** Erases what all holders keep in the database. */
  async erase(manager: EntityManager, visitorId: string): Promise<void> {
    for (const holder of this.holders) await holder.erase(manager, visitorId)
  }

  /** Drops what all holders keep in memory. */
  forget(visitorId: string): void {
    for (const holder of this.holders) holder.forget?.(visitorId)
  }
}
