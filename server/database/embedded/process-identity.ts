import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** True while a process of this number runs on this machine, whoever's it is. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Not ours to signal, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * When a process began, as a text that no other process with the same number shares; undefined when it does
 * not run. On Linux the boot and the clock ticks since it (`proc(5)`, field 22), elsewhere what `ps` says.
 */
export function processStart(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined
  try {
    if (process.platform === 'linux') {
      // The second field is the command in brackets and may hold anything: count from its end.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ')
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields?.[19]}`
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}
