import type { SearchHit } from '../../../../maps/search/open-search.ts'
import type { Fix } from '../../../../positioning/events.ts'
import { language } from '../../services/messages.ts'
import { open } from '../../services/page.ts'
import { placeRow } from '../../services/place-row.ts'
import type { PlaceRow } from '../../services/place-row.ts'
import { shopper } from '../../services/shopper.ts'
import { texts } from './messages.ts'

type Row = PlaceRow & { readonly parts: readonly { readonly text: string; readonly met: boolean }[] }

const mostResults = 30

/** Search as one types, on the phone itself: it answers without the server. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    query: '',
    results: [] as readonly Row[],
    notice: '',
  },

  onLoad(query) {
    this.setData({ t: texts.all() })
    this.find(decodeURIComponent(query.q ?? ''))
  },

  typed(event: WechatMiniprogram.Input) {
    this.find(event.detail.value)
  },

  clear() {
    this.find('')
  },

  find(query: string) {
    const venue = shopper().venue()
    const fix = shopper().fix()
    const hits =
      venue?.search.search(query, {
        lang: language(),
        limit: mostResults,
        ...(fix && { place: { level: fix.level, x: fix.x, y: fix.y } }),
      }) ?? []
    const why = venue && hits.length === 0 ? venue.search.whyNothing(query) : undefined
    const notice = !venue
      ? texts.say('away')
      : query === ''
        ? texts.say('start')
        : texts.say(why === 'no-such-kind' ? 'noneKind' : 'none', { query })
    this.setData({ query, results: hits.map((hit) => rowOf(hit, fix)), notice })
  },

  openFirst() {
    const [first] = this.data.results
    if (first) open(`/pages/shop/index?id=${first.id}`)
  },
  openPlace(event: WechatMiniprogram.TouchEvent<object, object, { id: string }>) {
    open(`/pages/shop/index?id=${event.currentTarget.dataset.id}`)
  },
})

function rowOf({ destination, name, ranges }: SearchHit, fix: Fix | undefined): Row {
  const isHere = fix?.level === destination.levelId
  const metres = fix && Math.round(Math.hypot(destination.x - fix.x, destination.y - fix.y))
  const meta =
    isHere && metres !== undefined
      ? texts.say('metres', { level: destination.level, metres })
      : destination.level
  return { ...placeRow(destination, language(), meta), parts: partsOf(name, ranges) }
}

/** A name cut where it was met. */
function partsOf(name: string, ranges: SearchHit['ranges']): Row['parts'] {
  const parts: { text: string; met: boolean }[] = []
  let at = 0
  for (const [from, to] of ranges) {
    if (from > at) parts.push({ text: name.slice(at, from), met: false })
    parts.push({ text: name.slice(from, to), met: true })
    at = to
  }
  if (at < name.length) parts.push({ text: name.slice(at), met: false })
  return parts
}
