import { toLonLat, toXy } from '../../../maps/model/index.ts'
import { auditWalk } from '../../audit/index.ts'
import type { AirPacket, AuditedBeacon, AuditKind, WalkAudit } from '../../audit/index.ts'
import { z } from 'zod'
import { KitFault } from '../../offline/kit-fault.ts'
import { writeKitFile } from '../../offline/kit.ts'
import { exitCodes, levelsOption, numberOption, textOption } from '../context.ts'
import type { Context, VenueMap } from '../context.ts'
import { listen, withRadio } from '../listen.ts'
import { LiveBlock, toned } from '../terminal.ts'

const mostVerdicts = 4000

/** `audit`: walk, then see what is missing, moved, weak, doubled and foreign. */
export async function audit(context: Context): Promise<number> {
  const { machine } = context
  const map = await context.map()
  const levels = levelsOption(context, map)
  const registry = auditedBeacons(context, map)
  const from = textOption(context, 'from')
  const packets =
    from === undefined ? await walk(context, registry) : readPackets(machine.readText(from), from)
  const record = textOption(context, 'record')
  if (record !== undefined)
    machine.writeText(record, packets.map((packet) => `${JSON.stringify(packet)}\n`).join(''))
  const walked = auditWalk(packets, registry, levels)
  // What is registered and does not hang yet is no stranger.
  const known = context.kit().beacons()
  const found = { ...walked, foreign: walked.foreign.filter(({ key }) => !known.has(key)) }
  const atMs = machine.nowMs()
  const { findings, foreign, judged, notWalked, seconds } = found
  if (found.verdicts.length > 0) {
    const verdicts = found.verdicts.slice(0, mostVerdicts)
    context.kit().queue.add({ kind: 'audit', opId: machine.newId(), atMs, deed: 'audit', verdicts })
  }
  writeKitFile(context.dir, 'last-audit.json', { atMs, findings, foreign, seconds })
  context.result(
    { atMs, seconds, findings, foreign, judged: judged.length, notWalked: notWalked.map(({ key }) => key) },
    () => {
      tellAudit(context, found)
    },
  )
  return findings.length > 0 ? exitCodes.attention : exitCodes.ok
}

/** What should be heard: what hangs, in metres of one frame. */
function auditedBeacons(context: Context, { tables }: VenueMap): AuditedBeacon[] {
  const site = tables.levels[0]?.frame
  return [...context.kit().beacons().values()].flatMap((beacon): AuditedBeacon[] => {
    const { place, key, id, measuredPowerDbm } = beacon
    const level = tables.levels.find((each) => each.id === place?.levelId)
    if (!place || !level || !site || (beacon.state !== 'installed' && beacon.state !== 'verified')) return []
    const at = toXy(site, toLonLat(level.frame, place))
    return [{ key, ...(id === undefined ? {} : { id }), level: level.name, ...at, measuredPowerDbm }]
  })
}

/** Listens until the person presses Enter, or the time is over. */
async function walk(context: Context, registry: readonly AuditedBeacon[]): Promise<readonly AirPacket[]> {
  const { machine, text } = context
  const seconds = numberOption(context, 'seconds', { usual: 3600, least: 10, most: 4 * 3600 })
  const keys = new Set(registry.map(({ key }) => key))
  const enough = new AbortController()
  if (!context.json) {
    context.say({
      zh: '慢慢走过每条通道；走完按回车。',
      en: 'Walk every corridor, slowly; press Enter when done.',
    })
    void machine.ask('').then((line) => {
      if (line !== undefined) enough.abort()
    })
  }
  const block = context.json ? undefined : new LiveBlock(machine.output)
  const { packets } = await withRadio(context, (radio) =>
    listen(context, radio, {
      ...{ seconds, signal: enough.signal },
      draw: (air, elapsedMs) => {
        const heard = air.heard()
        const ours = new Set(heard.flatMap(({ key }) => (keys.has(key) ? [key] : []))).size
        const now = heard.filter(({ lastMs }) => machine.nowMs() - lastMs < 3000).length
        block?.draw([
          text({
            zh: `${Math.round(elapsedMs / 1000)} 秒 · 听到过 ${ours}/${keys.size} · 现在 ${now}`,
            en: `${Math.round(elapsedMs / 1000)} s · heard ${ours}/${keys.size} · now ${now}`,
          }),
        ])
      },
    }),
  )
  block?.end()
  return packets
}

