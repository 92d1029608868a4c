/**
 * `npm start`: brings up the whole product. Builds the screens where they changed, opens the database
 * (embedded unless DATABASE_URL is set), brings its tables up to date, imports the demo mall into an empty
 * embedded database, and listens. Progress and addresses go to standard error, the log to standard output.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { demoMall } from '../maps/demo/index.ts'
import type { VenueId } from '../maps/model/index.ts'
import { validateArchive } from '../maps/validate/index.ts'
import { routeProblems } from '../maps/validate-routes/index.ts'
import { registerArchiveBeacons } from '../server/beacons/index.ts'
import { openDatabase, openingStageText } from '../server/database/index.ts'
import type { Database } from '../server/database/index.ts'
import { systemClock } from '../server/platform/clock.ts'
import { describeFaults, readConfig } from '../server/platform/config.ts'
import type { Config } from '../server/platform/config.ts'
import { newUuid } from '../server/platform/ids.ts'
import { createLog } from '../server/platform/log.ts'
import type { Log } from '../server/platform/log.ts'
import { entities, migrations } from '../server/schema.ts'
import { startServer, stopOnSignals } from '../server/server.ts'
import type { RunningServer } from '../server/server.ts'
import { importVenue, listVenues, listVersions } from '../server/venues/index.ts'
import { buildClients } from './clients.ts'
import { addDemoContent } from './demo-content.ts'
import { createDemoSimulation } from './demo-simulation.ts'
import { Refused, runProgram, sentenceOf } from './program.ts'
import { createProgress } from './progress.ts'
import type { Strand } from './progress.ts'

const startedAtMs = performance.now()

const progress = createProgress(
  (line) => {
    console.error(line)
  },
  () => performance.now() - startedAtMs,
)

/** What the demo mall's versions name as their source. */
const demoSource = 'demo mall'

await runProgram('usage: npm start   (settings: npm run --silent config)', async () => {
  parseArgs({ options: {} })
  const config = readConfig(process.env)
  if ('refused' in config) throw new Refused(describeFaults(config.faults))
  const log = createLog({ level: config.logLevel })
  const beats = setInterval(() => {
    progress.beat()
  }, 1000)
  try {
    await start(config, log)
    return 0
  } catch (error) {
    const sentence = sentenceOf(error)
    if (sentence === undefined) log.fatal({ err: error }, 'the server could not start')
    throw new Refused(`\n没有启动 · Not started\n${sentence ?? String(error)}`)
  } finally {
    clearInterval(beats)
  }
})

async function start(config: Config, log: Log): Promise<void> {
  // The builder and the database engine run in threads of their own, so they take the longer of the two.
  const [pagesDir, database] = await Promise.all([buildScreens(), open(config, log)])
  const { step, end } = progress.strand()
  try {
    if (database.engine === 'embedded') await importDemoMall(database, step)
    step('正在启动服务', 'Starting the server')
    const demoVenueId = await demoVenueOf(database)
    const simulation =
      demoVenueId !== undefined && config.simulate === 'on'
        ? createDemoSimulation({ config, database, log, venueId: demoVenueId })
        : undefined
    const server = await startServer({
      config,
      database,
      log,
      clock: systemClock,
      newId: newUuid,
      version: await productVersion(),
      pagesDir,
      ...(demoVenueId === undefined ? {} : { demoVenueId }),
      ...(simulation ? { demoShoppers: simulation.shoppers } : {}),
    })
    end()
    simulation?.start(server.address)
    stopOnSignals(
      {
        stop: () => {
          simulation?.stop()
          return server.stop()
        },
      },
      log,
      process,
    )
    announce(server, database, { config, isSimulated: simulation !== undefined })
  } catch (error) {
    await database.close()
    throw error
  }
}

async function buildScreens(): Promise<string> {
  const { step, end } = progress.strand()
  const pagesDir = await buildClients({ log: step })
  end()
  return pagesDir
}

async function open(config: Config, log: Log): Promise<Database> {
  const { step, end } = progress.strand()
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDir: join(config.dataDir, 'database'),
    entities,
    migrations,
    log,
    onProgress: (stage) => {
      step(openingStageText[stage].zh, openingStageText[stage].en)
    },
  })
  end()
  return database
}

/** The demo mall, while it is all there is in an embedded database: its kiosk needs no pairing on this machine. */
async function demoVenueOf(database: Database): Promise<VenueId | undefined> {
  if (database.engine !== 'embedded') return undefined
  const [venue, ...others] = await listVenues(database)
  if (!venue || others.length > 0) return undefined
  const versions = await listVersions(database, venue.venueId)
  return versions.every(({ source }) => source === demoSource) ? venue.venueId : undefined
}

/** An empty pilot has something to look at; a server's database is the operator's own to fill. */
async function importDemoMall(database: Database, step: Strand['step']): Promise<void> {
  if ((await listVenues(database)).length > 0) return
  step('正在导入示例商场', 'Importing the demo mall')
  const archive = demoMall()
  const result = await importVenue(database, {
    archive,
    problems: validateArchive(archive),
    routes: routeProblems(archive),
    source: demoSource,
    publish: true,
    nowMs: systemClock(),
    newId: newUuid,
  })
  if ('refused' in result) throw new Error(`The demo mall was refused: ${JSON.stringify(result)}`)
  const occasion = { actor: 'system', nowMs: systemClock(), newId: newUuid }
  await registerArchiveBeacons(database, occasion, { venueId: result.venueId, archive })
  await addDemoContent(database, occasion, archive)
}

async function productVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function announce(
  server: RunningServer,
  database: Database,
  { config, isSimulated }: { readonly config: Config; readonly isSimulated: boolean },
): void {
  const address = config.publicUrl ?? server.address
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
  const lines = [
    '',
    `  Atrium 已就绪 · ready (${seconds} s)`,
    '',
    `  首页 front page    ${address}/`,
    `  地图 map           ${address}/map`,
    `  导览屏 kiosk       ${address}/kiosk/`,
    `  小程序 mini-program ${address}/miniprogram/`,
    `  接口 API           ${address}/docs`,
    '',
    ...server.maps.all().map(({ entry: { name, levels, destinations } }) => {
      const label = name.zh ?? name.en ?? Object.values(name)[0] ?? ''
      return `  ${label}: ${levels.length} 层 levels, ${destinations} 个去处 places`
    }),
    ...(isSimulated
      ? [
          '',
          '  示例商场里有模拟顾客在走动；不要的话设 ATRIUM_SIMULATE=off。',
          '  Simulated shoppers walk about in the demo mall; ATRIUM_SIMULATE=off turns them off.',
        ]
      : []),
    ...(database.engine === 'embedded'
      ? [
          '',
          `  内置数据库适合评估和试点，数据在 ${config.dataDir}；正式运营请设置 DATABASE_URL。`,
          `  The embedded database is for evaluation and pilots, its data are in ${config.dataDir};`,
          '  set DATABASE_URL for a mall in operation.',
        ]
      : []),
    ...(server.firstOperatorCode === undefined
      ? []
      : [
          '',
          `  首位管理员的一次性代码（30 分钟内有效） one-time code for the first operator (good for 30 minutes):`,
          `  ${server.firstOperatorCode}   POST ${address}/v1/operators/first`,
        ]),
    '',
    '  Ctrl-C 停止，数据保留 · stops, the data stay',
    '',
  ]
  console.error(lines.join('\n'))
}
