import type { Json } from '../../maps/model/index.ts'
import { reloadCommand, screenshotCommand } from '../../server/contract/kiosk-values.ts'
import { kiosksContract } from '../../server/contract/kiosks.contract.ts'
import { apiOf, bodyOf } from '../data/api.ts'
import { noteError } from './health.ts'

/** A reload is carried out this long after it came, so that not all screens of a mall ask at once. */
const spreadMs = 4000

/**
 * Carries out what an operator asks of this screen over `kiosk:ID`, each thing once: a reload that is older
 * than the page, and a picture whose time is over, have been done or are too late.
 *
 * @param options.takePicture what the screen shows, as a picture
 * @param options.loadedAtMs when this page was loaded
 */
export function createCommands(options: {
  readonly token: string
  readonly loadedAtMs: number
  readonly takePicture: () => Promise<Blob>
  readonly reload: () => void
}): (values: ReadonlyMap<string, Json>) => void {
  const { token, loadedAtMs, takePicture, reload } = options
  let pictureAtMs = 0
  let isReloading = false

  async function sendPicture(): Promise<void> {
    const body = new Uint8Array(await (await takePicture()).arrayBuffer())
    bodyOf(await apiOf(() => token).call(kiosksContract.sendScreenshot, { body }))
  }

  return (values) => {
    const wanted = reloadCommand.safeParse(values.get('reload'))
    if (wanted.success && wanted.data.atMs > loadedAtMs && !isReloading) {
      isReloading = true
      setTimeout(reload, Math.random() * spreadMs)
    }
    const picture = screenshotCommand.safeParse(values.get('screenshot'))
    if (!picture.success || picture.data.atMs <= pictureAtMs || picture.data.untilMs < Date.now()) return
    pictureAtMs = picture.data.atMs
    sendPicture().catch(() => {
      noteError('other')
    })
  }
}
