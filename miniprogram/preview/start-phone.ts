import { setPlatform } from './elements/acting.ts'
import { defineElements } from './elements/index.ts'
import { setCameraGate } from './elements/media.ts'
import { Phone } from './device/phone.ts'
import type { PhoneState } from './device/phone.ts'
import { ask, askText } from './wx/overlays.ts'
import { createAppRuntime } from './runtime/app-runtime.ts'
import type { AppRuntime } from './runtime/app-runtime.ts'
import type { MiniProgram, PageWindow } from './runtime/bundle.ts'
import { parseUrl } from './runtime/page-url.ts'
import { createPages } from './runtime/pages.ts'
import type { OpenPage, Pages } from './runtime/pages.ts'
import { createWx } from './wx/index.ts'
import { speechApi } from './wx/speech.ts'
import type { TextStore } from './wx/storage.ts'

/** A phone that runs a mini-program. */
export interface RunningPhone {
  readonly phone: Phone
  readonly pages: Pages
  /** `wx` as the mini-program has it, for whoever looks at it from outside. */
  readonly wx: Readonly<Record<string, unknown>>
}

/** Elements of the frame the phone draws into. */
export interface Frame {
  readonly screen: HTMLElement
  /** Pages, below the bars. */
  readonly stage: HTMLElement
  /** Over everything: toasts and questions. */
  readonly layer: HTMLElement
}

/**
 * Starts a mini-program in a frame: `onLaunch`, `onShow`, then the first page or the one of `start`.
 *
 * @param options.language what WeChat speaks on it
 * @param options.start page to begin with, with its query: `/pages/map/index?venue=…`
 * @param options.onPage called when another page is in front
 */
export function startPhone(
  program: MiniProgram,
  frame: Frame,
  options: {
    readonly store: TextStore
    readonly language: PhoneState['language']
    readonly start?: string | undefined
    readonly onPage: (page: OpenPage, pages: Pages) => void
  },
): RunningPhone {
  defineElements()
  const phone = new Phone()
  phone.person = personIn(frame.layer)
  phone.set({ language: options.language })
  let runtime: AppRuntime | undefined = undefined
  let pages: Pages | undefined = undefined
  const there = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the mini-program has not started yet')
    return value
  }
  const { wx, account } = createWx({
    phone,
    layer: frame.layer,
    store: options.store,
    pages: () => there(pages),
    createSelectorQuery: () => there(runtime).createSelectorQuery(there(there(pages).current).instance),
  })
  const speech = speechApi(phone)
  const app = createAppRuntime({
    program,
    screen: frame.screen,
    wx: { ...wx, createInnerAudioContext: speech.createInnerAudioContext },
    requirePlugin: speech.requirePlugin,
    pages: () => there(pages).open.map(({ instance }) => instance),
  })
  runtime = app
  const opened = createPages({
    runtime: app,
    config: program.app,
    windows: new Map(program.components.map(({ id, config }) => [id, config as PageWindow])),
    stage: frame.stage,
    onChange: (page) => {
      options.onPage(page, there(pages))
    },
  })
  pages = opened
  setPlatform({
    navigate: (how, url, delta) => {
      navigate(opened, how, { url, delta })
    },
    openType: (type) => account.openType(type),
  })
  setCameraGate(async () => {
    await account.needPrivacy('camera')
    await account.needScope('scope.camera')
    return true
  })
  phone.on('change', ({ now, before }) => {
    if (now.background === before.background) return
    opened.background(now.background)
    if (now.background) app.app.onHide?.()
    else app.app.onShow?.({ path: opened.current?.route ?? '', query: {}, scene: 1001 })
  })
  app.launch()
  const first = options.start ?? `/${program.app.pages[0] ?? ''}`
  const { route: path, query } = parseUrl(first, '')
  const launch = { path, query, scene: 1001 }
  app.app.onLaunch?.(launch)
  app.app.onShow?.(launch)
  if (opened.reLaunch(first)) opened.reLaunch(`/${program.app.pages[0] ?? ''}`)
  return { phone, pages: opened, wx }
}

function navigate(pages: Pages, how: string, { url, delta }: { url: string; delta: number }): void {
  const ways: Readonly<Record<string, () => unknown>> = {
    navigate: () => pages.navigateTo(url),
    redirect: () => pages.redirectTo(url),
    reLaunch: () => pages.reLaunch(url),
    switchTab: () => pages.switchTab(url),
    navigateBack: () => pages.navigateBack(delta),
  }
  ways[how]?.()
}

const questions: Readonly<Record<string, string>> = {
  privacy: '使用前请阅读并同意隐私保护指引',
  'scope.userLocation': '想使用你的位置信息',
  'scope.camera': '想使用你的摄像头',
  'scope.bluetooth': '想使用你的蓝牙',
  phone: '想使用你的手机号',
  subscribe: '想给你发送通知',
}

/** Asks on the phone's screen, as WeChat does. */
function personIn(layer: HTMLElement): Phone['person'] {
  const yes = async (content: string, buttons = ['拒绝', '允许']) =>
    (await ask(layer, { title: '微信', content, buttons, kind: 'modal' })) === buttons.length - 1
  return {
    ask: (what) => yes(questions[what] ?? what),
    scan: () => askText(layer, { title: '扫码', content: '预览没有镜头：输入码里的内容' }),
    readGuide: async () => {
      const content = '这里打开商场在微信公众平台填写的隐私保护指引。预览里没有。'
      await ask(layer, { title: '微信', content, buttons: ['知道了'], kind: 'modal' })
    },
    pay: () => yes('确认支付？这里不会扣款。', ['取消', '支付']),
    settings: async (scopes) => {
      const names = Object.keys(scopes)
      const allowed = await yes(names.map((name) => questions[name] ?? name).join('、') || '没有可设置的权限')
      return Object.fromEntries(names.map((name) => [name, allowed ? 'granted' : 'denied'] as const))
    },
  }
}
