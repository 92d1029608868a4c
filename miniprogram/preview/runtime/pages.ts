import type { Root } from 'glass-easel-miniprogram-adapter'
import { PageContainerElement } from '../elements/containers.ts'
import type { AppRuntime } from './app-runtime.ts'
import type { AppConfig, PageWindow } from './bundle.ts'
import { parseUrl } from './page-url.ts'
import type { QueryScope } from './selector-query.ts'

/** WeChat opens no more pages on top of each other. */
export const pageStackMax = 10

/** A page as its module sees it. */
export type PageInstance = QueryScope & {
  route: string
  options: Readonly<Record<string, string>>
  [key: string]: unknown
}

/** A page that is open. */
export interface OpenPage {
  readonly route: string
  readonly query: Readonly<Record<string, string>>
  readonly instance: PageInstance
  readonly element: HTMLElement
  /** Title of the bar above it; the page may change it. */
  title: string
  readonly hasNavigationBar: boolean
  /** Whether the phone's own signs over it are white. */
  readonly hasLightSigns: boolean
}

interface Entry extends OpenPage {
  readonly root: Root
  readonly tabBar?: { readonly root: Root; readonly instance: PageInstance }
  isReady: boolean
}

export type RouteResult = { readonly refused: string } | undefined

/** The pages that are open, and how one goes from one to another. */
export interface Pages {
  readonly current: OpenPage | undefined
  readonly open: readonly OpenPage[]
  navigateTo(url: string): RouteResult
  redirectTo(url: string): RouteResult
  reLaunch(url: string): RouteResult
  switchTab(url: string): RouteResult
  /** @returns a refusal when this is the first page */
  navigateBack(delta: number): RouteResult
  setTitle(title: string): void
  /** The phone goes to another app and comes back. */
  background(isHidden: boolean): void
}

/**
 * The page stack of a mini-program: lifecycles in WeChat's order (`onLoad`, `onShow`, `onReady`, `onHide`,
 * `onUnload`), pages of the tab bar kept, at most ten on top of each other.
 *
 * @param parts.stage element the pages are put into
 * @param parts.windows settings of pages by route
 * @param parts.onChange called when another page is in front or its title has changed
 */
