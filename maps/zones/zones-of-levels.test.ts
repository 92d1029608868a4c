import test from 'ava'
import { demoMall } from '../demo/index.ts'
import { ringsContain, ringsOf } from '../geometry/index.ts'
import { levelFrameOf } from '../model/index.ts'
import { tinyArchive, tinyId } from '../testing/tiny-archive.ts'
import { zonesOfLevels } from './index.ts'

test('a point of the tiny mall is in the shop that is there', (t) => {
  const [f1] = zonesOfLevels(tinyArchive())
  const found = new Int32Array(8)
  t.is(f1!.index.lookup(10, 16, found), 1)
  t.deepEqual(f1!.zones[found[0]!], { id: tinyId('unit F1 coffee'), kind: 'unit' })
  t.is(f1!.index.lookup(33, 18, found), 0)
})

test('geofences and sections of the demo mall are found where they are drawn', (t) => {
  const archive = demoMall()
  const levels = zonesOfLevels(archive)
  const found = new Int32Array(16)
  let seen = 0
  for (const fence of archive.features.geofence) {
    for (const { levelId, zones, index } of levels) {
      if (fence.properties.level_ids && !fence.properties.level_ids.includes(levelId)) continue
      const frame = levelFrameOf(archive.features.level.find(({ id }) => id === levelId)!)
      const rings = ringsOf(fence.geometry, frame)
      const corners = rings.flat()
      const x = corners.reduce((sum, corner) => sum + corner.x, 0) / corners.length
      const y = corners.reduce((sum, corner) => sum + corner.y, 0) / corners.length
      const count = index.lookup(x, y, found)
      const ids = [...found.slice(0, count)].map((zone) => zones[zone]!.id)
      t.is(ids.includes(fence.id), ringsContain(rings, x, y))
      seen++
    }
  }
  t.true(seen > 0)
})
