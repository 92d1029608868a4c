import test from 'ava'
import { freeArea } from './free-area.ts'

const box = (left: number, top: number, right: number, bottom: number) => ({
  getBoundingClientRect: () => ({ left, top, right, bottom, width: right - left, height: bottom - top }),
})

test('a card on the left and a picker on the right take from the sides', (t) => {
  const [map, card, picker] = [box(0, 0, 1440, 900), box(20, 20, 412, 600), box(1368, 20, 1420, 340)]
  t.deepEqual(freeArea(map, [card, picker], 20), { left: 432, top: 20, right: 1348, bottom: 880 })
})

test('on a phone the field takes from above, the sheet from below, the picker from the right', (t) => {
  const map = box(0, 0, 390, 844)
  const [field, sheet, picker] = [box(12, 12, 378, 116), box(0, 513, 390, 844), box(326, 128, 378, 371)]
  t.deepEqual(freeArea(map, [field, sheet, picker], 44), { left: 44, top: 160, right: 282, bottom: 469 })
})

test('what is not shown takes nothing', (t) => {
  t.deepEqual(freeArea(box(0, 0, 390, 844), [box(0, 0, 0, 0), null, undefined], 0), {
    left: 0,
    top: 0,
    right: 390,
    bottom: 844,
  })
})