const packetLine = z.object({ atMs: z.number(), key: z.string(), address: z.string(), rssiDbm: z.number() })

/** Packets as `--record` wrote them; a broken line is named. */
function readPackets(text: string, path: string): AirPacket[] {
  return text.split('\n').flatMap((line, index): AirPacket[] => {
    if (line.trim() === '') return []
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      value = undefined
    }
    const read = packetLine.safeParse(value)
    if (read.success) return [read.data]
    throw new KitFault('bad-recording', {
      zh: `${path} 第 ${index + 1} 行不是 audit --record 写的`,
      en: `Expected what "audit --record" writes, but line ${index + 1} of ${path} is something else`,
    })
  })
}

const kinds: Readonly<Record<AuditKind, { readonly zh: string; readonly en: string }>> = {
  missing: { zh: '没听到', en: 'missing' },
  moved: { zh: '挪了位置', en: 'moved' },
  weak: { zh: '变弱', en: 'weak' },
  duplicate: { zh: '编号重复', en: 'number twice' },
}

function tellAudit(context: Context, { findings, foreign, judged, notWalked, usualOffM }: WalkAudit): void {
  const { text } = context
  const { output } = context.machine
  const name = (key: string) => key.split('/').slice(1).join('/')
  context.say(
    {
      zh: `判断了 ${judged.length} 个，${notWalked.length} 个没走到；发现 ${findings.length} 处`,
      en: `${judged.length} judged, ${notWalked.length} not walked by; ${findings.length} findings`,
    },
    findings.length > 0 ? 'warn' : 'good',
  )
  if (findings.length > 0) {
    context.table(
      [
        { title: text({ zh: '编号', en: 'Number' }) },
        { title: text({ zh: '楼层', en: 'Level' }) },
        { title: text({ zh: '发现', en: 'Finding' }) },
        { title: text({ zh: '把握', en: 'Confidence' }), align: 'right' },
        { title: text({ zh: '依据', en: 'Evidence' }), gives: true },
      ],
      findings.map(({ kind, beacon, confidence, evidence }) => [
        { text: name(beacon.key), tone: 'strong' },
        beacon.level,
        { text: text(kinds[kind]), tone: 'bad' },
        `${Math.round(confidence * 100)} %`,
        text(evidenceWords(kind, evidence)),
      ]),
    )
  }
  for (const { key, strongestDbm, isOurUuid, packets, near } of foreign.slice(0, 10)) {
    const where = near ? ` · ${near.level}` : ''
    output.write(
      `${toned(output, isOurUuid ? 'bad' : 'quiet', text(isOurUuid ? { zh: '未登记', en: 'not registered' } : { zh: '外来', en: 'foreign' }))} ${key} · ${strongestDbm} dBm · ${packets}${where}\n`,
    )
  }
  context.say(
    {
      zh: `（好的信标用同样的推算偏 ${usualOffM.toFixed(0)} 米）`,
      en: `(Beacons that are well are reckoned ${usualOffM.toFixed(0)} m off likewise.)`,
    },
    'quiet',
  )
}

function evidenceWords(
  kind: AuditKind,
  evidence: Readonly<Record<string, number | string>>,
): { zh: string; en: string } {
  const of = (name: string) => String(evidence[name] ?? '')
  switch (kind) {
    case 'missing':
      return {
        zh: '走过它那一带，一次也没听到',
        en: 'never heard, though the walk passed it',
      }
    case 'moved':
      return evidence.movedM === undefined
        ? { zh: `在 ${of('level')} 最响`, en: `loudest on ${of('level')}` }
        : {
            zh: `像在 ${of('level')} 离登记处 ${of('movedM')} 米（${of('windows')} 段）`,
            en: `seems to be on ${of('level')}, ${of('movedM')} m from its place (${of('windows')} stretches)`,
          }
    case 'weak':
      return {
        zh: `像弱了 ${of('quieterDb')} dB（${of('windows')} 段）`,
        en: `seems ${of('quieterDb')} dB quieter (${of('windows')} stretches)`,
      }
    case 'duplicate':
      return {
        zh: `两个硬件轮流发：${of('addresses')}`,
        en: `two devices send it in turns: ${of('addresses')}`,
      }
  }
}
