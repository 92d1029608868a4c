import { BuiltIn } from './built-in.ts'
import { FormElement } from './forms.ts'
import { PlainElement } from './plain.ts'

/** What buttons and links ask of the phone around them. */
export interface Platform {
  navigate(how: string, url: string, delta: number): void
  /** What `open-type` gives: the event's name and detail, or nothing. */
  openType(type: string): Promise<{ readonly event: string; readonly detail: unknown } | undefined>
}

let platform: Platform | undefined

/** Sets the phone that buttons and links act on. */
export function setPlatform(next: Platform): void {
  platform = next
}

/** `button`, with what its `open-type` asks the phone for. */
export class ButtonElement extends PlainElement {
  constructor() {
    super()
    this.addEventListener('click', () => {
      if (this.flag('disabled') || this.flag('loading')) return
      const form = this.closest('wx-form')
      if (form instanceof FormElement && this.text('formType') === 'submit') form.submit()
      if (form instanceof FormElement && this.text('formType') === 'reset') form.reset()
      const type = this.text('openType')
      if (type !== '') void this.#ask(type)
    })
  }

  connectedCallback(): void {
    if (!this.hasAttribute('role')) this.setAttribute('role', 'button')
  }

  async #ask(type: string): Promise<void> {
    const answer = await platform?.openType(type)
    if (answer) this.fire(answer.event, answer.detail)
  }
}

/** `navigator`. */
export class NavigatorElement extends BuiltIn {
  constructor() {
    super()
    this.addEventListener('click', () => {
      platform?.navigate(this.text('openType', 'navigate'), this.text('url'), this.number('delta', 1))
    })
  }
}
