import type { Words } from '../frames/words.ts'
import type { Archive, Destination } from '../../maps/model/index.ts'
import { destinationsOf } from '../../maps/directory/index.ts'
import { buildRoutingTables } from '../../maps/routes/index.ts'
import type { RoutingTables } from '../../maps/routes/index.ts'
import type { Client } from '../../server/contract/index.ts'
import { KitFault } from '../offline/kit-fault.ts'
import { openKit } from '../offline/kit.ts'
import { keptSession, serverAddress } from '../offline/session.ts'
import type { Kit } from '../offline/kit.ts'
import type { LocalBeacon } from '../offline/local-registry.ts'
import type {
  ProvisionEvent,
  ProvisionJob,
  ProvisionOutcome,
  ProvisionRegistry,
} from '../provisioning/provision.ts'
import type { JobRecord } from '../provisioning/journal.ts'
import type { Advertisement, Radio } from '../radio/radio.ts'
import type { Output, Tone } from './terminal.ts'
import { tableLines, toned } from './terminal.ts'
import type { Cell, Column } from './terminal.ts'

export type Language = 'zh' | 'en'

/** Options of the command line, as `parseArgs` gives them. */
export type Options = Readonly<Record<string, string | boolean | undefined>>

/** What provisioning needs of the room that talks to beacons. */
export interface ProvisioningRoom {
  run(
    jobs: readonly ProvisionJob[],
    options: { readonly signal: AbortSignal; readonly onEvent: (event: ProvisionEvent) => void },
  ): Promise<readonly ProvisionOutcome[]>
  records(): readonly JobRecord[]
  /** What to say of damaged lines in the files it keeps; none when they are whole. */
  readonly damage: readonly Words[]
  /** Whether a device that was heard is surely of a maker whose beacons can be configured. */
  isBeacon(seen: Advertisement): boolean
  /** How much of the secrets is on this laptop alone, as the server could not be reached. */
  secretsHere(): number
  close(): Promise<void>
}

/** Where secrets are kept, and whom they go to. */
export interface SecretsAt {
  /** The kit's folder. */
  readonly dir: string
  readonly client: Client
  readonly venueId: string
}

/** What became of secrets that waited. */
export interface HandedOver {
  readonly told: number
  readonly left: number
  /** Why some are left: no network, or no passphrase to open them with. */
  readonly why?: 'out-of-reach' | 'no-passphrase'
}

/** Everything of the machine the tool runs on; tests bring their own. */
export interface Machine {
  readonly output: Output
  /** A line for a person, beside the output. */
  readonly tell: (line: string) => void
  /** The next line the person types; undefined when there is nobody, or no more. */
  readonly ask: (question: string) => Promise<string | undefined>
  /** The same without showing what is typed. */
  readonly askSecret: (question: string) => Promise<string | undefined>
  readonly nowMs: () => number
  /** Ends early, without a fault, when the signal is given. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly newId: () => string
  /** Given when the person presses Ctrl-C. */
  readonly stop: AbortSignal
  readonly openRadio: () => Promise<Radio>
  readonly clientOf: (server: string, token: string | undefined) => Client
  /** From the environment; goes before a session that was kept by `sign-in`. */
  readonly token: string | undefined
  readonly server: string | undefined
  /** An archive or a folder of one, or the bytes of one. */
  readonly readArchive: (source: string | Uint8Array) => Promise<Archive>
  readonly readText: (path: string) => string
  readonly writeText: (path: string, text: string) => void
  /** Opens what beacons are configured with; what waits of secrets goes to the server at once, if it can be reached. */
  readonly openProvisioning: (
    parts: SecretsAt & { readonly radio: Radio; readonly registry: ProvisionRegistry },
  ) => Promise<ProvisioningRoom>
  /** Brings the secrets kept here to the server's vault. */
  readonly handOverSecrets: (parts: SecretsAt) => Promise<HandedOver>
  /** Serves the local page; see `place/serve-page.ts`. Tells where it is. */
  readonly openPage?: (url: string) => void
}

/** The published map as commands ask of it. */
export interface VenueMap {
  readonly archive: Archive
  readonly destinations: readonly Destination[]
  readonly tables: RoutingTables
}

/** Exit codes: what a script is told. */
export const exitCodes = { ok: 0, refused: 1, wrongCall: 2, attention: 3 } as const

/** One call of the tool. */
export interface Context {
  readonly machine: Machine
  readonly options: Options
  readonly positionals: readonly string[]
  readonly language: Language
  readonly json: boolean
  readonly dir: string
  /** The kit, opened when first asked for, closed when the command ends. */
  readonly kit: () => Kit
  readonly map: () => Promise<VenueMap>
  /** Calls a server as whoever is signed in there. */
  readonly client: (server: string) => Client
  readonly text: (words: Words) => string
  /** A line for the person; nothing with `--json`. */
  readonly say: (words: Words, tone?: Tone) => void
  readonly table: (columns: readonly Column[], rows: readonly (readonly Cell[])[]) => void
  /** The result: one JSON document with `--json`, else what `human` writes. */
  readonly result: (document: object, human: () => void) => void
  /** One line of NDJSON; nothing without `--json`. */
  readonly event: (document: object) => void
}

