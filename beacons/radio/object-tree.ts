import { Variant } from 'dbus-next'

/** Properties of one interface, out of their variants. */
export type PlainProperties = Readonly<Record<string, unknown>>

/** What the Bluetooth service exports under a path, kept up to date from its signals. */
export class ObjectTree {
  readonly #objects = new Map<string, Map<string, Record<string, unknown>>>()

  get(path: string, name: string): PlainProperties | undefined {
    return this.#objects.get(path)?.get(name)
  }

  has(path: string): boolean {
    return this.#objects.has(path)
  }

  get size(): number {
    return this.#objects.size
  }

  clear(): void {
    this.#objects.clear()
  }

  /** From `InterfacesAdded` or `GetManagedObjects`. */
  add(path: string, interfaces: Readonly<Record<string, unknown>>): void {
    let object = this.#objects.get(path)
    if (!object) this.#objects.set(path, (object = new Map<string, Record<string, unknown>>()))
    for (const [name, properties] of Object.entries(interfaces)) object.set(name, plainProperties(properties))
  }

  /** From `InterfacesRemoved`. */
  remove(path: string, names: readonly string[]): void {
    const object = this.#objects.get(path)
    if (!object) return
    for (const name of names) object.delete(name)
    if (object.size === 0) this.#objects.delete(path)
  }

  /** From `PropertiesChanged`; of an object that was not announced nothing is kept. */
  change(
    path: string,
    name: string,
    { changed, gone }: { readonly changed: PlainProperties; readonly gone: readonly string[] },
  ): void {
    const properties = this.#objects.get(path)?.get(name)
    if (!properties) return
    Object.assign(properties, changed)
    for (const property of gone) Reflect.deleteProperty(properties, property)
  }
}

/** The values of a dictionary of variants, and of dictionaries in it. */
export function plainProperties(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, plainValue(held)]))
}

function plainValue(value: unknown): unknown {
  if (value instanceof Variant) return plainValue(value.value)
  if (value instanceof Uint8Array || Array.isArray(value)) return value
  return typeof value === 'object' && value !== null ? plainProperties(value) : value
}
