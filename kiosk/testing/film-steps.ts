import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { handOn, newScreen, openPage, shots, step } from './run.ts'
import type { ScreenPlace } from './operate.ts'

/** Time of a picture of the film. */
const frameMs = 50

/**
 * Films a way through the building, picture by picture, into the folder `film` of `ATRIUM_SHOTS`: the clock of the
 * page stands still while a picture is taken, so that a slow machine films as smoothly as a fast one. From these
 * `docs/pictures/kiosk-climb.webp` is made: `img2webp -loop 0 -lossy -q 80 -d 50 film/*.png -o kiosk-climb.webp`.
 */
export function filmSteps(home: ScreenPlace): void {
  if (shots === undefined) return
  const folder = join(shots, 'film')
  step('films the way through the building', async (t, run) => {
    t.timeout(900_000)
    await mkdir(folder, { recursive: true })
    const on = await newScreen(run, home, { reducedMotion: 'no-preference', deviceScaleFactor: 1 })
    const page = await openPage(run, on, { query: '?idle=600&theme=light' })
    let taken = 0
    const film = async (ms: number) => {
      for (let atMs = 0; atMs < ms; atMs += frameMs) {
        await page.clock.runFor(frameMs)
        await page.screenshot({ path: join(folder, `${String(taken++).padStart(3, '0')}.png`) })
      }
    }
    const { search, touch, steps } = handOn(page)
    await search('hg')
    await page.locator('.place', { hasText: 'F4' }).first().click()
    await touch(/带我去/)
    await touch('无障碍')
    await steps().waitFor()
    await touch('看整栋楼')
    await page.locator('.whole-building .badge.goal').waitFor()
    await page.clock.pauseAt(Date.now() + 60_000)
    await touch('再走一遍')
    await film(4500)
    t.true(taken > 0)
    await on.close()
  })
}
