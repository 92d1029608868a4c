import { BuiltIn } from './built-in.ts'

/** `scroll-view`: scrolls along the axes it names, and tells how far. */
export class ScrollViewElement extends BuiltIn {
  #isAtEnd = false

  constructor() {
    super()
    this.addEventListener('scroll', () => {
      const { scrollLeft, scrollTop, scrollHeight, scrollWidth, clientHeight, clientWidth } = this
      this.fire('scroll', { scrollLeft, scrollTop, scrollHeight, scrollWidth })
      const threshold = this.number('lowerThreshold', 50)
      const left = this.flag('scrollX')
        ? scrollWidth - clientWidth - scrollLeft
        : scrollHeight - clientHeight - scrollTop
      if (left <= threshold && !this.#isAtEnd) this.fire('scrolltolower', { direction: 'bottom' })
      this.#isAtEnd = left <= threshold
    })
  }

  protected override changed(name: string): void {
    this.style.overflowX = this.flag('scrollX') ? 'auto' : 'hidden'
    this.style.overflowY = this.flag('scrollY') ? 'auto' : 'hidden'
    if (this.flag('enableFlex')) this.style.display = 'flex'
    const behavior: ScrollBehavior = this.flag('scrollWithAnimation') ? 'smooth' : 'auto'
    if (name === 'scrollTop') this.scrollTo({ top: this.number('scrollTop', 0), behavior })
    if (name === 'scrollLeft') this.scrollTo({ left: this.number('scrollLeft', 0), behavior })
    if (name === 'scrollIntoView') {
      const id = this.text('scrollIntoView')
      if (id === '') return
      requestAnimationFrame(() => {
        this.querySelector(`#${CSS.escape(id)}`)?.scrollIntoView({ behavior, block: 'start' })
      })
    }
  }
}

/** `swiper`: one item at a time, by finger, by `current`, or by itself. */
export class SwiperElement extends BuiltIn {
  #current = 0
  #timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.build(
      '<style>:host{display:block;position:relative;overflow:hidden;height:150px}' +
        '.track{display:flex;height:100%;transition:transform var(--swipe,500ms)}' +
        '::slotted(wx-swiper-item){flex:0 0 100%;height:100%;overflow:hidden}' +
        '.dots{position:absolute;left:0;right:0;bottom:10px;display:flex;gap:8px;justify-content:center}' +
        '.dots i{width:8px;height:8px;border-radius:50%;background:#0005}.dots .on{background:#000}</style>' +
        '<div class="track"><slot></slot></div><div class="dots"></div>',
    )
    let startX: number | undefined
    this.addEventListener('touchstart', (event) => {
      startX = fingerX(event)
    })
    this.addEventListener('touchend', (event) => {
      const endX = fingerX(event)
      if (startX === undefined || endX === undefined) return
      const movedX = endX - startX
      if (Math.abs(movedX) > this.clientWidth / 5) this.#show(this.#current + (movedX < 0 ? 1 : -1), 'touch')
    })
    this.shadowRoot?.querySelector('slot')?.addEventListener('slotchange', () => {
      this.#draw()
    })
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer)
  }

  protected override changed(name: string): void {
    this.style.setProperty('--swipe', `${this.number('duration', 500)}ms`)
    if (name === 'current') this.#show(this.number('current', 0), '')
    if (name === 'autoplay' || name === 'interval') {
      clearInterval(this.#timer)
      if (!this.flag('autoplay')) return
      this.#timer = setInterval(
        () => {
          this.#show(this.#current + 1, 'autoplay')
        },
        this.number('interval', 5000),
      )
    }
    this.#draw()
  }

  #show(index: number, source: string): void {
    const { length } = this.#items()
    if (length === 0) {
      this.#current = Math.max(0, index)
      return
    }
    const circular = this.flag('circular') || source === 'autoplay'
    const next = circular ? (index + length) % length : Math.min(length - 1, Math.max(0, index))
    if (next === this.#current) return
    this.#current = next
    this.#draw()
    this.fire('change', { current: next, source })
  }

  #items(): readonly Element[] {
    return [...this.children].filter(({ localName }) => localName === 'wx-swiper-item')
  }

  #draw(): void {
    const track = this.shadowRoot?.querySelector<HTMLElement>('.track')
    const dots = this.shadowRoot?.querySelector<HTMLElement>('.dots')
    if (!track || !dots) return
    track.style.transform = `translateX(${-100 * this.#current}%)`
    dots.hidden = !this.flag('indicatorDots')
    dots.replaceChildren(
      ...this.#items().map((_, index) => {
        const dot = document.createElement('i')
        dot.className = index === this.#current ? 'on' : ''
        return dot
      }),
    )
  }
}

function fingerX(event: globalThis.Event): number | undefined {
  const { changedTouches } = event as { changedTouches?: ArrayLike<{ readonly clientX: number }> }
  return changedTouches?.[0]?.clientX
}

/** `page-container`: a sheet over the page, which going back closes. */
export class PageContainerElement extends BuiltIn {
  constructor() {
    super()
    const shadow = this.build(
      '<style>:host{display:none}:host([open]){display:block;position:fixed;inset:0;z-index:100}' +
        '.veil{position:absolute;inset:0;background:rgb(0 0 0/50%)}.sheet{position:absolute;left:0;right:0;bottom:0;' +
        'max-height:90%;overflow:auto;background:var(--paper,#fff)}:host([round]) .sheet{border-radius:16px 16px 0 0}</style>' +
        '<div class="veil"></div><div class="sheet"><slot></slot></div>',
    )
    shadow.querySelector('.veil')?.addEventListener('click', () => {
      this.fire('clickoverlay')
      this.close()
    })
  }

  /** True while it is open; going back closes it instead of the page. */
  get isOpen(): boolean {
    return this.hasAttribute('open')
  }

  close(): void {
    if (!this.isOpen) return
    this.fire('beforeleave')
    this.removeAttribute('open')
    this.fire('afterleave')
  }

  protected override changed(name: string): void {
    this.toggleAttribute('round', this.flag('round'))
    if (name !== 'show' || this.flag('show') === this.isOpen) return
    if (!this.flag('show')) {
      this.close()
      return
    }
    this.fire('beforeenter')
    this.toggleAttribute('open', true)
    this.fire('afterenter')
  }
}
