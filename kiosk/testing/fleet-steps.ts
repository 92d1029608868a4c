import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { kiosksContract } from '../../server/contract/kiosks.contract.ts'
import { venuesContract } from '../../server/contract/venues.contract.ts'
import { good } from './operate.ts'
import { look, newScreen, openPage, shots, step, waitFor } from './run.ts'

const second = 1000

/** What an operator does with a screen, from its code to its end. */
export function fleetSteps(): void {
  step(
    'becomes a kiosk by its code, and shows the playlist, the brightness and the picture an operator asks for',
    async (t, run) => {
      const { operator, venueId } = run.server
      const params = { venueId }
      const unbound = await newScreen(run, undefined)
      const fresh = await openPage(run, unbound, { query: '?theme=light', until: '.big-code' })
      await look(t, fresh, 'pairing')
      const code = await fresh.locator('.big-code').innerText()
      const levels = good(await operator.call(venuesContract.listLevels, { params }))
      const { id: levelId } = levels.find(({ shortName }) => shortName === 'F2')!
      const body = { code, name: '二楼', levelId, x: 110, y: 58, headingDeg: 90 } as const
      const { settings } = good(await operator.call(kiosksContract.bindKiosk, { params, body }))
      await fresh.clock.fastForward(4 * second)
      await fresh.locator('.kiosk[data-drawn]').waitFor()
      t.regex(await fresh.locator('.stack [aria-current]').innerText(), /^F2/)
      const ofKiosk = { params: { venueId, kioskId: settings.kioskId } }

      const ids: string[] = []
      for (const [zh, en] of [
        ['冬日集市', 'Winter market'],
        ['周末音乐会', 'Weekend concert'],
      ] as const) {
        const card = { kind: 'card', title: { zh, en } } as const
        ids.push(good(await operator.call(kiosksContract.createContent, { params, body: card })).id)
      }
      const titles = fresh.locator('.poster b')
      await fresh.locator('.poster', { hasText: '冬日集市' }).waitFor()
      const playlist = [{ contentId: ids[1]! }]
      good(await operator.call(kiosksContract.changeKiosk, { ...ofKiosk, body: { playlist } }))
      // The cards take turns: the new list begins with the one it names, and the other has no turn any more.
      await waitFor(fresh, async () => {
        const [first, ...others] = await titles.allInnerTexts()
        return first === '周末音乐会' && !others.includes('冬日集市') ? true : undefined
      })
      for (let turn = 0; turn < 2; turn++) {
        await fresh.clock.fastForward(8 * second)
        t.false((await titles.allInnerTexts()).includes('冬日集市'))
      }

      const brightness = { hours: [{ hours: 'Mo-Su 00:00-24:00', percent: 30 }], otherwisePercent: 100 }
      good(await operator.call(kiosksContract.changeKiosk, { ...ofKiosk, body: { brightness } }))
      const shade = () => fresh.locator('.dim').evaluate((element) => getComputedStyle(element).opacity)
      t.is(await shade(), '0.7')
      await fresh.touchscreen.tap(200, 200)
      await fresh.locator('.dim').waitFor({ state: 'detached' })

      good(await operator.call(kiosksContract.wantScreenshot, ofKiosk))
      const sent = await waitFor(fresh, async () => {
        const answer = await operator.call(kiosksContract.readScreenshot, ofKiosk)
        return answer.ok ? answer.body : undefined
      })
      t.deepEqual([...sent.slice(0, 3)], [0xff, 0xd8, 0xff], 'a JPEG')
      t.true(sent.length > 10_000, 'of more than one colour')
      if (shots) await writeFile(join(shots, 'sent-picture.jpg'), sent)

      // Within four seconds; putting the clock forward would meet the page between two lives.
      const loaded = fresh.waitForEvent('load')
      good(await operator.call(kiosksContract.reloadKiosk, ofKiosk))
      await loaded
      await fresh.locator('.kiosk[data-drawn]').waitFor()
      t.regex(await fresh.locator('.stack [aria-current]').innerText(), /^F2/, 'it still knows who it is')

      good(await operator.call(kiosksContract.revokeKiosk, ofKiosk))
      // Its connection is ended, and when it comes again after five seconds nobody knows it.
      await fresh.locator('.big-code').waitFor()
      t.notRegex(await fresh.evaluate(() => JSON.stringify(localStorage)), /atr_k_/, 'no token is left')
      await unbound.close()
      for (const contentId of ids) {
        const removed = { params: { venueId, contentId } }
        t.true((await operator.call(kiosksContract.removeContent, removed)).ok)
      }
    },
  )
}
