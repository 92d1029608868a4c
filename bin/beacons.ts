/** `beacons COMMAND`: the installer's tool; `npm run --silent beacons -- --help` says how. docs/installer.md is a day with it. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { Buffer } from 'node:buffer'
import process from 'node:process'
import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileFault, KitFault } from '../beacons/offline/kit-fault.ts'
import { openRadio } from '../beacons/radio/bluez-radio.ts'
import type { Machine } from '../beacons/tool/context.ts'
import { handOverSecrets, openProvisioningRoom } from '../beacons/tool/provisioning-room.ts'
import { runTool } from '../beacons/tool/run-tool.ts'
import { connectorsOf, suggestConnectors, withConnectors } from '../maps/connectors/index.ts'
import { createClient } from '../server/contract/index.ts'
import { newUuid } from '../server/platform/ids.ts'
import { readVenue } from '../server/venues/archive-files.ts'
import { askPassword } from './ask-password.ts'

const { stdout, stdin, env } = process
const stop = new AbortController()
process.once('SIGINT', () => {
  stop.abort()
})

/** What a person is asked for now; an audit may end before they answer. */
let asked: Interface | undefined

/** What seals the secrets of beacons on this laptop. */
const sealing = { passphrase: env.ATRIUM_BEACON_PASSPHRASE, clock: Date.now }

const machine: Machine = {
  output: {
    isTty: stdout.isTTY,
    // Source: https://no-color.org
    hasColour: stdout.isTTY && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb',
    columns: () => (stdout.isTTY ? stdout.columns : 200),
    rows: () => (stdout.isTTY ? stdout.rows : 1000),
    write: (text) => void stdout.write(text),
    onResize(listener) {
      stdout.on('resize', listener)
      return () => {
        stdout.off('resize', listener)
      }
    },
  },
  tell: (line) => {
    console.error(line)
  },
  ask(question) {
    if (!stdin.isTTY) return Promise.resolve(undefined)
    if (question !== '') console.error(question)
    const lines = createInterface({ input: stdin })
    asked = lines
    return new Promise((resolve) => {
      lines.once('line', (line) => {
        lines.close()
        resolve(line)
      })
    })
  },
  askSecret: async (question) => {
    const secret = await askPassword(question)
    return secret === '' ? undefined : secret
  },
  nowMs: Date.now,
  wait: (ms, signal = stop.signal) => delay(ms, undefined, { signal }).catch(() => undefined),
  newId: newUuid,
  stop: stop.signal,
  openRadio: () => openRadio({ clock: Date.now }),
  clientOf: (server, token) =>
    createClient({ baseUrl: server.replace(/\/+$/, ''), fetch, token: () => token }),
  token: env.ATRIUM_TOKEN,
  server: env.ATRIUM_SERVER,
  async readArchive(source) {
    const read = await readVenue(typeof source === 'string' ? source : Buffer.from(source))
    if ('refused' in read) {
      const reason = read.problems[0]?.message ?? 'it cannot be read'
      throw new KitFault('bad-map', { zh: `地图读不了：${reason}`, en: `Expected a map, but ${reason}` })
    }
    const { archive } = read
    if (archive.features.level.length < 2 || connectorsOf(archive).length > 0) return archive
    return withConnectors(
      archive,
      suggestConnectors(archive).filter(({ confidence }) => confidence === 'likely'),
    )
  },
  readText: (path) => inWords(path, () => readFileSync(path, 'utf8')),
  writeText: (path, text) => {
    inWords(path, () => {
      writeFileSync(path, text)
    })
  },
  openProvisioning: (parts) => openProvisioningRoom({ ...parts, ...sealing, randomBytes }),
  handOverSecrets: (parts) => handOverSecrets({ ...parts, ...sealing }),
}

function inWords<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw fileFault(error, path)
  }
}

process.exitCode = await runTool(process.argv.slice(2), machine)
asked?.close()
