import { call, textOf } from './api.ts'

/** What `wx` lays over the page: toast, loading, modal, action sheet. One of each kind at a time. */
export function overlayApi(layer: HTMLElement) {
  let toast: { readonly element: HTMLElement; readonly kind: 'toast' | 'loading' } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const hide = () => {
    clearTimeout(timer)
    toast?.element.remove()
    toast = undefined
  }
  const show = (kind: 'toast' | 'loading', title: string, icon: string) => {
    hide()
    const element = make('div', `wx-toast ${icon}`, title)
    element.setAttribute('role', 'status')
    layer.append(element)
    toast = { element, kind }
  }
  return {
    showToast: call('showToast', ({ title, icon = 'success', duration = 1500 }) => {
      show('toast', textOf(title), textOf(icon))
      timer = setTimeout(hide, Number(duration))
      return {}
    }),
    hideToast: call('hideToast', () => {
      if (toast?.kind === 'toast') hide()
      return {}
    }),
    showLoading: call('showLoading', ({ title = '' }) => {
      show('loading', textOf(title), 'loading')
      return {}
    }),
    hideLoading: call('hideLoading', () => {
      if (toast?.kind === 'loading') hide()
      return {}
    }),
    showModal: call('showModal', async (options) => {
      const text = (name: string, otherwise = '') => textOf(options[name], otherwise)
      const buttons = [
        ...(options.showCancel === false ? [] : [text('cancelText', '取消')]),
        text('confirmText', '确定'),
      ]
      const chosen = await ask(layer, {
        title: text('title'),
        content: text('content'),
        buttons,
        kind: 'modal',
      })
      const confirm = chosen === buttons.length - 1
      return { confirm, cancel: !confirm, content: null }
    }),
    showActionSheet: call('showActionSheet', async ({ itemList }) => {
      const items = (itemList as readonly string[]).slice(0, 6)
      const chosen = await ask(layer, { title: '', content: '', buttons: [...items, '取消'], kind: 'sheet' })
      if (chosen === items.length) throw new Error('cancel')
      return { tapIndex: chosen }
    }),
  }
}

interface Question {
  readonly title: string
  readonly content: string
  readonly buttons: readonly string[]
  readonly kind: 'modal' | 'sheet'
}

/** Shows a question over the phone's screen and waits for the index of the button pressed. */
export function ask(layer: HTMLElement, { title, content, buttons, kind }: Question): Promise<number> {
  return new Promise((resolve) => {
    const veil = make('div', `wx-veil ${kind}`)
    const box = make('div', 'wx-box')
    box.setAttribute('role', 'dialog')
    if (title !== '') box.append(make('h3', '', title))
    if (content !== '') box.append(make('p', '', content))
    const row = make('div', 'wx-buttons')
    buttons.forEach((label, index) => {
      const button = make('button', '', label)
      button.addEventListener('click', () => {
        veil.remove()
        resolve(index)
      })
      row.append(button)
    })
    box.append(row)
    veil.append(box)
    layer.append(veil)
  })
}

/** Asks for a line of text in place of what only a phone can do: what the camera reads. Undefined: left. */
export function askText(
  layer: HTMLElement,
  question: Omit<Question, 'kind' | 'buttons'>,
): Promise<string | undefined> {
  const answer = ask(layer, { ...question, buttons: ['取消', '确定'], kind: 'modal' })
  const field = document.createElement('input')
  field.className = 'wx-line'
  field.setAttribute('aria-label', question.title)
  layer.querySelector('.wx-veil:last-child .wx-buttons')?.before(field)
  field.focus()
  return answer.then((button) => (button === 1 && field.value !== '' ? field.value : undefined))
}

function make(tag: string, className: string, text = ''): HTMLElement {
  const element = document.createElement(tag)
  element.className = className
  element.textContent = text
  return element
}
