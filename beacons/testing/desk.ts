import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Archive } from '../../maps/model/index.ts'
import { createClient } from '../../server/contract/index.ts'
import { openRadio } from '../radio/bluez-radio.ts'
import type { Machine } from '../tool/context.ts'
import { handOverSecrets, openProvisioningRoom } from '../tool/provisioning-room.ts'
import { runTool } from '../tool/run-tool.ts'
import type { Output } from '../tool/terminal.ts'
import { testLimits } from './rig.ts'
import type { Rig } from './rig.ts'
import { Screen } from './screen.ts'

/** An installer's desk: the tool with a folder of its own, a radio over the stand-in, and a clock that waiting moves. */
export interface Desk {
  readonly dir: string
  readonly files: Map<string, string>
  /** Runs a command with `--json`; the exit code and every document it wrote. */
  readonly run: (...args: string[]) => Promise<{
    readonly code: number
    readonly documents: readonly Record<string, unknown>[]
    readonly last: Record<string, unknown>
  }>
  /** The same for a person who reads English. */
  readonly read: (...args: string[]) => Promise<{ readonly code: number; readonly text: string }>
  /** The same at a terminal; what is on the screen at the end. */
  readonly watch: (screen: Screen, ...args: string[]) => Promise<number>
  /** Takes the network away, and gives it back. */
  readonly online: (is: boolean) => void
  /** What the person types next, line by line; undefined when they are gone. */
  readonly answers: (string | undefined)[]
  /** Does something when so much more time has passed, such as moving a beacon. */
  readonly after: (ms: number, action: () => void) => void
  /** As Ctrl-C does. */
  readonly stop: AbortController
  /** Called with the address of the local page when it is served. */
  onPage: (url: string) => void
  readonly close: () => Promise<void>
}

const day = 86_400_000

/**
 * Sets up a desk. While the tool waits, every beacon in the air of the rig sends a packet each half second of the rig's clock,
 * and each is heard before the next; nothing sleeps. Only while beacons are written to do they send by real time.
 */
export async function openDesk(
  rig: Rig,
  {
    archive,
    token,
    server,
    passphrase = 'only for this desk',
  }: {
    readonly archive: Archive
    readonly token?: string
    readonly server?: string
    readonly passphrase?: string
  },
): Promise<Desk> {
  const dir = await mkdtemp(join(tmpdir(), 'atrium-kit-'))
  let written = ''
  let isOnline = true
  const files = new Map<string, string>()
  const later: { readonly atMs: number; readonly action: () => void }[] = []
  const sink: Output = {
    isTty: false,
    hasColour: false,
    columns: () => 100,
    rows: () => 40,
    write: (text) => void (written += text),
    onResize: () => () => undefined,
  }
  const desk: Desk = {
    ...{ dir, files, answers: [], stop: new AbortController(), onPage: () => undefined },
    async run(...args) {
      const { code, text } = await call([...args, '--json'], sink)
      const documents = text
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]))
      return { code, documents, last: documents[documents.length - 1] ?? {} }
    },
    read: (...args) => call([...args, '--lang', 'en'], sink),
    async watch(screen, ...args) {
      return (await call(args, screen)).code
    },
    online: (is) => void (isOnline = is),
    after: (ms, action) => void later.push({ atMs: rig.clock.nowMs + ms, action }),
    close: () => rm(dir, { recursive: true }),
  }
  const sealing = { passphrase, clock: () => rig.clock.nowMs }

  async function call(args: readonly string[], output: Output) {
    written = ''
    const code = await runTool([...args, '--dir', dir], machineOn(output))
    return { code, text: written }
  }

  /** Passes time in steps of half a second; a signal that is given ends it. */
  async function wait(ms: number, signal?: AbortSignal): Promise<void> {
    const endMs = rig.clock.nowMs + ms
    // Nobody waits for a day: what is served until Ctrl-C is served until then.
    if (ms >= day) await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    while (rig.clock.nowMs < endMs && signal?.aborted !== true) {
      const stepMs = Math.min(endMs, Math.floor(rig.clock.nowMs / packetMs + 1) * packetMs)
      rig.clock.nowMs = stepMs
      for (const one of later.splice(0)) {
        if (one.atMs <= stepMs) one.action()
        else later.push(one)
      }
      if (stepMs % packetMs === 0) await rig.sendAll()
    }
  }

  const machineOn = (output: Output): Machine => ({
    output,
    tell: (line) => {
      output.write(`${line}\n`)
    },
    ask: () => Promise.resolve(desk.answers.shift()),
    askSecret: () => Promise.resolve(desk.answers.shift()),
    nowMs: () => rig.clock.nowMs,
    wait,
    newId: () => crypto.randomUUID(),
    stop: desk.stop.signal,
    async openRadio() {
      const radio = await openRadio({
        ...{ clock: () => rig.clock.nowMs, busAddress: rig.busAddress, limits: testLimits },
      })
      rig.listensWith(radio)
      return radio
    },
    clientOf: (baseUrl, by) =>
      createClient({
        baseUrl,
        fetch: (...sent) => (isOnline ? fetch(...sent) : Promise.reject(new Error('no network'))),
        token: () => by,
      }),
    token,
    server,
    readArchive: () => Promise.resolve(archive),
    readText: (path) => files.get(path) ?? '',
    writeText: (path, text) => void files.set(path, text),
    async openProvisioning(parts) {
      const room = await openProvisioningRoom({
        ...{ ...parts, ...sealing, limits: { pauseMs: 5 } },
        randomBytes: (count) => randomBytes(count),
      })
      return {
        ...room,
        async run(jobs, options) {
          const silence = rig.onAir(20)
          try {
            return await room.run(jobs, options)
          } finally {
            silence()
          }
        },
      }
    },
    handOverSecrets: (parts) => handOverSecrets({ ...parts, ...sealing }),
    openPage: (url) => {
      desk.onPage(url)
    },
  })
  return desk
}

/** What the simulated beacons of a desk send at. */
export const packetMs = 500
