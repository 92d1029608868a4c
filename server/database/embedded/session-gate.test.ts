import test from 'ava'
import { GateFull, SessionGate, waitingLimit } from './session-gate.ts'

test('lets one session at a time through, in the order in which they came', async (t) => {
  const gate = new SessionGate()
  const [first, second, third] = [{}, {}, {}]
  const passed: object[] = []
  const enter = async (session: object) => {
    await gate.acquire(session)
    passed.push(session)
  }
  await enter(first)
  const others = [enter(second), enter(third)]
  await Promise.resolve()
  t.deepEqual(passed, [first])
  gate.release(first)
  await others[0]
  t.deepEqual(passed, [first, second])
  gate.release(second)
  await others[1]
  t.deepEqual(passed, [first, second, third])
})

test('lets the session that holds it through again, and ignores one that gives back what it has not', async (t) => {
  const gate = new SessionGate()
  const [holder, other] = [{}, {}]
  await gate.acquire(holder)
  await gate.acquire(holder)
  gate.release(other)
  let entered = false
  void gate.acquire(other).then(() => (entered = true))
  await Promise.resolve()
  t.false(entered)
})

test('refuses at once when too many wait', async (t) => {
  const gate = new SessionGate()
  await gate.acquire({})
  const waiting = Array.from({ length: waitingLimit }, () => gate.acquire({}))
  await t.throwsAsync(gate.acquire({}), { instanceOf: GateFull })
  gate.dismiss(new Error('gone'))
  t.is((await Promise.allSettled(waiting)).filter(({ status }) => status === 'rejected').length, waitingLimit)
})

test('takes a session out of the line that went away, and no other', async (t) => {
  const gate = new SessionGate()
  const [holder, leaving, staying] = [{}, {}, {}]
  await gate.acquire(holder)
  const left = gate.acquire(leaving)
  const stayed = gate.acquire(staying)
  gate.dismiss(new Error('closed'), leaving)
  await t.throwsAsync(left, { message: 'closed' })
  gate.release(holder)
  await t.notThrowsAsync(stayed)
})
