/**
 * `npm run import -- PATH [--publish]`: imports a venue into the running configuration's database. PATH is an
 * IMDF archive (zip or folder) or a folder in the format of the Indoor Location Competition.
 */
import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Problem } from '../maps/model/index.ts'
import { routeProblems } from '../maps/validate-routes/index.ts'
import { timeZone } from '../server/contract/campaign-values.ts'
import { systemClock } from '../server/platform/clock.ts'
import { newUuid } from '../server/platform/ids.ts'
import { readVenue } from '../server/venues/archive-files.ts'
import { hasErrors, importVenue } from '../server/venues/index.ts'
import { configOrRefuse, openConfigured } from './configured.ts'
import { runProgram, WrongCall } from './program.ts'

const usage = `npm run import -- PATH [--publish] [--slug NAME] [--name NAME] [--zone ZONE]

  PATH       IMDF archive (zip or folder), or a folder in the format of the Indoor Location Competition
  --publish  show it at once; without it the new version waits to be published
  --slug     short name for addresses: letters a-z, digits, hyphens
  --name     name of a venue whose files do not tell it
  --zone     time zone of the mall's clocks, as Asia/Shanghai; a known venue keeps its own`

/** Most problems printed; the rest are counted. `npm run venue -- check` lists all of them. */
const printedProblems = 20

await runProgram(usage, main)

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      publish: { type: 'boolean', default: false },
      slug: { type: 'string' },
      name: { type: 'string' },
      zone: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const [path] = positionals
  if (path === undefined || positionals.length > 1) {
    throw new WrongCall(`Expected one PATH, got ${positionals.length}.`)
  }
  const zone = timeZone.optional().safeParse(values.zone)
  if (!zone.success) throw new WrongCall(`--zone: ${zone.error.issues[0]?.message ?? ''}.`)
  const config = configOrRefuse()

  const read = await readVenue(path, values.name === undefined ? {} : { name: values.name })
  if ('refused' in read) {
    printProblems(read.problems)
    console.error('没有导入：文件读不出来。\nNothing was imported: the files could not be read.')
    return 1
  }
  const routes = hasErrors(read.problems) ? [] : routeProblems(read.archive)
  printProblems([...read.problems, ...routes])
  const database = await openConfigured(config)
  try {
    const result = await importVenue(database, {
      archive: read.archive,
      problems: read.problems,
      routes,
      source: basename(resolve(path)),
      publish: values.publish,
      ...(values.slug === undefined ? {} : { slug: values.slug }),
      ...(zone.data === undefined ? {} : { timeZone: zone.data }),
      nowMs: systemClock(),
      newId: newUuid,
    })
    if ('refused' in result) {
      if (result.refused === 'has-errors') {
        printProblems(result.problems.filter((problem) => !read.problems.includes(problem)))
      } else {
        console.error(`--slug ${result.facts.slug}: ${result.refused}`)
      }
      console.error('没有导入，数据库没有改动。\nNothing was imported, the database is as it was.')
      return 1
    }
    const { venueId, number, unchanged } = result
    const outcome = unchanged ? '内容没有变化 · nothing new' : '已导入 · imported'
    console.log(`${outcome}: ${venueId}, 版本 version ${number}${values.publish ? ', 已发布 published' : ''}`)
    return 0
  } finally {
    await database.close()
  }
}

function printProblems(problems: readonly Problem[]): void {
  for (const { severity, file, feature, field, message } of problems.slice(0, printedProblems)) {
    const where = [file, feature, field].filter((part) => part !== undefined && part !== '').join(' ')
    console.error(`${severity} ${where}: ${message}`)
  }
  const more = problems.length - printedProblems
  if (more > 0) console.error(`… ${more} 条更多 · ${more} more: npm run venue -- check PATH`)
}
