import { createGuide } from './guide.ts'
import type { Goal, Guide, GuideNews } from './guide.ts'
import { language, messages } from './messages.ts'
import { shopper } from './shopper.ts'
import type { VenueData } from './venue-data.ts'
import { createVoice } from './voice.ts'
import type { SpeechPlugin, Voice } from './voice.ts'

const texts = messages(
  {
    found: '找到你了，从你这里走',
    again: '走错了，换一条路',
    changed: '前面有变动，换了一条路',
    arrived: '到了',
  },
  {
    found: 'Found you: the way begins where you are',
    again: 'Off the way: here is a new one',
    changed: 'Something has changed ahead: here is another way',
    arrived: 'You are there',
  },
)

let voice: Voice | undefined
let latest: { readonly key: string; readonly guide: Guide } | undefined

/** The app's voice, made at first use. */
export function theVoice(): Voice {
  return (voice ??= createVoice({
    plugin: speechPlugin(),
    createPlayer: () => wx.createInnerAudioContext(),
  }))
}

/** The plug-in, where the mini-program was built and released with it. */
function speechPlugin(): SpeechPlugin | undefined {
  try {
    return requirePlugin('WechatSI') as SpeechPlugin
  } catch {
    // Not declared in app.json, not added at WeChat, or no such function.
    return undefined
  }
}

const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'

/** Whether steps are said aloud: the person's choice, kept. */
export function isSpoken(): boolean {
  return theVoice().isThere && (shopper().memory.get('spoken', isFlag) ?? true)
}

/** Switches the voice on or off; off is silent at once. */
export function setSpoken(on: boolean): void {
  shopper().memory.set('spoken', on)
  if (!on) theVoice().stop()
}

/** Leads to a goal. Asked again for the one it leads to, it goes on: map and camera show the same way. */
export function guideTo(venue: VenueData, goal: Goal): Guide {
  const key = `${venue.entry.versionId} ${JSON.stringify(goal.spot)}`
  if (latest?.key !== key) {
    const { fix, router: around } = shopper()
    const router = () => around() ?? venue.router
    const guide = createGuide({ goal, venue, router, fix, language, now: () => Date.now() })
    latest = { key, guide }
  }
  return latest.guide
}

/** Forgets the way: the person has ended it. */
export function endGuide(): void {
  latest = undefined
  theVoice().stop()
}

/** Tells the person what has happened on their way: in words on the screen, by a buzz, and aloud where wanted. */
export function tellNews(guide: Guide, news: GuideNews): void {
  if (news === 'found' || news === 'again' || news === 'changed') {
    void wx.showToast({ title: texts.say(news), icon: 'none', duration: 3000 })
  }
  if (news !== 'planned' && news !== 'soon') {
    wx.vibrateShort({ type: news === 'step' ? 'medium' : 'heavy', fail: () => undefined })
  }
  const said = isSpoken() ? sentenceOf(guide, news) : ''
  if (said !== '') theVoice().say(said, language())
}

/** What is said aloud; empty where the screen and a buzz are enough. */
function sentenceOf(guide: Guide, news: GuideNews): string {
  const steps = guide.steps()
  const text = (index: number) => steps[index]?.text ?? ''
  const at = guide.stepIndex()
  if (news === 'arrived') return text(steps.length - 1)
  if (news === 'soon') return text(at + 1)
  // It was said a few metres ago.
  if (news === 'step') return ''
  const first = news === 'again' || news === 'changed' ? texts.say(news) : ''
  return [first, text(at)].filter((each) => each !== '').join(language() === 'zh' ? '。' : '. ')
}
