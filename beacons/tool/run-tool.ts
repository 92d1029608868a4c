import { parseArgs } from 'node:util'
import { KitFault } from '../offline/kit-fault.ts'
import { BeaconFault } from '../radio/beacon-fault.ts'
import { audit } from './commands/audit.ts'
import { health } from './commands/health.ts'
import { place } from './commands/place.ts'
import { plan } from './commands/plan.ts'
import { provision, replace, retire } from './commands/provision.ts'
import { scan } from './commands/scan.ts'
import { signIn, signOut } from './commands/sign-in.ts'
import { status, sync, take } from './commands/take.ts'
import { undo } from './commands/undo.ts'
import { verify } from './commands/verify.ts'
import { createContext, exitCodes } from './context.ts'
import type { Context, Language, Machine } from './context.ts'
import { toned } from './terminal.ts'

/** What the tool can do, in the order of a day. */
export const usage = `usage: beacons COMMAND [OPTIONS]

sign-in    as an installer of the mall              [--server URL] [--user NAME]
sign-out   end that
take       pack the kit while there is a network   --server URL --venue-id ID [--numbers 60] [--uuid UUID]
status     what is in the kit, and what waits
plan       propose places and say how good they are [--level F1,F2] [--csv FILE] [--out FILE.csv] [--apply] [--venue PATH]
scan       what is in the air                       [--seconds 20]
provision  give beacons their numbers               [BEACON] [--count N] [--level F1] [--mac ADDRESS] [--all]
                                                    [--in-hand-dbm -50] [--near-dbm -75] [--interval-ms N] [--power-dbm N]
place      say where a beacon hangs                 BEACON --at WHERE [--mount wall] [--height 3]  |  --page [--port N]
verify     listen under a beacon                    [BEACON] [--seconds 15]
audit      walk and compare with the registry       [--level F1,F2] [--seconds 3600] [--record FILE] [--from FILE]
health     what is wrong, and the round for it      [--months 2] [--from WHERE] [--page [--port N]]
retire     take a beacon out of use                 BEACON
replace    put other hardware in its place          BEACON [--mac ADDRESS]
undo       take back the last, or the last of        [place|verify|retire|replace|plan|provision [BEACON]]
sync       tell the registry what waits             [--mine ID] [--theirs ID]

BEACON is major/minor (1/7), a whole identity, or the address of its hardware.
WHERE is F1:12.5,40 (metres), 30.2801,120.0203@F1 (latitude, longitude) or a name (NAME@F1).
Every command takes --dir FOLDER (the kit, ./beacon-kit), --lang zh|en, and --json (one document; events as NDJSON).
Exit codes: 0 done, 1 could not, 2 wrong call, 3 done and something needs a person.`

interface Command {
  readonly run: (context: Context) => Promise<number>
  readonly options: readonly string[]
  readonly most: number
}

const provisionOptions = [
  'count',
  'level',
  'mac',
  'all',
  'in-hand-dbm',
  'near-dbm',
  'interval-ms',
  'power-dbm',
  'seconds',
]
const commands: Readonly<Record<string, Command>> = {
  'sign-in': { run: signIn, options: ['server', 'user'], most: 0 },
  'sign-out': { run: signOut, options: [], most: 0 },
  take: { run: take, options: ['server', 'venue-id', 'numbers', 'uuid'], most: 0 },
  status: { run: status, options: [], most: 0 },
  plan: { run: plan, options: ['level', 'csv', 'out', 'apply', 'venue'], most: 0 },
  scan: { run: scan, options: ['seconds'], most: 0 },
  provision: { run: provision, options: provisionOptions, most: 1 },
  place: { run: place, options: ['at', 'mount', 'height', 'page', 'port'], most: 1 },
  verify: { run: verify, options: ['seconds'], most: 1 },
  audit: { run: audit, options: ['level', 'seconds', 'record', 'from'], most: 0 },
  health: { run: health, options: ['months', 'from', 'page', 'port'], most: 0 },
  retire: { run: retire, options: [], most: 1 },
  replace: { run: replace, options: provisionOptions, most: 1 },
  undo: { run: undo, options: [], most: 2 },
  sync: { run: sync, options: ['mine', 'theirs'], most: 0 },
}

