import { IsNull, MoreThan, Or } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import { kiosksContract as contract, maxContent } from '../contract/kiosks.contract.ts'
import { route } from '../http/index.ts'
import type { Route } from '../http/index.ts'
import { addPicture, changeContent, createContent, removeContent } from './content.command.ts'
import { contentEntity, pictureEntity } from './kiosk.entity.ts'
import { presentCard, presentContent } from './kiosk.presenter.ts'
import { occasionOf } from './kiosks-services.ts'
import type { KiosksServices } from './kiosks-services.ts'

/** What screens show beside the map. */
export function contentRoutes(services: KiosksServices): Route[] {
  const { database, clock, map } = services
  const { manager } = database.dataSource
  const isOnMap = (venueId: VenueId, place: string | undefined) =>
    place === undefined || map(venueId)?.destinations.some(({ id }) => id === place) === true
  return [
    route(contract.readContent, async ({ params: { venueId } }) => {
      if (!map(venueId)) return { refused: 'unknown-venue' }
      const untilAt = Or(IsNull(), MoreThan(new Date(clock())))
      const rows = await manager.findBy(contentEntity, { venueId, untilAt })
      return { status: 200, body: rows.slice(0, maxContent).sort(byOrder).map(presentCard) }
    }),
    route(contract.listContent, async ({ params: { venueId } }) => {
      const rows = await manager.findBy(contentEntity, { venueId })
      const nowMs = clock()
      return { status: 200, body: rows.sort(byOrder).map((row) => presentContent(row, nowMs)) }
    }),
    route(contract.createContent, async (call) => {
      const { venueId } = call.params
      if (!map(venueId)) return { refused: 'unknown-venue' }
      if (!isOnMap(venueId, call.body.place)) return { refused: 'not-on-map' }
      const row = await createContent(call.manager, occasionOf(services, call), { venueId, terms: call.body })
      return 'refused' in row ? row : { status: 201, body: presentContent(row, clock()) }
    }),
    route(contract.changeContent, async (call) => {
      const { params, body } = call
      if (!map(params.venueId)) return { refused: 'unknown-venue' }
      if (!isOnMap(params.venueId, body.place)) return { refused: 'not-on-map' }
      const row = await database.transaction((within) =>
        changeContent(within, occasionOf(services, call), params, body),
      )
      return 'refused' in row ? row : { status: 200, body: presentContent(row, clock()) }
    }),
    route(contract.removeContent, async (call) => {
      const removed = await database.transaction((within) =>
        removeContent(within, occasionOf(services, call), call.params),
      )
      return removed ? { status: 204 } : { refused: 'unknown-content' }
    }),
    route(contract.addPicture, async (call) => {
      const { venueId } = call.params
      if (!map(venueId)) return { refused: 'unknown-venue' }
      const added = await database.transaction((within) =>
        addPicture(within, occasionOf(services, call), { venueId, bytes: call.body }),
      )
      if ('refused' in added) return added
      return { status: 201, body: { ...added, url: `/v1/venues/${venueId}/pictures/${added.hash}` } }
    }),
    route(contract.readPicture, async ({ params }) => {
      const row = await manager.findOneBy(pictureEntity, params)
      if (!row) return { refused: 'unknown-picture' }
      const headers = {
        'content-type': row.mediaType,
        'cache-control': 'public, max-age=31536000, immutable',
        etag: `"${row.hash}"`,
      }
      return { status: 200, body: row.bytes, headers }
    }),
  ]
}

type Ordered = Parameters<typeof presentCard>[0]

/** The smallest order first, the newest first among equals. */
function byOrder(a: Ordered, b: Ordered): number {
  return a.terms.order - b.terms.order || (a.contentId < b.contentId ? 1 : -1)
}
