import type { Words } from '../frames/words.ts'
import type { Radio } from '../radio/radio.ts'
import { numberOption } from './context.ts'
import type { Context } from './context.ts'
import { LiveBlock, toned } from './terminal.ts'

const handClearlyDb = 10
const lookEveryMs = 250
const inHandLimitMs = 10 * 60_000
/** So many looks in a row have to agree, a second from the first to the last: a hand that passes by is no beacon held. */
const steadyLooks = 5
/** What was not heard for so long is gone: it neither is held nor keeps another from being it. */
const latelyMs = 3000

/**
 * Waits for one device to be held to the machine: louder than the gate, and clearly louder than all others, for a second.
 * @param whyNot why a device is not meant although it is held, such as the one that was done last; undefined when it may be
 * @returns its address; undefined when nobody holds one
 */
export async function inHand(
  context: Context,
  radio: Radio,
  whyNot: (address: string) => Words | undefined,
): Promise<string | undefined> {
  const { machine, text } = context
  const gateDbm = numberOption(context, 'in-hand-dbm', { usual: -50, least: -90, most: -20 })
  const block = context.json ? undefined : new LiveBlock(machine.output)
  const lately = new Map<string, { rssiDbm: number; atMs: number }>()
  const off = radio.onSighting(({ address, rssiDbm, atMs }) => {
    if (rssiDbm !== undefined) lately.set(address, { rssiDbm, atMs })
  })
  await radio.startScan()
  const sinceMs = machine.nowMs()
  let steady: { address: string; looks: number } | undefined
  const told = new Set<string>()
  try {
    while (!machine.stop.aborted && machine.nowMs() - sinceMs < inHandLimitMs) {
      const sinceLately = machine.nowMs() - latelyMs
      const [first, second] = [...lately]
        .filter(([, { atMs }]) => atMs >= sinceLately)
        .sort((a, b) => b[1].rssiDbm - a[1].rssiDbm)
      const isHeld =
        first !== undefined &&
        first[1].rssiDbm >= gateDbm &&
        (!second || first[1].rssiDbm - second[1].rssiDbm >= handClearlyDb)
      steady = isHeld
        ? { address: first[0], looks: steady?.address === first[0] ? steady.looks + 1 : 1 }
        : undefined
      const refused = steady && steady.looks >= steadyLooks ? whyNot(steady.address) : undefined
      if (steady && refused && !told.has(steady.address)) {
        told.add(steady.address)
        context.event({ event: 'not-this-one', address: steady.address, message: refused })
      }
      if (steady && steady.looks >= steadyLooks && !refused) {
        block?.end([text({ zh: `在手里：${steady.address}`, en: `In hand: ${steady.address}` })])
        return steady.address
      }
      block?.draw([
        ...(refused ? [toned(machine.output, 'warn', text(refused))] : []),
        text({
          zh: `把一个信标贴近这台机器（要强过 ${gateDbm} dBm，现在最强 ${first?.[1].rssiDbm ?? '–'}）`,
          en: `Hold one beacon to this machine (louder than ${gateDbm} dBm; loudest now ${first?.[1].rssiDbm ?? '–'})`,
        }),
      ])
      await machine.wait(lookEveryMs, machine.stop)
    }
  } finally {
    off()
  }
  block?.end([])
  return undefined
}
