import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'

/** A message bus of a test's own: no root, no system bus. */
export interface PrivateBus {
  /** To be given to `openRadio`, or as DBUS_SYSTEM_BUS_ADDRESS to a program. */
  readonly address: string
  stop(): Promise<void>
}

/**
 * Match rules one connection may have. The system bus allows 512; here so few that a client which adds one for each device
 * fails its test.
 */
export const maxMatchRules = 64

const configuration = (folder: string) => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${join(folder, 'bus')}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_match_rules_per_connection">${maxMatchRules}</limit>
  <limit name="max_connections_per_user">512</limit>
</busconfig>
`

/** Daemons that a test which failed early may leave behind. */
const running = new Set<() => void>()

function killAll(): void {
  for (const kill of running) kill()
}

/** Starts a real dbus-daemon in a folder of its own; it ends with the process at the latest. Some 50 ms. */
export async function startPrivateBus(): Promise<PrivateBus> {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-bus-'))
  const file = join(folder, 'bus.conf')
  writeFileSync(file, configuration(folder))
  const program = process.env.ATRIUM_DBUS_DAEMON ?? 'dbus-daemon'
  const daemon = spawn(program, [`--config-file=${file}`, '--nofork', '--nopidfile', '--print-address=1'], {
    // Its only word on stderr is that it may not raise its file limit, which is so for everybody but root.
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const kill = () => {
    daemon.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  if (running.size === 0) process.once('exit', killAll)
  running.add(kill)
  const lines = createInterface({ input: daemon.stdout })
  const [address] = (await Promise.race([
    once(lines, 'line'),
    once(daemon, 'exit').then(() => {
      throw new Error(`${program} ended at its start.`)
    }),
  ])) as [string]
  lines.close()
  daemon.stdout.destroy()
  return {
    address: address.replace(/,guid=.*/, ''),
    async stop() {
      running.delete(kill)
      if (running.size === 0) process.off('exit', killAll)
      const ended = daemon.exitCode === null ? once(daemon, 'exit') : undefined
      kill()
      await ended
    },
  }
}
