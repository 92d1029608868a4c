import { language } from '../../services/messages.ts'
import { placeWords, untilWords } from '../../services/offer-words.ts'
import { open, setChanged } from '../../services/page.ts'
import { shopper } from '../../services/shopper.ts'
import { texts } from './messages.ts'

const leaves = new WeakMap<object, () => void>()

/** An offer that comes by itself while the shopper looks at a page: pops up once, and lies in the wallet after that. */
Component({
  data: {
    t: {} as Readonly<Record<string, string>>,
    isShown: false,
    id: '',
    name: '',
    facts: '',
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
      if (leaves.has(this)) return
      const leave = shopper().onChange(() => {
        this.look()
      })
      leaves.set(this, leave)
      this.look()
    },
    end() {
      leaves.get(this)?.()
      leaves.delete(this)
    },
    look() {
      const { venue, wallet } = shopper()
      const [offer] = wallet.unseen()
      if (!offer || offer.id === this.data.id) return
      const facts = [placeWords(venue(), offer.redeemAt), untilWords(offer.heldUntilMs, Date.now())]
      wx.vibrateShort({ type: 'light', fail: () => undefined })
      setChanged(this, {
        t: texts.all(),
        isShown: true,
        id: offer.id,
        name: offer.name[language()],
        facts: facts.filter((each) => each !== '').join(language() === 'zh' ? '，' : ', '),
      })
    },
    show() {
      this.close()
      open(`/pages/code/index?id=${this.data.id}`)
    },
    close() {
      this.setData({ isShown: false })
      shopper().wallet.see(this.data.id)
    },
  },
})
