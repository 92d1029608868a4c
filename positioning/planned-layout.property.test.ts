import test from 'ava'
import { androidReceiver, heldPhone, weChatReceiver, type SimulatedPhone } from './simulate/index.ts'
import { followStrolls, simulatedMall } from './testing/simulated-mall.ts'

/** A beacon for about every 90 m² of walkable floor, places and powers known, nobody ever surveyed. */
const malls = [1, 2, 3].map((seed) => simulatedMall({ survey: false, seed }))

const phones: [string, SimulatedPhone][] = [
  ['an Android phone', { receiver: androidReceiver, motion: heldPhone }],
  [
    'what a mini-program gives',
    { receiver: weChatReceiver, motion: { ...heldPhone, interface: 'mini-program' } },
  ],
]

for (const [name, phone] of phones) {
  test(`is right within 2.5 m on average by a planned layout that nobody surveyed, with ${name}`, (t) => {
    const followed = followStrolls(malls, phone)
    t.log(JSON.stringify(followed))
    t.true(followed.meanM < 2.5, `${followed.meanM} m`)
    t.true(followed.levelRight > 0.95)
    t.true(followed.withinRadius > 0.85)
  })
}
