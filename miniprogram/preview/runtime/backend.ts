import { CurrentWindowBackendContext, Event, NativeNode } from 'glass-easel'
import type { Element as TreeElement, EventBubbleStatus } from 'glass-easel'
import { BuiltIn } from '../elements/built-in.ts'
import { forwardMouseAsTouch } from './mouse-as-touch.ts'

type Options = NonNullable<ConstructorParameters<typeof Event>[2]> & { readonly originalEvent?: unknown }

/** A finger on the screen, or the mouse in its place. */
interface Finger {
  readonly identifier: number
  readonly clientX: number
  readonly clientY: number
}

type FingerList = ArrayLike<Finger>

/** Events of the document that a page may bind; all others come from the platform's own elements. */
const fromDocument = /^(?:touch|transition|animation)/
const longPressMs = 350

/**
 * Where glass-easel draws: the document, with the platform's tags as custom elements (`view` is
 * `<wx-view>`). Three differences from what comes with glass-easel, each a trap once:
 * a built-in gets its properties as they are and not as text; a component's own `change` or `input` is not
 * mixed up with the document's; a mouse works like a finger, through the shadow trees of built-ins too.
 */
export class PhoneBackend extends CurrentWindowBackendContext {
  readonly #screen: HTMLElement
  readonly #sheets = new Map<string, number>()

  /** @param screen element whose upper left corner is that of the phone's screen */
  constructor(screen: HTMLElement) {
    super()
    this.#screen = screen
    // The protocol wants its own element type, which a real element has all of.
    this.document = {
      createElement,
      createTextNode: (text: string) => document.createTextNode(text),
      createDocumentFragment: () => document.createDocumentFragment(),
    } as unknown as CurrentWindowBackendContext['document']
    passPropertiesOn()
    this.onEvent((target, type, detail: unknown, options) => this.#dispatch(target, type, detail, options))
    forwardMouseAsTouch()
    this.#watchLongPress()
  }

  /** Every page and its tab bar ask for the app's sheet anew; a later copy would win over the page's own. */
  override appendStyleSheetPath(path: string, styleScope?: number): number {
    const known = this.#sheets.get(path)
    if (known !== undefined) return known
    const id = super.appendStyleSheetPath(path, styleScope)
    this.#sheets.set(path, id)
    return id
  }

  override setListenerStats(...args: Parameters<CurrentWindowBackendContext['setListenerStats']>): void {
    if (fromDocument.test(args[1])) super.setListenerStats(...args)
  }

  #dispatch(target: TreeElement, type: string, detail: unknown, options: Options): EventBubbleStatus {
    const { originalEvent } = options
    const touches = this.#touchesOf(originalEvent)
    const event = new Event(type, touches ? this.#place(detail) : detail, {
      ...options,
      ...(touches && { extraFields: touches }),
    })
    Event.dispatchEvent(target, event)
    return event.getEventBubbleStatus()
  }

  /** Places of fingers from the corner of the screen, and from the corner of what was touched (a canvas). */
  #touchesOf(original: unknown): Record<string, unknown> | undefined {
    if (!(original instanceof UIEvent)) return undefined
    const { left, top } = this.#screen.getBoundingClientRect()
    const target = original.target instanceof Element ? original.target.getBoundingClientRect() : undefined
    const list = (touches: ArrayLike<Finger>) =>
      Array.from(touches, (touch) => ({
        identifier: touch.identifier,
        clientX: touch.clientX - left,
        clientY: touch.clientY - top,
        pageX: touch.clientX - left,
        pageY: touch.clientY - top,
        x: touch.clientX - (target?.left ?? 0),
        y: touch.clientY - (target?.top ?? 0),
      }))
    const { touches, changedTouches } = original as { touches?: FingerList; changedTouches?: FingerList }
    return touches && changedTouches && { touches: list(touches), changedTouches: list(changedTouches) }
  }

  #place(detail: unknown): unknown {
    if (typeof detail !== 'object' || detail === null || !('x' in detail) || !('y' in detail)) return detail
    const { left, top } = this.#screen.getBoundingClientRect()
    return { ...detail, x: Number(detail.x) - left, y: Number(detail.y) - top }
  }

  #watchLongPress(): void {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = () => {
      clearTimeout(timer)
    }
    document.addEventListener('touchstart', (start) => {
      stop()
      const target = treeElementOf(start.target)
      const [touch] = start.touches
      if (!target || !touch || start.touches.length > 1) return
      const detail = { x: touch.clientX, y: touch.clientY }
      timer = setTimeout(() => {
        this.#dispatch(target, 'longpress', detail, { originalEvent: start, bubbles: true, composed: true })
      }, longPressMs)
    })
    for (const type of ['touchend', 'touchmove', 'touchcancel']) document.addEventListener(type, stop)
  }
}

function createElement(tag: string): HTMLElement {
  const own = `wx-${tag}`
  const isComponent = tag.includes('-') && customElements.get(own) === undefined
  const element = document.createElement(isComponent ? tag : own)
  const setAttribute = element.setAttribute.bind(element)
  element.setAttribute = (name, value) => {
    setAttribute(name, name === 'style' ? styleForPhone(value) : value)
  }
  return element
}

/** Sizes of an inline style in the phone's units. */
function styleForPhone(style: string): string {
  return style
    .replace(/(-?[\d.]+)rpx\b/g, 'calc($1 * var(--rpx))')
    .replace(/(-?[\d.]+)v(h|w)\b/g, 'calc($1 * var(--phone-v$2))')
}

/** The nearest element of the component tree that an event of the document happened in. */
export function treeElementOf(target: EventTarget | null): TreeElement | undefined {
  let node: Node | null = target instanceof Node ? target : null
  while (node) {
    const { __wxElement: element } = node as Node & { __wxElement?: TreeElement }
    if (element) return element
    node = node.parentNode ?? (node instanceof ShadowRoot ? node.host : null)
  }
  return undefined
}

/** glass-easel makes text of what it sets on a node without a component; a picker's range is a list. */
function passPropertiesOn(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on each node below
  const { updateAttribute } = NativeNode.prototype
  NativeNode.prototype.updateAttribute = function (name: string, value: unknown) {
    const element: unknown = this.getBackendElement()
    if (element instanceof BuiltIn) element.receive(name, value)
    else updateAttribute.call(this, name, value)
  }
}
