import { hasKit, keyOfBeacon, writeKit } from '../../offline/kit.ts'
import { KitFault } from '../../offline/kit-fault.ts'
import { serverAddress } from '../../offline/session.ts'
import { settleConflict, syncQueue } from '../../offline/sync.ts'
import type { SyncReport } from '../../offline/sync.ts'
import { refreshRegistry, takeKit } from '../../offline/take-kit.ts'
import { exitCodes, numberOption, textOption, wrongCall } from '../context.ts'
import type { Context } from '../context.ts'
import { LiveBlock, progressLine } from '../terminal.ts'
import { stateWords, timeLeft } from '../words.ts'
import { secretsOf } from './provision.ts'

/** `take`: packs the kit while there is a network. */
export async function take(context: Context): Promise<number> {
  const { machine, options, dir } = context
  const had = hasKit(dir) ? context.kit() : undefined
  const given = textOption(context, 'server') ?? had?.info.server ?? machine.server
  const server = given === undefined ? undefined : serverAddress(given)
  const venueId = textOption(context, 'venue-id') ?? had?.info.venueId
  if (server === undefined || venueId === undefined) {
    throw wrongCall({
      zh: '第一次打包要写 --server 和 --venue-id',
      en: 'Expected --server and --venue-id when a kit is packed for the first time',
    })
  }
  if (had && had.info.venueId !== venueId) {
    // Its queue, its journal and its secrets are of that mall: none may end in another's registry or vault.
    throw new KitFault('kit-of-another-venue', {
      zh: `${dir} 是另一个商场的：每个商场用自己的 --dir（那边没同步的先 beacons sync）`,
      en: `Expected a kit of this venue, but ${dir} is of another: give each mall its own --dir, and sync what waits in that one`,
    })
  }
  const uuid = options.uuid
  const taken = await takeKit(context.client(server), {
    ...{ server, venueId, nowMs: machine.nowMs(), newId: machine.newId },
    numbers: numberOption(context, 'numbers', { usual: 60, least: 0, most: 500 }),
    leases: had?.registry.leases ?? [],
    ...(typeof uuid === 'string' ? { uuid } : {}),
  })
  writeKit(dir, taken)
  had?.saveRegistry(taken.registry)
  const { beacons, leases, findings } = taken.registry
  const numbers = leases.reduce((sum, lease) => sum + lease.toMinor - lease.fromMinor + 1, 0)
  const expiresAtMs = Math.min(...leases.map((lease) => lease.expiresAtMs))
  context.result({ dir, ...taken.info, beacons: beacons.length, findings: findings.length, leases }, () => {
    context.say(
      { zh: `已打包到 ${dir}，现在可以断网。`, en: `Packed into ${dir}; it works without a network now.` },
      'good',
    )
    context.say({
      zh: `地图 ${Math.round(taken.archive.length / 1024)} KB · 信标 ${beacons.length} · 待处理 ${findings.length} · 号段 ${numbers} 个`,
      en: `Map ${Math.round(taken.archive.length / 1024)} KB · ${beacons.length} beacons · ${findings.length} findings · ${numbers} numbers leased`,
    })
    if (leases.length > 0) {
      const until = new Date(expiresAtMs).toISOString().slice(0, 16).replace('T', ' ')
      context.say(
        { zh: `号段最早于 ${until} UTC 到期。`, en: `The first lease expires at ${until} UTC.` },
        'quiet',
      )
    }
  })
  return exitCodes.ok
}

/** `status`: what is in the kit and what waits. */
export function status(context: Context): Promise<number> {
  const kit = context.kit()
  const beacons = [...kit.beacons().values()]
  const waiting = kit.queue.waiting()
  const states = ['planned', 'installed', 'verified', 'retired'] as const
  const counts = Object.fromEntries(
    states.map((state) => [state, beacons.filter((one) => one.state === state).length]),
  )
  const conflicts = waiting.filter(({ state }) => state.is === 'conflict').length
  const document = {
    ...kit.info,
    beacons: counts,
    waiting: waiting.length,
    conflicts,
    damagedLines: kit.queue.damaged,
  }
  context.result(document, () => {
    const name =
      kit.info.venueName[context.language] ?? Object.values(kit.info.venueName)[0] ?? kit.info.venueId
    context.say({ zh: name, en: name }, 'strong')
    context.table(
      [
        { title: context.text({ zh: '状态', en: 'State' }) },
        { title: context.text({ zh: '信标', en: 'Beacons' }), align: 'right' },
      ],
      states.map((state) => [context.text(stateWords[state]), String(counts[state] ?? 0)]),
    )
    context.say({
      zh: `等待同步 ${waiting.length} 项${conflicts > 0 ? `，其中冲突 ${conflicts} 项` : ''}`,
      en: `${waiting.length} operations wait${conflicts > 0 ? `, ${conflicts} of them in conflict` : ''}`,
    })
    if (kit.queue.damaged.length > 0) {
      context.say(
        {
          zh: `queue.log 第 ${kit.queue.damaged.join('、')} 行已损坏并跳过：核对那些记录。`,
          en: `Line ${kit.queue.damaged.join(', ')} of queue.log is damaged and was left out: check what it was.`,
        },
        'bad',
      )
    }
  })
  return Promise.resolve(conflicts > 0 || kit.queue.damaged.length > 0 ? exitCodes.attention : exitCodes.ok)
}

