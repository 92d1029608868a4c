import { BuiltIn } from './built-in.ts'

const fieldStyle =
  ':host{display:block}input,textarea{display:block;box-sizing:border-box;width:100%;height:100%;padding:0;border:0;' +
  'outline:0;background:none;font:inherit;color:inherit;text-align:inherit;resize:none}' +
  'input::placeholder,textarea::placeholder{color:var(--placeholder,#808080);opacity:1}'

/** Something that has a value in a form. */
export interface FormField {
  readonly fieldName: string
  readonly fieldValue: unknown
  reset(): void
}

/** True for what a `form` gathers. */
export function isFormField(element: Element): element is Element & FormField {
  return 'fieldValue' in element
}

/** `input` and `textarea`: the event tells the whole value, and the page may set it while one types. */
abstract class TextField extends BuiltIn implements FormField {
  protected readonly field: HTMLInputElement | HTMLTextAreaElement

  constructor(tag: 'input' | 'textarea') {
    super()
    this.field = this.build(`<style>${fieldStyle}</style><${tag}></${tag}>`).querySelector<
      HTMLInputElement | HTMLTextAreaElement
    >(tag)!
    const told = (type: string) => () => {
      this.fire(type, { value: this.field.value, cursor: this.field.selectionStart ?? 0 }, { bubbles: true })
    }
    this.field.addEventListener('input', told('input'))
    this.field.addEventListener('focus', told('focus'))
    this.field.addEventListener('blur', told('blur'))
    this.field.addEventListener('keydown', (event) => {
      if (event instanceof KeyboardEvent && event.key === 'Enter' && !event.isComposing && tag === 'input') {
        told('confirm')()
      }
    })
  }

  get fieldName(): string {
    return this.text('name')
  }

  get fieldValue(): string {
    return this.field.value
  }

  reset(): void {
    this.field.value = ''
  }

  protected override changed(name: string): void {
    const { field } = this
    if (name === 'value' && field.value !== this.text('value')) field.value = this.text('value')
    field.placeholder = this.text('placeholder')
    field.disabled = this.flag('disabled')
    const most = this.number('maxlength', 140)
    if (most >= 0) field.maxLength = most
    const colour = /(?:^|;)\s*color:\s*([^;]+)/.exec(this.text('placeholderStyle'))?.[1]
    if (colour !== undefined) this.style.setProperty('--placeholder', colour)
    if (name === 'focus' && this.flag('focus')) {
      requestAnimationFrame(() => {
        field.focus()
      })
    }
  }
}

export class InputElement extends TextField {
  constructor() {
    super('input')
  }

  protected override changed(name: string): void {
    super.changed(name)
    const modes: Readonly<Record<string, string>> = { number: 'numeric', digit: 'decimal', idcard: 'text' }
    this.field.inputMode = modes[this.text('type')] ?? 'text'
    if (this.flag('password')) this.field.setAttribute('type', 'password')
    const confirm = this.text('confirmType')
    if (confirm !== '') this.field.enterKeyHint = confirm
  }
}

export class TextareaElement extends TextField {
  constructor() {
    super('textarea')
  }
}

/** `switch`. */
export class SwitchElement extends BuiltIn implements FormField {
  readonly #box: HTMLInputElement

  constructor() {
    super()
    const shadow = this.build(
      '<style>:host{display:inline-block}input{appearance:none;position:relative;display:block;width:52px;height:32px;' +
        'margin:0;border-radius:16px;background:var(--ink-3,#7a8390);transition:background .2s;cursor:pointer}' +
        'input::after{content:"";position:absolute;left:2px;top:2px;width:28px;height:28px;border-radius:50%;background:#fff;' +
        'transition:transform .2s}input:checked{background:var(--switch,#04be02)}input:checked::after{transform:translateX(20px)}' +
        'input:focus-visible{outline:2px solid var(--here,#0f5be8);outline-offset:2px}input:disabled{opacity:.4}</style>' +
        '<input type="checkbox" role="switch">',
    )
    this.#box = shadow.querySelector('input')!
    this.#box.addEventListener('change', () => {
      this.fire('change', { value: this.#box.checked })
    })
  }

  get fieldName(): string {
    return this.text('name')
  }

  get fieldValue(): boolean {
    return this.#box.checked
  }

  reset(): void {
    this.#box.checked = false
  }

  protected override changed(name: string): void {
    if (name === 'checked') this.#box.checked = this.flag('checked')
    this.#box.disabled = this.flag('disabled')
    if (name === 'color') this.style.setProperty('--switch', this.text('color'))
    const label = this.getAttribute('aria-label')
    if (label !== null) this.#box.setAttribute('aria-label', label)
  }
}

/** `slider`. */
export class SliderElement extends BuiltIn implements FormField {
  readonly #range: HTMLInputElement

  constructor() {
    super()
    const shadow = this.build(
      '<style>:host{display:block;padding:8px 0}input{width:100%}</style><input type="range">',
    )
    this.#range = shadow.querySelector('input')!
    this.#range.addEventListener('input', () => {
      this.fire('changing', { value: this.#range.valueAsNumber })
    })
    this.#range.addEventListener('change', () => {
      this.fire('change', { value: this.#range.valueAsNumber })
    })
  }

