import type { Element as TreeElement } from 'glass-easel'
import { CanvasElement } from '../elements/media.ts'

/** What a query may ask of an element. */
interface Fields {
  readonly id?: boolean
  readonly dataset?: boolean
  readonly rect?: boolean
  readonly size?: boolean
  readonly scrollOffset?: boolean
  readonly node?: boolean
}

/** Something a query can look inside of: a component or a page. */
export interface QueryScope {
  readonly _$: {
    getShadowRoot(): {
      querySelector(selector: string): TreeElement | null
      querySelectorAll(selector: string): readonly TreeElement[]
    } | null
  }
}

type Callback = (result: unknown) => void

interface Question {
  readonly selector: string | undefined
  readonly all: boolean
  readonly fields: Fields
  readonly scope: QueryScope
  readonly callback: Callback | undefined
}

/**
 * `wx.createSelectorQuery` with what glass-easel's own lacks: `node`, the canvas itself. Places are from
 * the corner of the phone's screen; answers come with the next frame, as they do on a phone.
 */
export class SelectorQuery {
  readonly #screen: HTMLElement
  readonly #questions: Question[] = []
  #scope: QueryScope

  constructor(scope: QueryScope, screen: HTMLElement) {
    this.#scope = scope
    this.#screen = screen
  }

  in(scope: QueryScope): this {
    this.#scope = scope
    return this
  }

  select(selector: string) {
    return this.#node(selector, false)
  }

  selectAll(selector: string) {
    return this.#node(selector, true)
  }

  selectViewport() {
    return this.#node(undefined, false)
  }

  exec(callback?: (results: unknown[]) => void): this {
    const questions = this.#questions.splice(0)
    requestAnimationFrame(() => {
      const results = questions.map((question) => this.#answer(question))
      questions.forEach((question, index) => question.callback?.(results[index]))
      callback?.(results)
    })
    return this
  }

  #node(selector: string | undefined, all: boolean) {
    const ask = (fields: Fields, callback?: Callback): this => {
      this.#questions.push({ selector, all, fields, scope: this.#scope, callback })
      return this
    }
    return {
      fields: ask,
      boundingClientRect: (callback?: Callback) =>
        ask({ id: true, dataset: true, rect: true, size: true }, callback),
      scrollOffset: (callback?: Callback) => ask({ id: true, dataset: true, scrollOffset: true }, callback),
      node: (callback?: Callback) => ask({ node: true }, callback),
    }
  }

  #answer({ selector, all, fields, scope }: Question): unknown {
    if (selector === undefined) return this.#measure(this.#screen, undefined, fields)
    const root = scope._$.getShadowRoot()
    const found = all ? [...(root?.querySelectorAll(selector) ?? [])] : [root?.querySelector(selector)]
    const results = found.map((element) => {
      const drawn: unknown = element?.getBackendElement()
      return element && drawn instanceof HTMLElement ? this.#measure(drawn, element, fields) : null
    })
    return all ? results : (results[0] ?? null)
  }

  #measure(drawn: HTMLElement, element: TreeElement | undefined, fields: Fields): Record<string, unknown> {
    const box = drawn.getBoundingClientRect()
    const screen = this.#screen.getBoundingClientRect()
    return {
      ...(fields.id && { id: element?.id ?? '' }),
      ...(fields.dataset && { dataset: element?.dataset ?? {} }),
      ...(fields.rect && {
        left: box.left - screen.left,
        top: box.top - screen.top,
        right: box.right - screen.left,
        bottom: box.bottom - screen.top,
      }),
      ...(fields.size && { width: box.width, height: box.height }),
      ...(fields.scrollOffset && {
        scrollLeft: drawn.scrollLeft,
        scrollTop: drawn.scrollTop,
        scrollWidth: drawn.scrollWidth,
        scrollHeight: drawn.scrollHeight,
      }),
      ...(fields.node && { node: drawn instanceof CanvasElement ? drawn.node : drawn }),
    }
  }
}
