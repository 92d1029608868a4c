import test from 'ava'
import fc from 'fast-check'
import { errorIn, fatalMessage, greeting, queryMessage, readMessages, splitMessages } from './wire.ts'

test('splits messages wherever the stream was cut', (t) => {
  const whole = Buffer.concat([queryMessage('SELECT 1'), queryMessage(''), queryMessage('中文')])
  fc.assert(
    fc.property(fc.nat(whole.length), (cut) => {
      const first = splitMessages(whole.subarray(0, cut))
      const second = splitMessages(Buffer.concat([first.rest, whole.subarray(cut)]))
      const messages = [...first.messages, ...second.messages]
      return messages.length === 3 && Buffer.concat(messages).equals(whole) && second.rest.length === 0
    }),
    { seed: 5432 },
  )
  t.pass()
})

test('reads code and text of an error, and none where there is none', (t) => {
  t.deepEqual(errorIn(readMessages(fatalMessage('57P02', 'gone, 再见'))), {
    code: '57P02',
    message: 'gone, 再见',
  })
  t.is(errorIn(readMessages(greeting())), undefined)
})

test('greets with a state in which a client may ask', (t) => {
  const messages = readMessages(greeting())
  t.is(messages[0]?.type, 'R')
  t.deepEqual(messages.at(-1), { type: 'Z', body: Buffer.from('I') })
})