  get fieldName(): string {
    return this.text('name')
  }

  get fieldValue(): number {
    return this.#range.valueAsNumber
  }

  reset(): void {
    this.#range.value = this.#range.min
  }

  protected override changed(): void {
    this.#range.min = String(this.number('min', 0))
    this.#range.max = String(this.number('max', 100))
    this.#range.step = String(this.number('step', 1))
    this.#range.value = String(this.number('value', 0))
    this.#range.disabled = this.flag('disabled')
  }
}

/** `picker` in the modes a list and a date or time need; the system's own chooser opens. */
export class PickerElement extends BuiltIn implements FormField {
  readonly #select: HTMLSelectElement
  readonly #input: HTMLInputElement

  constructor() {
    super()
    const shadow = this.build(
      '<style>:host{display:block;position:relative}select,input{position:absolute;inset:0;width:100%;height:100%;opacity:0;' +
        'font-size:16px;cursor:pointer}[hidden]{display:none}</style><slot></slot><select></select><input hidden>',
    )
    this.#select = shadow.querySelector('select')!
    this.#input = shadow.querySelector('input')!
    this.#select.addEventListener('change', () => {
      this.fire('change', { value: this.#select.value })
    })
    this.#input.addEventListener('change', () => {
      this.fire('change', { value: this.#input.value })
    })
  }

  get fieldName(): string {
    return this.text('name')
  }

  get fieldValue(): string {
    return this.#select.hidden ? this.#input.value : this.#select.value
  }

  reset(): void {
    this.#select.value = '0'
    this.#input.value = ''
  }

  protected override changed(): void {
    const mode = this.text('mode', 'selector')
    const isList = mode === 'selector'
    this.#select.hidden = !isList
    this.#input.hidden = isList
    this.#select.disabled = this.#input.disabled = this.flag('disabled')
    if (!isList) {
      this.#input.type = mode === 'time' ? 'time' : 'date'
      this.#input.value = this.text('value')
      return
    }
    const range = this.value('range')
    const key = this.text('rangeKey')
    const options = (Array.isArray(range) ? range : []).map((item: unknown, index) => {
      const label =
        key !== '' && typeof item === 'object' && item !== null ? (Reflect.get(item, key) as unknown) : item
      return new Option(String(label), String(index))
    })
    this.#select.replaceChildren(...options)
    this.#select.value = String(this.number('value', 0))
  }
}

/** `form`: a button with `form-type` submits or resets what is inside. */
export class FormElement extends BuiltIn {
  submit(): void {
    const value = Object.fromEntries(
      this.#fields().map(({ fieldName, fieldValue }) => [fieldName, fieldValue] as const),
    )
    this.fire('submit', { value })
  }

  reset(): void {
    for (const field of this.#fields()) field.reset()
    this.fire('reset')
  }

  #fields(): readonly FormField[] {
    return [...this.querySelectorAll('*')].filter(isFormField).filter(({ fieldName }) => fieldName !== '')
  }
}

/** `label`: a tap on it is a tap on what it is for. */
export class LabelElement extends BuiltIn {
  constructor() {
    super()
    this.addEventListener('click', (event) => {
      const inside = this.querySelector('wx-switch, wx-checkbox, wx-radio, wx-input')
      const target = this.text('for') === '' ? inside : document.getElementById(this.text('for'))
      if (!target || event.composedPath().includes(target)) return
      target.shadowRoot?.querySelector<HTMLElement>('input')?.click()
    })
  }
}

/** `checkbox` and `radio`: their group tells what is chosen. */
export class ChoiceElement extends BuiltIn {
  readonly box: HTMLInputElement

  constructor() {
    super()
    const type = this.localName === 'wx-radio' ? 'radio' : 'checkbox'
    const shadow = this.build(
      `<style>:host{display:inline-flex;align-items:center}</style><input type="${type}"><slot></slot>`,
    )
    this.box = shadow.querySelector('input')!
    this.box.addEventListener('change', () => {
      const group = this.closest('wx-checkbox-group, wx-radio-group')
      if (group instanceof ChoiceGroupElement) group.chosen(this)
    })
  }

  get choice(): string {
    return this.text('value')
  }

  protected override changed(name: string): void {
    if (name === 'checked') this.box.checked = this.flag('checked')
    this.box.disabled = this.flag('disabled')
  }
}

export class ChoiceGroupElement extends BuiltIn implements FormField {
  get fieldName(): string {
    return this.text('name')
  }

  get fieldValue(): string | readonly string[] {
    const chosen = this.#choices().filter(({ box }) => box.checked)
    const values = chosen.map(({ choice }) => choice)
    return this.localName === 'wx-radio-group' ? (values[0] ?? '') : values
  }

  reset(): void {
    for (const { box } of this.#choices()) box.checked = false
  }

  /** One of the group was chosen: of radios no other is. */
  chosen(choice: ChoiceElement): void {
    if (this.localName === 'wx-radio-group') {
      for (const other of this.#choices()) other.box.checked = other === choice
    }
    this.fire('change', { value: this.fieldValue })
  }

  #choices(): readonly ChoiceElement[] {
    return [...this.querySelectorAll('wx-checkbox, wx-radio')].filter((each) => each instanceof ChoiceElement)
  }
}
