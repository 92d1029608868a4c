import { Event } from 'glass-easel'
import type { Element as TreeElement } from 'glass-easel'

/** How an event of a built-in travels. */
export interface FireOptions {
  readonly bubbles?: boolean
  readonly composed?: boolean
}

/**
 * A tag of the platform as an element of the document. Properties arrive as values, not as text; events
 * leave through the component tree, so that `bindchange` means the platform's `change` and never the
 * document's. What a built-in is made of stands in its shadow tree, what a page puts inside in its slot.
 */
export abstract class BuiltIn extends HTMLElement {
  readonly #properties = new Map<string, unknown>()

  /** Called for every property a template sets, named as written (`hover-class`). */
  receive(name: string, value: unknown): void {
    const key = camelCase(name)
    this.#properties.set(key, value)
    if (name === 'hidden' || name === 'disabled') this.toggleAttribute(name, isTrue(value))
    else if (typeof value === 'string' && reflected.has(name)) this.setAttribute(name, value)
    this.changed?.(key, value)
  }

  /** A property has another value; for subclasses. */
  protected changed?(name: string, value: unknown): void

  protected text(name: string, otherwise = ''): string {
    const value = this.#properties.get(name)
    if (typeof value === 'string') return value
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : otherwise
  }

  protected number(name: string, otherwise: number): number {
    const value = Number(this.#properties.get(name) ?? otherwise)
    return Number.isFinite(value) ? value : otherwise
  }

  protected flag(name: string): boolean {
    return isTrue(this.#properties.get(name))
  }

  protected value(name: string): unknown {
    return this.#properties.get(name)
  }

  /** Tells the page: `bind<type>`. */
  fire(type: string, detail: unknown = {}, { bubbles = false, composed = false }: FireOptions = {}): void {
    const { __wxElement: element } = this as HTMLElement & { __wxElement?: TreeElement }
    if (element) Event.dispatchEvent(element, new Event(type, detail, { bubbles, composed }))
  }

  /** Makes the shadow tree from markup of ours; the slot is where the page's children go. */
  protected build(markup: string): ShadowRoot {
    const shadow = this.attachShadow({ mode: 'open' })
    shadow.innerHTML = markup
    return shadow
  }
}

/** What a selector or a reader of the screen may ask for. */
const reflected = new Set(['type', 'size', 'mode', 'aria-label', 'aria-role', 'role', 'for', 'placeholder'])

function isTrue(value: unknown): boolean {
  return value === true || value === '' || (typeof value === 'string' && value !== 'false')
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