const flags = ['json', 'help', 'all', 'page', 'apply']
const texts = ['dir', 'lang', ...new Set(Object.values(commands).flatMap(({ options }) => options))].filter(
  (name) => !flags.includes(name),
)
const optionTypes: Record<string, { readonly type: 'boolean' | 'string' }> = {}
for (const name of flags) optionTypes[name] = { type: 'boolean' }
for (const name of texts) optionTypes[name] = { type: 'string' }

/**
 * Runs one call of the tool.
 * @param args without the program's name
 * @returns the exit code. What the person can help is a sentence, as JSON on the output with `--json`; any other error is thrown.
 */
export async function runTool(args: readonly string[], machine: Machine): Promise<number> {
  const json = args.includes('--json')
  const language: Language = args.some(
    (arg, i) => arg === '--lang=en' || (arg === 'en' && args[i - 1] === '--lang'),
  )
    ? 'en'
    : 'zh'
  let close: (() => void) | undefined
  try {
    const { values, positionals } = parse(args)
    const [name = '', ...rest] = positionals
    if (values.help === true || name === 'help') {
      machine.output.write(`${usage}\n`)
      return exitCodes.ok
    }
    const command = new Map(Object.entries(commands)).get(name)
    if (!command)
      throw wrong(
        name === '' ? '缺少命令' : `没有命令 "${name}"`,
        name === '' ? 'Expected a command' : `Expected a command, but "${name}" is none`,
      )
    const odd = Object.keys(values).find(
      (option) => !['json', 'lang', 'dir', ...command.options].includes(option),
    )
    if (odd !== undefined) throw wrong(`${name} 没有 --${odd}`, `${name} takes no --${odd}`)
    if (rest.length > command.most)
      throw wrong(
        `${name} 多了 "${rest[command.most] ?? ''}"`,
        `${name} takes no "${rest[command.most] ?? ''}"`,
      )
    if (values.lang !== undefined && values.lang !== 'zh' && values.lang !== 'en')
      throw wrong('--lang 是 zh 或 en', 'Expected --lang to be zh or en')
    const dir = typeof values.dir === 'string' ? values.dir : 'beacon-kit'
    const made = createContext(machine, { options: values, positionals: rest, language, json, dir })
    close = made.close
    return await command.run(made.context)
  } catch (error) {
    if (!(error instanceof KitFault) && !(error instanceof BeaconFault)) throw error
    const isCall = error.id === 'wrong-call'
    if (json) machine.output.write(`${JSON.stringify({ error: error.id, message: error.words })}\n`)
    else machine.tell(toned(machine.output, 'bad', error.words[language]) + (isCall ? `\n\n${usage}` : ''))
    return isCall ? exitCodes.wrongCall : exitCodes.refused
  } finally {
    close?.()
  }
}

function parse(args: readonly string[]): {
  values: Readonly<Record<string, string | boolean | undefined>>
  positionals: readonly string[]
} {
  try {
    const { values, positionals } = parseArgs({
      args: joined(args),
      options: optionTypes,
      allowPositionals: true,
    })
    const plain = Object.entries(values).map(
      ([key, value]) => [key, Array.isArray(value) ? undefined : value] as const,
    )
    return { values: Object.fromEntries(plain), positionals }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw wrong(`参数不对：${reason}`, reason)
  }
}

/** `--near-dbm -70`: a number below zero is a value, not an option. */
function joined(args: readonly string[]): string[] {
  const out: string[] = []
  for (const arg of args) {
    const last = out[out.length - 1]
    if (/^-\d/.test(arg) && last?.startsWith('--') === true && !last.includes('='))
      out[out.length - 1] = `${last}=${arg}`
    else out.push(arg)
  }
  return out
}

function wrong(zh: string, en: string): KitFault {
  return new KitFault('wrong-call', { zh, en })
}
