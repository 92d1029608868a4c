import { heartbeatTimes, kiosksContract as contract } from '../contract/kiosks.contract.ts'
import { Fault, route } from '../http/index.ts'
import type { Identity, Route } from '../http/index.ts'
import { revokeDevice } from '../identities/index.ts'
import { askForReload, askForScreenshot, changeKiosk } from './change-kiosk.command.ts'
import { contentRoutes } from './content.routes.ts'
import { demoKiosk, isOnThisMachine } from './demo-kiosk.ts'
import { findKiosk, findKiosks } from './find-kiosks.ts'
import type { KioskKey } from './find-kiosks.ts'
import { presentKiosk, presentSettings } from './kiosk.presenter.ts'
import { occasionOf } from './kiosks-services.ts'
import type { KiosksServices } from './kiosks-services.ts'
import { beginPairing, bindPairing, pollPairing } from './pairing.command.ts'
import { lookAtScreenshot, takeScreenshot } from './screenshots.command.ts'

const pollMs = 3_000

/** The routes of the subject `kiosks`. */
export function kiosksRoutes(services: KiosksServices): Route[] {
  return [
    ...pairingRoutes(services),
    ...ownRoutes(services),
    ...operatorRoutes(services),
    ...screenshotRoutes(services),
    ...contentRoutes(services),
  ]
}

/** A device is of one venue. */
function keyOf({ id, venues }: Identity): KioskKey {
  const [venueId] = venues === 'all' ? [] : venues
  if (venueId === undefined) throw new Fault('forbidden')
  return { venueId, kioskId: id }
}

function pairingRoutes(services: KiosksServices): Route[] {
  const { database, clock, map, demo, forgetIdentities } = services
  return [
    route(contract.beginPairing, async (call) => {
      const begun = await database.transaction((manager) => beginPairing(manager, occasionOf(services, call)))
      return { status: 201, body: { ...begun, pollMs } }
    }),
    route(contract.pollPairing, async ({ params: { pairingId }, body: { secret } }) => {
      const polled = await database.transaction((manager) =>
        pollPairing(manager, clock(), { pairingId, secret }),
      )
      if ('refused' in polled) return polled
      if (polled.state === 'waiting') return { status: 200, body: polled }
      // The token of an answer that was lost is void at once.
      forgetIdentities()
      const { state, token, kiosk } = polled
      return { status: 200, body: { state, token, settings: presentSettings(kiosk) } }
    }),
    route(contract.pairDemo, async (call) => {
      const demoMap = demo?.map()
      if (!demo || !demoMap || !isOnThisMachine(call)) return { refused: 'demo-off' }
      const { token } = demo
      const found = await database.transaction((manager) =>
        demoKiosk(manager, occasionOf(services, call), { map: demoMap, token }),
      )
      if ('refused' in found) return found
      return { status: 200, body: { state: 'bound', token, settings: presentSettings(found) } }
    }),
    route(contract.bindKiosk, async (call) => {
      const published = map(call.params.venueId)
      if (!published) return { refused: 'unknown-venue' }
      if (!published.levels.some(({ id }) => id === call.body.levelId)) return { refused: 'unknown-level' }
      const wish = { ...call.params, ...call.body }
      const bound = await bindPairing(call.manager, occasionOf(services, call), wish)
      return 'refused' in bound ? bound : { status: 201, body: presentKiosk(bound, undefined, clock()) }
    }),
  ]
}

/** What a kiosk asks and tells about itself. */
function ownRoutes({ database, clock, heartbeats, onHeard }: KiosksServices): Route[] {
  const { manager } = database.dataSource
  return [
    route(contract.readMyKiosk, async ({ identity }) => {
      const found = await findKiosk(manager, keyOf(identity))
      return found ? { status: 200, body: presentSettings(found) } : { refused: 'unknown-kiosk' }
    }),
    route(contract.heartbeat, async ({ identity, body }) => {
      const key = keyOf(identity)
      const nowMs = clock()
      if (!(await heartbeats.hear(manager, nowMs, key, body))) return { refused: 'unknown-kiosk' }
      onHeard(key, body)
      return { status: 200, body: { nowMs, nextMs: heartbeatTimes.everyMs } }
    }),
    route(contract.sendScreenshot, async ({ identity, body: bytes }) => {
      const refusal = await database.transaction((within) =>
        takeScreenshot(within, { nowMs: clock() }, { ...keyOf(identity), bytes }),
      )
      return refusal ?? { status: 204 }
    }),
  ]
}

function operatorRoutes(services: KiosksServices): Route[] {
  const { database, clock, map, heartbeats, forgetIdentities } = services
  return [
    route(contract.listKiosks, async ({ params: { venueId } }) => {
      const found = await findKiosks(database.dataSource.manager, venueId)
      const nowMs = clock()
      const body = found.map((kiosk) => presentKiosk(kiosk, heartbeats.of(kiosk.screen.kioskId), nowMs))
      return { status: 200, body }
    }),
    route(contract.changeKiosk, async (call) => {
      const { params, body } = call
      const isKnown = (levelId: string) => map(params.venueId)?.levels.some(({ id }) => id === levelId)
      if (body.place && !isKnown(body.place.levelId)) return { refused: 'unknown-level' }
      const kiosk = await database.transaction((manager) =>
        changeKiosk(manager, occasionOf(services, call), params, body),
      )
      if ('refused' in kiosk) return kiosk
      return { status: 200, body: presentKiosk(kiosk, heartbeats.of(params.kioskId), clock()) }
    }),
    route(contract.revokeKiosk, async (call) => {
      const { venueId, kioskId } = call.params
      const revoked = await database.transaction(async (manager) => {
        if (!(await findKiosk(manager, call.params))) return false
        return revokeDevice(manager, occasionOf(services, call), { venueId, deviceId: kioskId })
      })
      forgetIdentities()
      heartbeats.forget(kioskId)
      return revoked ? { status: 204 } : { refused: 'unknown-kiosk' }
    }),
    route(contract.reloadKiosk, async (call) => {
      const occasion = occasionOf(services, call)
      const asked = await database.transaction((manager) => askForReload(manager, occasion, call.params))
      return asked ? { status: 202, body: { atMs: occasion.nowMs } } : { refused: 'unknown-kiosk' }
    }),
  ]
}

function screenshotRoutes(services: KiosksServices): Route[] {
  const { database } = services
  return [
    route(contract.wantScreenshot, async (call) => {
      const occasion = occasionOf(services, call)
      const asked = await database.transaction((manager) => askForScreenshot(manager, occasion, call.params))
      return asked ? { status: 202, body: { atMs: occasion.nowMs } } : { refused: 'unknown-kiosk' }
    }),
    route(contract.readScreenshot, async (call) => {
      const seen = await database.transaction((manager) =>
        lookAtScreenshot(manager, occasionOf(services, call), call.params),
      )
      if ('refused' in seen) return seen
      return { status: 200, body: seen.bytes, headers: { 'content-type': seen.mediaType } }
    }),
  ]
}