/** `sync`: tells the registry what waits; `--mine ID` and `--theirs ID` settle a conflict. */
export async function sync(context: Context): Promise<number> {
  const { machine, options } = context
  const kit = context.kit()
  for (const keep of ['mine', 'theirs'] as const) {
    const opId = options[keep]
    if (typeof opId !== 'string') continue
    const settled = settleConflict(kit.queue, opId, { keep, newId: machine.newId, nowMs: machine.nowMs() })
    if (!settled) {
      throw wrongCall({ zh: `没有冲突 "${opId}"`, en: `Expected a conflict, but "${opId}" is none` })
    }
  }
  // Before anything else: secrets on one laptop alone are lost with it.
  const secrets = await machine.handOverSecrets(secretsOf(context))
  const client = context.client(kit.info.server)
  const block = context.json ? undefined : new LiveBlock(machine.output)
  const sinceMs = machine.nowMs()
  const report = await syncQueue({
    ...{ client, venueId: kit.info.venueId, queue: kit.queue, beacons: kit.registry.beacons },
    ...{ keyOf: keyOfBeacon, nowMs: machine.nowMs },
    onProgress: (done, of) =>
      block?.draw([
        progressLine(machine.output, { done, of, sinceMs, nowMs: machine.nowMs() }, (s) =>
          timeLeft(context, s),
        ),
      ]),
  })
  block?.end([])
  if (!report.stopped) kit.saveRegistry(await refreshRegistry(client, kit.info.venueId, kit.registry.leases))
  context.result({ ...report, secrets: secrets.told, secretsLeft: secrets.left }, () => {
    tellSync(context, report)
    if (secrets.told > 0)
      context.say(
        { zh: '信标密码已存入服务器', en: 'The beacons’ secrets are in the server’s vault' },
        'good',
      )
    if (secrets.left > 0)
      context.say(
        secrets.why === 'no-passphrase'
          ? {
              zh: '信标密码还没有存到服务器：先设 ATRIUM_BEACON_PASSPHRASE，再 beacons sync。',
              en: 'The beacons’ secrets are not in the server’s vault yet: set ATRIUM_BEACON_PASSPHRASE and run "beacons sync" again.',
            }
          : {
              zh: '信标密码仍只在这台电脑上：有网后再 beacons sync。',
              en: 'The beacons’ secrets are on this laptop alone: run "beacons sync" again with a network.',
            },
        'bad',
      )
  })
  if (report.stopped) return exitCodes.refused
  return report.conflicts.length > 0 || secrets.left > 0 ? exitCodes.attention : exitCodes.ok
}

const stopWords = {
  'out-of-reach': {
    zh: '连不上服务器，剩下的原样等着',
    en: 'The server is out of reach; the rest waits as it is',
  },
  'sign-in': {
    zh: '登录已失效，剩下的原样等着：先 beacons sign-in',
    en: 'The server asks to sign in; the rest waits as it is: run "beacons sign-in"',
  },
  busy: { zh: '服务器忙，剩下的原样等着', en: 'The server is busy; the rest waits as it is' },
} as const

function tellSync(context: Context, { synced, held, conflicts, stopped }: SyncReport): void {
  context.say({ zh: `已同步 ${synced} 项`, en: `${synced} operations synced` }, 'good')
  if (stopped)
    context.say(
      {
        zh: `${stopWords[stopped.why].zh}（${stopped.left} 项）。`,
        en: `${stopWords[stopped.why].en} (${stopped.left}).`,
      },
      'warn',
    )
  for (const { opId, key, detail, mine, theirs } of conflicts) {
    const [, ...name] = key.split('/')
    context.say(
      { zh: `冲突 ${name.join('/')}：${detail}`, en: `Conflict ${name.join('/')}: ${detail}` },
      'bad',
    )
    context.table(
      [
        { title: context.text({ zh: '项', en: 'Field' }) },
        { title: context.text({ zh: '我的', en: 'Mine' }), gives: true },
        { title: context.text({ zh: '登记的', en: 'Theirs' }), gives: true },
      ],
      Object.entries(mine).map(([field, value]) => [
        field,
        JSON.stringify(value),
        JSON.stringify(theirs[field] ?? null),
      ]),
    )
    context.say(
      {
        zh: `保留一边：beacons sync --mine ${opId} 或 --theirs ${opId}`,
        en: `Keep one: beacons sync --mine ${opId}, or --theirs ${opId}`,
      },
      'quiet',
    )
  }
  if (held > 0) context.say({ zh: `${held} 项等冲突解决`, en: `${held} wait behind a conflict` }, 'quiet')
}
