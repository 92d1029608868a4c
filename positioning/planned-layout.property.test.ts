import test from 'ava'
import { androidReceiver, heldPhone, weChatReceiver, type MotionSensors } from './simulate/index.ts'
import { followStrolls, simulatedMall } from './testing/simulated-mall.ts'

for (const seed of [1, 2]) {
  const mall = simulatedMall({ survey: false, seed })

  test(`is right within 2.5 m on average where beacons were planned and nobody surveyed (building ${seed})`, (t) => {
    const followed = followStrolls(mall, { receiver: androidReceiver, motion: heldPhone })
    t.log(JSON.stringify(followed))
    t.true(followed.meanM < 2.5, `${followed.meanM} m`)
    t.true(followed.levelRight > 0.94)
    t.true(followed.withinRadius > 0.85)
  })

  test(`is right within 2.5 m there too with what a mini-program gives (building ${seed})`, (t) => {
    const motion: MotionSensors = { ...heldPhone, interface: 'mini-program' }
    const followed = followStrolls(mall, { receiver: weChatReceiver, motion })
    t.log(JSON.stringify(followed))
    t.true(followed.meanM < 2.5, `${followed.meanM} m`)
    t.true(followed.levelRight > 0.94)
  })
}