/** A call that cannot be carried out as it was written. */
export function wrongCall(words: Words): KitFault {
  return new KitFault('wrong-call', words)
}

/** A context and the function that lets go of what it opened. */
export function createContext(
  machine: Machine,
  call: {
    readonly options: Options
    readonly positionals: readonly string[]
    readonly language: Language
    readonly json: boolean
    readonly dir: string
  },
): { readonly context: Context; readonly close: () => void } {
  const { output } = machine
  let kit: Kit | undefined
  let map: Promise<VenueMap> | undefined
  const text = (words: Words) => words[call.language]
  const openedKit = () => (kit ??= openKit(call.dir))
  const context: Context = {
    machine,
    ...call,
    kit: openedKit,
    map() {
      const { venue } = call.options
      map ??= mapOf(machine, typeof venue === 'string' ? venue : openedKit().archiveBytes())
      return map
    },
    client: (server) => machine.clientOf(server, machine.token ?? tokenFor(call.dir, server)),
    text,
    say(words, tone = 'plain') {
      if (!call.json) output.write(`${toned(output, tone, text(words))}\n`)
    },
    table(columns, rows) {
      if (!call.json) for (const line of tableLines(output, columns, rows)) output.write(`${line}\n`)
    },
    result(document, human) {
      if (call.json) output.write(`${JSON.stringify(document)}\n`)
      else human()
    },
    event(document) {
      if (call.json) output.write(`${JSON.stringify(document)}\n`)
    },
  }
  return {
    context,
    close() {
      kit?.close()
    },
  }
}

/** A session is for its own server: its token goes to no other. */
function tokenFor(dir: string, server: string): string | undefined {
  const session = keptSession(dir)
  return session && serverAddress(session.server) === serverAddress(server) ? session.token : undefined
}

async function mapOf(machine: Machine, source: string | Uint8Array): Promise<VenueMap> {
  const archive = await machine.readArchive(source)
  const destinations = destinationsOf(archive)
  return { archive, destinations, tables: buildRoutingTables(archive, destinations) }
}

/** `1/7`: what is written on a beacon's label; the uuid is the venue's. */
export function shortName({ identity }: Pick<LocalBeacon, 'identity'>): string {
  return `${identity.major}/${identity.minor}`
}

/**
 * The beacon a person means: `major/minor`, the whole identity, or the hardware's address.
 * @throws KitFault that says what there is instead
 */
export function beaconCalled(beacons: ReadonlyMap<string, LocalBeacon>, text: string): LocalBeacon {
  const wanted = text.trim().toLowerCase()
  const found = [...beacons.values()].filter(
    (beacon) =>
      beacon.key === wanted ||
      shortName(beacon) === wanted ||
      (wanted !== '' && beacon.hardware.mac.toLowerCase() === wanted),
  )
  const live = found.filter(({ state }) => state !== 'retired')
  const [only] = live.length > 0 ? live : found
  if (only && live.length <= 1) return only
  throw new KitFault(
    live.length > 1 ? 'several-beacons' : 'unknown-beacon',
    live.length > 1
      ? {
          zh: `"${text}" 有 ${live.length} 个信标，请写全：${live[0]?.key ?? ''}`,
          en: `Expected one beacon, but "${text}" is ${live.length}: give the whole identity, such as ${live[0]?.key ?? ''}`,
        }
      : {
          zh: `登记里没有信标 "${text}"：写 major/minor（如 1/7）或硬件地址；beacons status 列出数量。`,
          en: `Expected a beacon of the registry, but "${text}" is none: give major/minor, such as 1/7, or its address.`,
        },
  )
}

/** The text of an option; undefined when it is not given. */
export function textOption({ options }: Pick<Context, 'options'>, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A number option within bounds. */
export function numberOption(
  { options }: Pick<Context, 'options'>,
  name: string,
  at: { readonly usual: number; readonly least: number; readonly most: number },
): number {
  const given = options[name]
  if (typeof given !== 'string') return at.usual
  const value = Number(given)
  if (given.trim() !== '' && value >= at.least && value <= at.most) return value
  throw wrongCall({
    zh: `--${name} 应是 ${at.least} 到 ${at.most} 的数，收到 "${given}"`,
    en: `Expected --${name} to be a number from ${at.least} to ${at.most}, got "${given}"`,
  })
}

/** Levels named by `--level F1,F2`; undefined when none is named. */
export function levelsOption(
  { options }: Pick<Context, 'options'>,
  { tables }: Pick<VenueMap, 'tables'>,
): string[] | undefined {
  const given = options.level
  if (typeof given !== 'string') return undefined
  const names = given.split(',').map((name) => name.trim())
  const known = tables.levels.map(({ name }) => name)
  const stranger = names.find((name) => !known.includes(name))
  if (stranger === undefined) return names
  throw wrongCall({
    zh: `没有楼层 "${stranger}"；有 ${known.join('、')}`,
    en: `Expected levels of the map, but "${stranger}" is none; it has ${known.join(', ')}`,
  })
}
