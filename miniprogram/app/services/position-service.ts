import { createWalkableArea } from '../../../maps/walkable/walkable-area.ts'
import type { RoutingTables } from '../../../maps/routes/tables.ts'
import type { Fix } from '../../../positioning/events.ts'
import { PhoneTracker } from '../../../positioning/phone-tracker.ts'
import { decodeRadioMap } from '../../../positioning/radio-map/codec.ts'
import { RadioModel } from '../../../positioning/radio-map/radio-model.ts'
import { WalkableRaster } from '../../../positioning/walkable-raster.ts'
import type { BeaconService } from './beacon-service.ts'
import type { MotionService } from './motion-service.ts'

/** The phone's own position, worked out on the phone: it needs no network and sends nothing. */
export interface PositionService {
  /** The venue to be in; undefined for none. Takes about a second for a large mall: call it when nothing moves. */
  setVenue(venue: { readonly radioMap: Uint8Array; readonly tables: RoutingTables } | undefined): void
  /** The uuids of the venue's beacons: what to listen for. */
  uuids(): readonly string[]
  /** Where the phone is, levels by their id; undefined until beacons of the venue were heard. */
  fix(): Fix | undefined
  /** Call twice a second: works out the next fix and tells it. */
  tick(): void
  onFix(listener: (fix: Fix | undefined) => void): () => void
}

/** Beyond this silence a position is a memory, and is not shown. */
const forgottenAfterMs = 60_000

/** @param parts.now the clock beacons and motion are stamped with */
export function createPositionService(parts: {
  readonly beacons: BeaconService
  readonly motion: MotionService
  readonly now: () => number
}): PositionService {
  const { beacons, motion, now } = parts
  const listeners = new Set<(fix: Fix | undefined) => void>()
  let tracker: PhoneTracker | undefined
  let uuids: readonly string[] = []
  let fix: Fix | undefined

  beacons.onSightings((sightings) => {
    for (const { beacon, rssiDbm, atMs } of sightings) {
      tracker?.push({ kind: 'beacon', tMs: atMs, id: beacon, rssiDbm })
    }
  })
  motion.onEvent((event) => {
    tracker?.push(event)
  })

  return {
    setVenue(venue) {
      tracker = undefined
      uuids = []
      fix = undefined
      if (!venue) return
      const map = decodeRadioMap(venue.radioMap)
      const model = new RadioModel(map)
      const area = createWalkableArea(venue.tables.levels.map(({ id, standing }) => ({ name: id, standing })))
      uuids = [...new Set(map.beacons.map((id) => id.split('/')[0] ?? ''))].filter((uuid) => uuid !== '')
      tracker = new PhoneTracker({ model, walkable: new WalkableRaster(area, model.grid.levels), seed: 1 })
    },
    uuids: () => uuids,
    fix: () => fix,
    tick() {
      const next = tracker?.fix(now())
      fix = next && next.basis.silenceMs < forgottenAfterMs ? next : undefined
      for (const listener of [...listeners]) listener(fix)
    },
    onFix(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
