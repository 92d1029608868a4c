import { parkingContract } from '../../../../server/contract/parking.contract.ts'
import { clockTime } from '../../services/clock-time.ts'
import { Away, Refused } from '../../services/http.ts'
import { language } from '../../services/messages.ts'
import { asShopper, myCars } from '../../services/my-cars.ts'
import { open, setChanged } from '../../services/page.ts'
import { moneyText, payQuote } from '../../services/pay-parking.ts'
import type { Payment, PayResult, Quote } from '../../services/pay-parking.ts'
import { shopper } from '../../services/shopper.ts'
import { parkedFor } from '../car/describe-car.ts'
import { texts } from './messages.ts'

const tickMs = 1_000

/** What parking costs, line by line, paying it, and until when one may drive out. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    state: 'loading' as 'loading' | 'quote' | 'paid' | 'none' | 'away',
    since: '',
    due: '',
    hint: '',
    lines: [] as readonly {
      readonly key: number
      readonly text: string
      readonly money: string
      readonly isLess: boolean
    }[],
    total: '',
    notice: '',
    button: '',
    paid: '',
    paidAt: '',
    receipt: '',
    isDemo: false,
  },
  ticketId: '',
  quote: undefined as Quote | undefined,
  payment: undefined as Payment | undefined,
  isBusy: false,
  timer: undefined as number | undefined,

  onLoad(query) {
    this.setData({ t: texts.all() })
    this.ticketId = query.ticket ?? ''
  },
  onShow() {
    this.timer = setInterval(() => {
      this.tick()
    }, tickMs)
    if (!this.payment) void this.ask()
  },
  onHide() {
    this.stop()
  },
  onUnload() {
    this.stop()
  },
  stop() {
    if (this.timer !== undefined) clearInterval(this.timer)
    this.timer = undefined
  },

  /** Asks for a quote; without a ticket for the car that drove in last. */
  async ask() {
    const venue = shopper().venue()
    if (!venue) {
      this.setData({ state: 'away' })
      return
    }
    const venueId = venue.entry.id
    if (this.ticketId === '') {
      const isFresh = await myCars().refresh(venueId)
      const inside = myCars()
        .known(venueId)
        .cars.filter(({ ticketId }) => ticketId !== undefined)
      const [last] = inside.sort((a, b) => (b.enteredAtMs ?? 0) - (a.enteredAtMs ?? 0))
      this.ticketId = last?.ticketId ?? ''
      if (this.ticketId === '') {
        this.setData({ state: isFresh ? 'none' : 'away' })
        return
      }
    }
    try {
      const body = { car: { ticketId: this.ticketId } }
      this.quote = await asShopper.call(parkingContract.quote, { params: { venueId }, body })
      this.show(this.quote)
    } catch (error) {
      if (!(error instanceof Away) && !(error instanceof Refused)) throw error
      this.setData({ state: error instanceof Away ? 'away' : 'none' })
      this.ticketId = ''
    }
  },

  show(quote: Quote) {
    const money = (fen: number) => moneyText(fen, language())
    this.setData({
      state: 'quote',
      since: texts.say('since', {
        time: clockTime(quote.enteredAtMs),
        parked: parkedFor(quote.enteredAtMs, Date.now()),
      }),
      due: quote.dueFen > 0 ? money(quote.dueFen) : '',
      total: money(quote.dueFen),
      lines: quote.lines.map(({ text, amountFen }, key) => ({
        key,
        text: text[language()] ?? text.zh ?? '',
        money: money(amountFen),
        isLess: amountFen < 0,
      })),
      button: texts.say('pay', { money: money(quote.dueFen) }),
    })
    this.tick()
  },

  /** Counts down: a quote that has run out is asked for anew, a paid stay has its time to leave. */
  tick() {
    const nowMs = Date.now()
    if (this.data.state === 'paid') {
      const leaveByMs = this.payment?.leaveByMs
      setChanged(this, { hint: leaveByMs === undefined ? '' : leaveWords(leaveByMs, nowMs) })
      return
    }
    const { quote } = this
    if (this.data.state !== 'quote' || !quote) return
    const { dueFen, expiresAtMs, leaveByMs } = quote
    if (dueFen === 0) {
      const hint =
        leaveByMs === undefined
          ? texts.say('nothingPlain')
          : texts.say('nothingHint', { time: clockTime(leaveByMs) })
      setChanged(this, { hint })
      return
    }
    if (expiresAtMs === undefined) return
    if (expiresAtMs > nowMs) {
      setChanged(this, { hint: texts.say('held', { left: leftWords(expiresAtMs - nowMs) }) })
    } else if (!this.isBusy) {
      this.quote = undefined
      setChanged(this, { hint: texts.say('renewing') })
      void this.ask()
    }
  },

  async pay() {
    const venue = shopper().venue()
    const quoteId = this.quote?.quoteId
    if (this.isBusy || !venue || quoteId === undefined) return
    this.isBusy = true
    const { button } = this.data
    this.setData({ notice: '', button: texts.say('paying') })
    try {
      const result = await payQuote(
        {
          http: asShopper,
          platform: {
            requestPayment: (options) => {
              wx.requestPayment(options)
            },
          },
          signIn: () => shopper().account.signIn(true),
          confirmDemo,
          wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        },
        { venueId: venue.entry.id, quoteId },
      )
      await this.ended(result)
    } catch (error) {
      if (!(error instanceof Away) && !(error instanceof Refused)) throw error
      this.setData({ notice: texts.say('awayHint') })
    } finally {
      this.isBusy = false
      this.setData({ button })
    }
  },

  async ended(result: PayResult) {
    if (result.kind === 'expired') {
      await this.ask()
      return
    }
    if (result.kind !== 'paid') {
      this.setData({ notice: texts.say(result.kind) })
      return
    }
    const { payment, isDemo } = result
    this.payment = payment
    this.setData({
      state: 'paid',
      isDemo,
      paid: texts.say('paid', { money: moneyText(payment.receivedFen ?? payment.askedFen, language()) }),
      paidAt: texts.say('paidAt', { time: clockTime(payment.paidAtMs ?? Date.now()) }),
      receipt: texts.say('receipt', { id: payment.id.slice(-8).toUpperCase() }),
    })
    this.tick()
  },

  openCar() {
    if (getCurrentPages().length > 1) void wx.navigateBack()
    else void wx.redirectTo({ url: '/parking/car/index' })
  },
  openPlates() {
    open('/parking/plates/index')
  },
})

async function confirmDemo(amountFen: number): Promise<boolean> {
  const { confirm } = await wx.showModal({
    title: texts.say('demoTitle'),
    content: texts.say('demoAsk', { money: moneyText(amountFen, language()) }),
    confirmText: texts.say('demoYes'),
    cancelText: texts.say('cancel'),
  })
  return confirm
}

function leaveWords(leaveByMs: number, nowMs: number): string {
  const time = clockTime(leaveByMs, nowMs)
  return leaveByMs > nowMs
    ? texts.say('leaveBy', { time, left: leftWords(leaveByMs - nowMs) })
    : texts.say('late', { time })
}

/** What is left of a time: `4:05`. */
function leftWords(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
