import { encode } from 'uqr'
import { nameIn } from '../../../../maps/render/name-in.ts'
import { language } from '../../services/messages.ts'
import { placeWords, shopOf, untilWords } from '../../services/offer-words.ts'
import { setChanged } from '../../services/page.ts'
import { Away, Refused } from '../../services/http.ts'
import { shopper } from '../../services/shopper.ts'
import type { Offer } from '../../services/wallet.ts'
import { texts } from './messages.ts'

interface QrContext {
  fillStyle: unknown
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void
  fillRect(x: number, y: number, width: number, height: number): void
}

interface QrNode {
  width: number
  height: number
  getContext(type: '2d'): QrContext
}

interface State {
  timer?: number | undefined
  leave?: (() => void) | undefined
  node?: QrNode
  drawn?: string
  /** The screen's brightness before it was turned up. */
  brightness?: number | undefined
  triedMs: number
}

const states = new WeakMap<object, State>()
const secondMs = 1_000
const codeStepMs = 30_000
/** Codes are asked for again while fewer minutes than this are left, and not more often than this. */
const lowMs = 5 * 60_000
const askEveryMs = 5_000
/** The side of the code on screen, CSS px; a till reads it from a hand's breadth away. */
const sideRpx = 424

function stateOf(component: object): State {
  const state = states.get(component) ?? { triedMs: 0 }
  states.set(component, state)
  return state
}

/**
 * A coupon with the code a till reads: another one every half minute, from what the phone has fetched for the
 * next ten. Turns the screen up while it is looked at. Event `how`: the shopper wants to know how to use it.
 */
