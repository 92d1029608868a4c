import type { Phone } from '../device/phone.ts'
import type { Pages, RouteResult } from '../runtime/pages.ts'
import type { SelectorQuery } from '../runtime/selector-query.ts'
import { accountApi } from './account.ts'
import { call, listeners, textOf, WxFailure } from './api.ts'
import { beaconApi } from './beacons.ts'
import { fileApi } from './files.ts'
import { networkApi } from './network.ts'
import { overlayApi } from './overlays.ts'
import { sensorApi } from './sensors.ts'
import { storageApi } from './storage.ts'
import type { TextStore } from './storage.ts'
import { systemApi } from './system.ts'

/** What `wx` is made of. Pages exist only after `wx` does, hence the functions. */
export interface WxParts {
  readonly phone: Phone
  readonly layer: HTMLElement
  readonly store: TextStore
  readonly pages: () => Pages
  readonly createSelectorQuery: () => SelectorQuery
}

/**
 * The `wx` of the preview: what the mini-program uses of it, on a phone that the person drives. What is
 * missing is undefined, as on an old base library, and fails where it is called.
 */
export function createWx({ phone, layer, store, pages, createSelectorQuery }: WxParts) {
  const account = accountApi(phone, store)
  const beacons = beaconApi(phone)
  const shown = listeners<object>()
  const hidden = listeners<object>()
  phone.on('change', ({ now, before }) => {
    if (now.background === before.background) return
    if (now.background) hidden.tell({})
    else shown.tell({ path: pages().current?.route ?? '', query: {}, scene: 1001 })
  })
  const wx = {
    ...systemApi(phone),
    ...networkApi(phone),
    ...overlayApi(layer),
    ...sensorApi(phone),
    ...storageApi(store),
    ...fileApi(),
    ...beacons,
    startBeaconDiscovery: afterPrivacy(account.needPrivacy, beacons.startBeaconDiscovery),
    ...account.api,
    ...routing(pages),
    createSelectorQuery,
    setNavigationBarTitle: call('setNavigationBarTitle', ({ title }) => {
      pages().setTitle(textOf(title))
      return {}
    }),
    onAppShow: shown.on,
    offAppShow: shown.off,
    onAppHide: hidden.on,
    offAppHide: hidden.off,
    pageScrollTo: call('pageScrollTo', ({ scrollTop }) => {
      pages().current?.element.scrollTo({ top: Number(scrollTop), behavior: 'smooth' })
      return {}
    }),
    stopPullDownRefresh: call('stopPullDownRefresh', () => ({})),
  }
  return { wx, account }
}

type Asynchronous = ReturnType<typeof call>

/** Hearing beacons tells where one is: the privacy terms come first. */
function afterPrivacy(needPrivacy: (name: string) => Promise<void>, method: Asynchronous): Asynchronous {
  return call('startBeaconDiscovery', async (options) => {
    await needPrivacy('startBeaconDiscovery')
    try {
      return (await method({ uuids: options.uuids })) ?? {}
    } catch (failure) {
      const { errMsg, errCode } = failure as { errMsg: string; errCode?: number }
      throw new WxFailure(errMsg.replace('startBeaconDiscovery:fail ', ''), errCode)
    }
  })
}

function routing(pages: () => Pages) {
  const go = (name: string, how: (url: string) => RouteResult) =>
    call(name, ({ url }) => {
      const result = how(textOf(url))
      if (result) throw new WxFailure(result.refused)
      return {}
    })
  return {
    navigateTo: go('navigateTo', (url) => pages().navigateTo(url)),
    redirectTo: go('redirectTo', (url) => pages().redirectTo(url)),
    reLaunch: go('reLaunch', (url) => pages().reLaunch(url)),
    switchTab: go('switchTab', (url) => pages().switchTab(url)),
    navigateBack: call('navigateBack', ({ delta = 1 }) => {
      const result = pages().navigateBack(Number(delta))
      if (result) throw new WxFailure(result.refused)
      return {}
    }),
  }
}
