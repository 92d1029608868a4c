import '../../ui/base.css'
import './phone.css'
import './preview.css'
import { createApp } from 'vue'
import { language } from '../../ui/i18n.ts'
import { applyTheme, theme } from '../../ui/theme.ts'
import PreviewPanel from './panel/PreviewPanel.vue'
import type { MiniProgram, TabBarConfig } from './runtime/bundle.ts'
import type { OpenPage, Pages } from './runtime/pages.ts'
import { startPhone } from './start-phone.ts'
import type { RunningPhone } from './start-phone.ts'

declare global {
  var miniProgram: MiniProgram
  /** The running phone, for whoever drives the page from outside: a test, or the browser's console. */
  var preview: RunningPhone
}

applyTheme()

const program = globalThis.miniProgram
const screen = part('screen')
const address = location.hash.slice(1)

const running = startPhone(
  program,
  { screen, stage: part('stage'), layer: part('layer') },
  {
    store: localStorage,
    language: language.value === 'zh' ? 'zh_CN' : 'en',
    start: address.startsWith('/') ? address : undefined,
    onPage: showBars,
  },
)
globalThis.preview = running
running.phone.set({ theme: theme.value })
createApp(PreviewPanel, { running }).mount('#panel')

const clock = part('clock')
const tick = () => {
  clock.textContent = new Date().toLocaleTimeString('zh-CN', {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })
}
tick()
setInterval(tick, 5000)

/** The bars WeChat draws around the page in front, and its address in the browser's. */
function showBars(page: OpenPage, pages: Pages): void {
  const bar = part('bar')
  screen.classList.toggle('with-bar', page.hasNavigationBar)
  screen.classList.toggle('light-text', page.hasLightSigns)
  const title = document.createElement('span')
  title.textContent = page.title
  bar.replaceChildren(title)
  if (pages.open.length > 1) {
    const back = document.createElement('button')
    back.textContent = '‹'
    back.setAttribute('aria-label', '返回')
    back.addEventListener('click', () => {
      pages.navigateBack(1)
    })
    bar.prepend(back)
  }
  showTabs(page, pages, program.app.tabBar)
  const query = Object.entries(page.query).map(([name, value]) => `${name}=${value}`)
  history.replaceState(null, '', `#/${page.route}${query.length > 0 ? `?${query.join('&')}` : ''}`)
}

function showTabs(page: OpenPage, pages: Pages, tabBar: TabBarConfig | undefined): void {
  const tabs = part('tabs')
  const isShown = tabBar?.custom !== true && tabBar?.list.some(({ pagePath }) => pagePath === page.route)
  tabs.hidden = isShown !== true
  screen.classList.toggle('with-tabs', isShown === true)
  if (!tabBar || isShown !== true) return
  tabs.replaceChildren(
    ...tabBar.list.map(({ pagePath, text }) => {
      const button = document.createElement('button')
      button.textContent = text
      button.style.color = (pagePath === page.route ? tabBar.selectedColor : tabBar.color) ?? ''
      button.addEventListener('click', () => {
        pages.switchTab(`/${pagePath}`)
      })
      return button
    }),
  )
}

function part(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page has no #${id}`)
  return element
}