Component({
  properties: {
    offer: { type: String, value: '' },
  },
  data: {
    t: {} as Readonly<Record<string, string>>,
    name: '',
    place: '',
    initial: '',
    tint: 'service',
    state: 'getting',
    title: '',
    groups: '',
    spoken: '',
    turn: 0,
    below: '',
    isOffline: false,
    isBright: false,
  },
  observers: {
    offer() {
      const state = stateOf(this)
      state.triedMs = 0
      this.look()
    },
  },
  lifetimes: {
    ready() {
      this.begin()
    },
    detached() {
      this.end()
    },
  },
  pageLifetimes: {
    show() {
      this.begin()
    },
    hide() {
      this.end()
    },
  },
  methods: {
    begin() {
      const state = stateOf(this)
      if (state.timer !== undefined) return
      state.timer = setInterval(() => {
        this.look()
      }, secondMs)
      state.leave = shopper().onChange(() => {
        this.look()
      })
      this.look()
    },
    end() {
      const state = stateOf(this)
      if (state.timer !== undefined) clearInterval(state.timer)
      state.timer = undefined
      state.leave?.()
      state.leave = undefined
      this.dim()
    },
    look() {
      const { venue, wallet } = shopper()
      const offer = wallet.find(this.data.offer)
      if (!offer) return
      const shop = shopOf(venue(), offer.redeemAt)
      const name = offer.name[language()]
      const code =
        offer.state === 'held' && offer.heldUntilMs > Date.now() ? wallet.code(offer.id) : undefined
      const [initial = ''] = shop ? nameIn(shop.name, language()) : name
      setChanged(this, {
        t: texts.all(),
        name,
        place: [placeWords(venue(), offer.redeemAt), untilWords(offer.heldUntilMs, Date.now())]
          .filter((each) => each !== '')
          .join(language() === 'zh' ? '，' : ', '),
        initial: initial.toUpperCase(),
        tint: shop?.shopCategory ?? 'service',
        ...this.codeWords(offer, code),
      })
      if (code) {
        this.draw(code.digits)
        this.brighten()
      } else {
        this.dim()
      }
      this.fetch(offer)
    },
    codeWords(offer: Offer, code: { digits: string; leftMs: number } | undefined) {
      const { floor, wallet } = shopper()
      const ending = endOf(offer)
      if (ending) return { state: ending, title: texts.say(ending), groups: '', isOffline: false }
      if (!code) {
        const isAway = stateOf(this).triedMs > 0 && !floor.isCurrent()
        return { state: isAway ? 'none' : 'getting', title: '', groups: '', isOffline: isAway }
      }
      const minutes = Math.max(1, Math.floor(wallet.codesForMs(offer.id) / 60_000))
      const isOffline = !floor.isCurrent()
      return {
        state: 'code',
        title: '',
        groups: code.digits.replace(/(\d{4})(?=\d)/g, '$1 '),
        spoken: texts.say('code', { digits: code.digits }),
        turn: Math.round((code.leftMs / codeStepMs) * 360),
        below: texts.say('next', { seconds: Math.ceil(code.leftMs / 1000) }),
        isOffline,
        offline: isOffline ? texts.say('offline', { minutes }) : '',
      }
    },
    /** Keeps the phone in codes for the time without a network. */
    fetch(offer: Offer) {
      const state = stateOf(this)
      const { wallet } = shopper()
      if (endOf(offer) || wallet.codesForMs(offer.id) > lowMs || Date.now() - state.triedMs < askEveryMs)
        return
      state.triedMs = Date.now()
      wallet.fetchCodes(offer).then(
        () => {
          this.look()
        },
        (error: unknown) => {
          if (!(error instanceof Away) && !(error instanceof Refused)) throw error
          this.look()
        },
      )
    },
    draw(digits: string) {
      const state = stateOf(this)
      if (state.drawn === digits && state.node) return
      if (state.node) {
        state.drawn = digits
        drawCode(state.node, digits)
        return
      }
      this.createSelectorQuery()
        .select('#code')
        .fields({ node: true, size: true })
        .exec((results: readonly ({ node: QrNode; width: number } | null)[]) => {
          const [found] = results
          if (!found) return
          state.node = found.node
          state.drawn = digits
          drawCode(found.node, digits)
        })
    },
    brighten() {
      const state = stateOf(this)
      if (state.brightness !== undefined || state.timer === undefined) return
      state.brightness = 0.5
      wx.getScreenBrightness({
        success: ({ value }) => {
          state.brightness = value
        },
        complete: () => {
          wx.setScreenBrightness({
            value: 1,
            success: () => {
              setChanged(this, { isBright: true })
            },
            fail: () => undefined,
          })
        },
      })
    },
    dim() {
      const state = stateOf(this)
      if (state.brightness === undefined) return
      wx.setScreenBrightness({ value: state.brightness, fail: () => undefined })
      state.brightness = undefined
      setChanged(this, { isBright: false })
    },
    how() {
      this.triggerEvent('how', {})
    },
  },
})

/** How an offer ended; undefined while it can be used. */
function endOf({ state, heldUntilMs }: Offer): Exclude<Offer['state'], 'held'> | undefined {
  if (state !== 'held') return state
  return heldUntilMs <= Date.now() ? 'expired' : undefined
}

/** Black on white whatever the theme: tills read nothing else. */
function drawCode(node: QrNode, digits: string): void {
  const { data, size } = encode(digits, { ecc: 'M', border: 0 })
  const { pixelRatio, windowWidth } = wx.getWindowInfo()
  const sidePx = ((sideRpx * windowWidth) / 750) * Math.min(3, pixelRatio)
  // Whole pixels for each module, so that no edge is grey.
  const modulePx = Math.max(1, Math.floor(sidePx / size))
  node.width = size * modulePx
  node.height = size * modulePx
  const context = node.getContext('2d')
  context.fillStyle = '#fff'
  context.fillRect(0, 0, node.width, node.height)
  context.fillStyle = '#000'
  data.forEach((row, y) => {
    row.forEach((isDark, x) => {
      if (isDark) context.fillRect(x * modulePx, y * modulePx, modulePx, modulePx)
    })
  })
}