export function createPages(parts: {
  readonly runtime: AppRuntime
  readonly config: AppConfig
  readonly windows: ReadonlyMap<string, PageWindow>
  readonly stage: HTMLElement
  readonly onChange: (page: OpenPage) => void
}): Pages {
  const { runtime, config, windows, stage, onChange } = parts
  const stack: Entry[] = []
  const tabs = new Map<string, Entry>()
  /** The page whose `onLoad` runs: a title set there is its own, not that of the page in front. */
  let loading: { title: string } | undefined

  const tabIndex = (route: string) =>
    config.tabBar?.list.findIndex(({ pagePath }) => pagePath === route) ?? -1
  const top = () => stack[stack.length - 1]

  const call = (entry: Entry, name: string, argument?: unknown): unknown => {
    const method = entry.instance[name]
    return typeof method === 'function' ? method.call(entry.instance, argument) : undefined
  }

  const mount = (route: string, query: Readonly<Record<string, string>>): Entry => {
    const root = runtime.createRoot(route)
    const instance = root.get() as unknown as PageInstance
    Object.assign(instance, { route, options: query, __route__: route })
    const element = document.createElement('wx-page')
    element.dataset.route = route
    const window: PageWindow = { ...config.window, ...windows.get(route) }
    element.classList.toggle('no-scroll', window.disableScroll === true)
    stage.append(element)
    const tabBar = tabIndex(route) >= 0 && config.tabBar?.custom ? mountTabBar(element) : undefined
    if (tabBar) Object.assign(instance, { getTabBar: () => tabBar.instance })
    const entry: Entry = {
      route,
      query,
      root,
      instance,
      element,
      ...(tabBar && { tabBar }),
      title: window.navigationBarTitleText ?? '',
      hasNavigationBar: window.navigationStyle !== 'custom',
      hasLightSigns: window.navigationBarTextStyle === 'white',
      isReady: false,
    }
    loading = entry
    attach(root, element)
    call(entry, 'onLoad', query)
    loading = undefined
    return entry
  }

  const mountTabBar = (element: HTMLElement) => {
    const root = runtime.createRoot('custom-tab-bar/index')
    attach(root, element)
    return { root, instance: root.get() as unknown as PageInstance }
  }

  const show = (entry: Entry): void => {
    entry.element.hidden = false
    call(entry, 'onShow')
    entry.root.getComponent().triggerPageLifetime('show', [])
    onChange(entry)
    if (entry.isReady) return
    entry.isReady = true
    requestAnimationFrame(() => call(entry, 'onReady'))
  }

  const hide = (entry: Entry): void => {
    entry.element.hidden = true
    call(entry, 'onHide')
    entry.root.getComponent().triggerPageLifetime('hide', [])
  }

  const unload = (entry: Entry): void => {
    call(entry, 'onUnload')
    entry.tabBar?.root.release()
    entry.root.release()
    entry.element.remove()
    tabs.delete(entry.route)
  }

  const known = (url: string): { route: string; query: Record<string, string> } | { refused: string } => {
    const { route, query } = parseUrl(url, top()?.route ?? '')
    return config.pages.includes(route) ? { route, query } : { refused: `page "${route}" is not found` }
  }

  const open = (
    url: string,
    how: (route: string, query: Record<string, string>) => RouteResult,
  ): RouteResult => {
    const target = known(url)
    return 'refused' in target ? target : how(target.route, target.query)
  }

  const put = (entry: Entry): RouteResult => {
    stack.push(entry)
    show(entry)
    return undefined
  }

  return {
    get current() {
      return top()
    },
    get open() {
      return stack
    },
    navigateTo: (url) =>
      open(url, (route, query) => {
        if (tabIndex(route) >= 0) return { refused: 'can not navigateTo a tabbar page' }
        if (stack.length >= pageStackMax) return { refused: 'webview count limit exceed' }
        const entry = mount(route, query)
        const below = top()
        if (below) hide(below)
        return put(entry)
      }),
    redirectTo: (url) =>
      open(url, (route, query) => {
        if (tabIndex(route) >= 0) return { refused: 'can not redirectTo a tabbar page' }
        const below = stack.pop()
        if (below) unload(below)
        return put(mount(route, query))
      }),
    reLaunch: (url) =>
      open(url, (route, query) => {
        const old = new Set([...stack.splice(0), ...tabs.values()])
        for (const entry of old) unload(entry)
        const entry = mount(route, query)
        if (tabIndex(route) >= 0) tabs.set(route, entry)
        return put(entry)
      }),
    switchTab: (url) =>
      open(url, (route) => {
        if (tabIndex(route) < 0) return { refused: 'can not switch to no-tabBar page' }
        if (top()?.route === route) return undefined
        for (const entry of stack.splice(0)) {
          if (tabIndex(entry.route) < 0) unload(entry)
          else if (!entry.element.hidden) hide(entry)
        }
        const entry = tabs.get(route) ?? mount(route, {})
        tabs.set(route, entry)
        return put(entry)
      }),
    navigateBack(delta) {
      const container = top()?.element.querySelector('wx-page-container[open]')
      if (container instanceof PageContainerElement) {
        container.close()
        return undefined
      }
      const steps = Math.min(Math.max(1, delta), stack.length - 1)
      if (steps < 1) return { refused: 'cannot navigate back at first page' }
      for (const entry of stack.splice(stack.length - steps)) unload(entry)
      const entry = top()
      if (entry) show(entry)
      return undefined
    },
    setTitle(title) {
      const entry = loading ?? top()
      if (entry) entry.title = title
      const front = top()
      if (!loading && front) onChange(front)
    },
    background(isHidden) {
      const entry = top()
      if (!entry) return
      if (isHidden) call(entry, 'onHide')
      else call(entry, 'onShow')
    },
  }
}

function attach(root: Root, element: HTMLElement): void {
  const placeholder = document.createElement('i')
  element.append(placeholder)
  const backendOf = (node: HTMLElement) => node as unknown as Parameters<Root['attach']>[0]
  root.attach(backendOf(element), backendOf(placeholder))
}
