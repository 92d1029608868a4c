import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { findPostgres } from '../server/testing/postgres-cluster.ts'
import { findRedis } from '../server/testing/redis-server.ts'

/** Something of the system that some suites of tests need. */
export interface Requirement {
  readonly name: string
  /** Debian's packages that bring it; the first that the machine's release knows is installed. */
  readonly packages: readonly string[]
  /** The suites that cannot run without it, for the person who reads the last lines. */
  readonly suites: string
  /** Where it is; undefined when it is not there. */
  readonly find: () => string | undefined
  /** The environment variable in which a suite finds it, when it is a program. */
  readonly variable?: string
}

/** What `npm test` needs beyond `npm ci`: add a line when a suite comes that needs more. */
export const requirements: readonly Requirement[] = [
  {
    name: 'PostgreSQL 15+ with PostGIS',
    packages: ['postgresql-15-postgis-3', 'postgresql-16-postgis-3', 'postgresql-17-postgis-3'],
    suites: 'the database tests on a PostgreSQL server',
    find: findPostgres,
  },
  {
    name: 'Redis 6.2+',
    packages: ['redis-server'],
    suites: 'the tests of several nodes',
    find: findRedis,
  },
  {
    name: 'Chromium',
    packages: ['chromium'],
    suites: 'the tests in a browser',
    find: () => process.env.ATRIUM_CHROMIUM ?? firstExisting(['/usr/bin/chromium', '/usr/bin/google-chrome']),
    variable: 'ATRIUM_CHROMIUM',
  },
  {
    name: 'Noto Sans CJK',
    packages: ['fonts-noto-cjk'],
    suites: 'the pictures of Chinese text',
    find: () =>
      firstExisting(['/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', '/System/Library/Fonts']),
  },
  {
    name: 'D-Bus',
    packages: ['dbus-daemon', 'dbus'],
    suites: 'the tests of the beacon tool over a private bus',
    find: () => process.env.ATRIUM_DBUS_DAEMON ?? firstExisting(['/usr/bin/dbus-daemon']),
    variable: 'ATRIUM_DBUS_DAEMON',
  },
  {
    name: 'python3-dbusmock',
    packages: ['python3-dbusmock'],
    suites: 'the test of the beacon tool against a second BlueZ stand-in',
    find: () => firstExisting(['/usr/lib/python3/dist-packages/dbusmock/__init__.py']),
  },
]

/**
 * Installs what is missing with apt-get, on Debian and its kin as root; says what it does through `say`.
 * Elsewhere, or when apt-get fails, it says what to install.
 * @returns What is still missing.
 */
export async function ensureRequirements(
  wanted: readonly Requirement[],
  say: (line: string) => void,
): Promise<readonly Requirement[]> {
  const isMissing = ({ find }: Requirement) => find() === undefined
  const missing = wanted.filter(isMissing)
  if (missing.length === 0) return []
  const names = missing.map(({ name }) => name).join(', ')
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    const packages = missing.map((requirement) => requirement.packages[0]).join(' ')
    say(`Not here: ${names}. To run every test, install them; on Debian: sudo apt-get install ${packages}`)
    return missing
  }
  say(`Installing ${names} (once per machine) …`)
  if (await apt(['update'], say)) {
    const packages = missing.flatMap((requirement) => requirement.packages.find(isKnown) ?? [])
    await apt(['install', '-y', '--no-install-recommends', ...packages], say)
  }
  return missing.filter(isMissing)
}

/** Installing takes a minute or more: it says every five seconds that it goes on. */
async function apt(args: readonly string[], say: (line: string) => void): Promise<boolean> {
  const command = `apt-get ${args.join(' ')}`
  say(`  ${command}`)
  const startedAt = performance.now()
  const goingOn = setInterval(() => {
    say(`  … ${command}: ${Math.round((performance.now() - startedAt) / 1000)} s so far`)
  }, 5000)
  const child = spawn('apt-get', ['-q', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  clearInterval(goingOn)
  if (code === 0) return true
  const words = `${output}${errors}`.trim().split('\n').slice(-3).join('\n')
  say(`${command} failed:\n${words}`)
  return false
}

function isKnown(name: string): boolean {
  try {
    return execFileSync('apt-cache', ['pkgnames', name], { encoding: 'utf8' }).split('\n').includes(name)
  } catch {
    return false
  }
}

function firstExisting(paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path))
}
