import type { AirLog, Heard } from '../../audit/index.ts'
import { refuseFactoryUuid } from '../../frames/factory-uuids.ts'
import type { LocalBeacon } from '../../offline/local-registry.ts'
import { hasKit } from '../../offline/kit.ts'
import { exitCodes, numberOption } from '../context.ts'
import type { Context } from '../context.ts'
import { listen, withRadio } from '../listen.ts'
import { LiveBlock, tableLines, toned } from '../terminal.ts'
import type { Cell, Column, Tone } from '../terminal.ts'
import { stateWords } from '../words.ts'

type Standing = 'ours' | 'stranger' | 'factory' | 'doubled'

/** `scan`: what is in the air, beside what the registry knows. */
export async function scan(context: Context): Promise<number> {
  const { machine } = context
  const seconds = numberOption(context, 'seconds', { usual: 20, least: 1, most: 3600 })
  const known = hasKit(context.dir) ? context.kit().beacons() : new Map<string, LocalBeacon>()
  const block = context.json ? undefined : new LiveBlock(machine.output)
  const draw = (air: AirLog, elapsedMs: number) => {
    block?.draw(scanLines(context, { heard: air.heard(), known, elapsedMs, seconds }))
  }
  const { air, tookMs } = await withRadio(context, (radio) => listen(context, radio, { seconds, draw }))
  const heard = air.heard()
  block?.end(scanLines(context, { heard, known, elapsedMs: tookMs, seconds }))
  context.result(
    {
      seconds: Math.round(tookMs / 1000),
      devices: heard.map((one) => ({
        ...one,
        standing: standingOf(one, heard, known),
        registry: known.get(one.key) ?? null,
      })),
      unreadable: air.refusals,
    },
    () => undefined,
  )
  return exitCodes.ok
}

function standingOf(one: Heard, heard: readonly Heard[], known: ReadonlyMap<string, LocalBeacon>): Standing {
  if (refuseFactoryUuid(one.identity.uuid)) return 'factory'
  if (!known.has(one.key)) return 'stranger'
  return heard.some(({ key, address }) => key === one.key && address !== one.address) ? 'doubled' : 'ours'
}

const standings: Readonly<
  Record<Standing, { readonly zh: string; readonly en: string; readonly tone: Tone }>
> = {
  ours: { zh: '本商场', en: 'ours', tone: 'good' },
  stranger: { zh: '未登记', en: 'not registered', tone: 'warn' },
  factory: { zh: '出厂设置', en: 'factory default', tone: 'accent' },
  doubled: { zh: '编号重复', en: 'number twice', tone: 'bad' },
}

function scanLines(
  context: Context,
  at: {
    readonly heard: readonly Heard[]
    readonly known: ReadonlyMap<string, LocalBeacon>
    readonly elapsedMs: number
    readonly seconds: number
  },
): string[] {
  const { machine, text } = context
  const { heard, known } = at
  const columns: Column[] = [
    { title: text({ zh: '编号', en: 'Number' }) },
    { title: text({ zh: '信号', en: 'Signal' }) },
    { title: 'dBm', align: 'right' },
    { title: text({ zh: '间隔', en: 'Interval' }), align: 'right' },
    { title: text({ zh: '电量', en: 'Battery' }), align: 'right' },
    { title: text({ zh: '登记', en: 'Registry' }) },
    { title: text({ zh: '地址', en: 'Address' }) },
    { title: text({ zh: '名称', en: 'Name' }), gives: true },
  ]
  const rows = heard.map((one): Cell[] => {
    const standing = standings[standingOf(one, heard, known)]
    const beacon = known.get(one.key)
    return [
      { text: `${one.identity.major}/${one.identity.minor}`, tone: 'strong' },
      {
        text: signalBar(one.rssiDbm),
        tone: one.rssiDbm > -70 ? 'good' : one.rssiDbm > -85 ? 'plain' : 'quiet',
      },
      String(one.rssiDbm),
      one.intervalMs === undefined ? '–' : `${Math.round(one.intervalMs)} ms`,
      one.batteryPercent !== undefined
        ? `${one.batteryPercent} %`
        : one.batteryMv !== undefined
          ? `${one.batteryMv} mV`
          : '–',
      { text: beacon ? text(stateWords[beacon.state]) : text(standing), tone: standing.tone },
      one.address,
      one.name ?? '',
    ]
  })
  const seconds = Math.min(at.seconds, Math.round(at.elapsedMs / 1000))
  const title = text({
    zh: `听到 ${heard.length} 个信标 · ${seconds}/${at.seconds} 秒`,
    en: `${heard.length} beacons heard · ${seconds}/${at.seconds} s`,
  })
  return [toned(machine.output, 'strong', title), ...tableLines(machine.output, columns, rows)]
}

/** Eight steps from -100 to -40 dBm. */
function signalBar(rssiDbm: number): string {
  const steps = Math.max(0, Math.min(8, Math.round((rssiDbm + 100) / 7.5)))
  return '▮'.repeat(steps) + '▯'.repeat(8 - steps)
}
