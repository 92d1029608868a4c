/** `bench NAME [--json] [ARGS]`: runs one bench and prints its report as JSON, indented unless `--json`. */
import process from 'node:process'

/** A bench gives a report; further arguments are its own. */
interface Bench {
  run(args: readonly string[]): object | Promise<object>
}

const benches = new Map<string, () => Promise<Bench>>([
  ['beacons', () => import('../beacons/beacons.bench.ts')],
  ['beacon-audit', () => import('../beacons/audit/audit.bench.ts')],
  ['beacon-pictures', () => import('../beacons/pictures.bench.ts')],
  ['beacon-plan', () => import('../beacons/plan/plan.bench.ts')],
  ['canvas', () => import('../maps/canvas/canvas.bench.ts')],
  ['database', () => import('../server/database/database.bench.ts')],
  ['kiosk', () => import('../kiosk/kiosk.bench.ts')],
  ['offers', () => import('../server/offers/offers.bench.ts')],
  ['positioning', () => import('../positioning/positioning.bench.ts')],
  // The engines that `positioning` runs in processes of their own.
  ['positioning-atrium', () => import('../positioning/atrium.bench.ts')],
  ['positioning-openhps', () => import('../positioning/openhps.bench.ts')],
  ['presence', () => import('../server/presence/presence.bench.ts')],
  ['realtime', () => import('../server/realtime/realtime.bench.ts')],
  ['search', () => import('../maps/search/search.bench.ts')],
  ['system', () => import('../bench/system/system.bench.ts')],
  ['routing', () => import('../maps/routes/routes.bench.ts')],
  ['zones', () => import('../maps/zones/zones.bench.ts')],
])

const [name = '', ...rest] = process.argv.slice(2)
const load = benches.get(name)
if (!load) {
  console.error(`usage: bench NAME [--json], where NAME is one of ${[...benches.keys()].join(', ')}`)
  process.exit(2)
}
try {
  const bench = await load()
  const report = await bench.run(rest.filter((arg) => arg !== '--json'))
  console.log(rest.includes('--json') ? JSON.stringify(report) : JSON.stringify(report, null, 2))
} catch (error) {
  console.error(`bench ${name}: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}
// OpenHPS leaves timers behind that would keep the process alive.
process.exit(0)
