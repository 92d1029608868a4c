import { BuiltIn } from './built-in.ts'

const hoverStartMs = 50
const hoverStayMs = 400

/** `view`, and what differs from it in style only. Takes `hover-class` while a finger is on it. */
export class PlainElement extends BuiltIn {
  constructor() {
    super()
    this.addEventListener('touchstart', () => {
      const name = this.text('hoverClass')
      if (name === '' || name === 'none') return
      // The class as the component's style sheet has it: with the component's prefix.
      const prefix = /^(.*--)/.exec(this.classList[0] ?? '')?.[1] ?? ''
      const classes = [name, prefix + name]
      setTimeout(() => {
        this.classList.add(...classes)
      }, hoverStartMs)
      setTimeout(() => {
        this.classList.remove(...classes)
      }, hoverStayMs)
    })
  }
}

/** `text`: with `decode` it knows the entities WeChat knows. */
export class TextElement extends PlainElement {}

/** `image` in its modes. */
export class ImageElement extends BuiltIn {
  readonly #image: HTMLImageElement

  constructor() {
    super()
    const shadow = this.build(
      '<style>:host{display:inline-block;width:320px;height:240px;overflow:hidden}' +
        'img{display:block;width:100%;height:100%;object-fit:fill}</style><img alt="">',
    )
    this.#image = shadow.querySelector('img')!
    this.#image.addEventListener('load', () => {
      const { naturalWidth: width, naturalHeight: height } = this.#image
      this.fire('load', { width, height })
    })
    this.#image.addEventListener('error', () => {
      this.fire('error', { errMsg: `image not loaded: ${this.text('src')}` })
    })
  }

  protected override changed(name: string): void {
    const { style } = this.#image
    if (name === 'src') {
      const source = this.text('src')
      if (source === '') this.#image.removeAttribute('src')
      else this.#image.src = source
    }
    const mode = this.text('mode', 'scaleToFill')
    style.objectFit = mode === 'aspectFit' ? 'contain' : mode === 'aspectFill' ? 'cover' : 'fill'
    this.style.height = mode === 'widthFix' ? 'auto' : ''
    style.height = mode === 'widthFix' ? 'auto' : '100%'
  }
}

/** `icon` of the platform: a mark for each of its types. */
export class IconElement extends BuiltIn {
  protected override changed(): void {
    const marks: Readonly<Record<string, string>> = {
      success: '✓',
      info: 'i',
      warn: '!',
      waiting: '…',
      cancel: '×',
      search: '⌕',
      clear: '×',
    }
    this.textContent = marks[this.text('type')] ?? ''
    this.style.fontSize = `${this.number('size', 23)}px`
    this.style.color = this.text('color', 'var(--ink)')
  }
}

/** `progress`: a bar and, if asked for, its figure. */
export class ProgressElement extends BuiltIn {
  protected override changed(): void {
    const percent = Math.min(100, Math.max(0, this.number('percent', 0)))
    this.style.setProperty('--percent', `${percent}%`)
    this.style.setProperty('--bar', this.text('activeColor', this.text('color', '#09bb07')))
    this.style.height = `${this.number('strokeWidth', 6)}px`
    this.dataset.info = this.flag('showInfo') ? `${percent}%` : ''
  }
}

interface RichNode {
  readonly type?: 'text' | 'node'
  readonly text?: string
  readonly name?: string
  readonly attrs?: Readonly<Record<string, string>>
  readonly children?: readonly RichNode[]
}

const richTags = new Set(
  'a,b,br,blockquote,code,div,em,h1,h2,h3,h4,h5,h6,hr,i,img,li,ol,p,span,strong,sub,sup,table,tbody,td,th,thead,tr,u,ul'.split(
    ',',
  ),
)
const richAttributes = new Set(['class', 'style', 'src', 'alt', 'width', 'height', 'colspan', 'rowspan'])

/** `rich-text`: nodes or markup, of which only what the platform knows comes through; no scripts, no links. */
export class RichTextElement extends BuiltIn {
  protected override changed(name: string, value: unknown): void {
    if (name !== 'nodes') return
    const nodes = typeof value === 'string' ? parseMarkup(value) : (value as readonly RichNode[])
    this.replaceChildren(...nodes.flatMap(draw))
  }
}

function draw(node: RichNode): Node[] {
  if (node.type === 'text' || node.text !== undefined) return [document.createTextNode(node.text ?? '')]
  const name = node.name?.toLowerCase() ?? 'span'
  if (!richTags.has(name)) return []
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(node.attrs ?? {})) {
    if (richAttributes.has(key)) element.setAttribute(key, value)
  }
  element.append(...(node.children ?? []).flatMap(draw))
  return [element]
}

function parseMarkup(markup: string): RichNode[] {
  // A parsed document runs no scripts and loads nothing.
  const { body } = new DOMParser().parseFromString(markup, 'text/html')
  const read = (node: Node): RichNode[] => {
    if (node instanceof Text) return [{ type: 'text', text: node.data }]
    if (!(node instanceof Element)) return []
    const attrs = Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value]))
    return [{ name: node.localName, attrs, children: [...node.childNodes].flatMap(read) }]
  }
  return [...body.childNodes].flatMap(read)
}
