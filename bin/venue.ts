/**
 * `venue check|export|search`: looks at a venue outside any database. `npm run --silent venue -- --help`
 * says how. Exit code 0 is sound, 1 means that the venue has errors or cannot be read, 2 a wrong call.
 */
import { parseArgs } from 'node:util'
import { destinationsOf } from '../maps/directory/index.ts'
import { writeImdf } from '../maps/imdf/index.ts'
import type { ReadArchive } from '../maps/imdf/index.ts'
import type { Problem } from '../maps/model/index.ts'
import { routeProblems } from '../maps/validate-routes/index.ts'
import { createSearch } from '../maps/search/index.ts'
import { readVenue, writeArchiveZip } from '../server/venues/archive-files.ts'
import { archiveRows } from '../server/venues/archive-rows.ts'
import { runProgram, WrongCall } from './program.ts'

const usage = `usage: venue check  PATH [--json]
       venue export PATH OUT.zip [--name NAME]
       venue search PATH QUERY [--json] [--lang zh|en|…] [--level F2] [--limit 20]

PATH is an IMDF archive (zip), a folder with the files of one, or a folder in the format of the
Indoor Location Competition 2.0 (a folder a level with geojson_map.json and floor_info.json).

check   says what is in the venue and what is wrong with it
export  writes it as an IMDF archive; --name names a venue whose format tells no name
search  lists the shops, bays and facilities that QUERY may mean, best first`

interface Call {
  readonly positionals: readonly string[]
  readonly json: boolean
  readonly name: string | undefined
  readonly lang: string | undefined
  readonly level: string | undefined
  readonly limit: number | undefined
}

/** Positionals and options that each command takes. */
const commands: Readonly<
  Record<string, { run: (call: Call) => Promise<number>; positionals: number; options: readonly string[] }>
> = {
  check: { run: check, positionals: 1, options: ['json'] },
  export: { run: exportVenue, positionals: 2, options: ['name'] },
  search: { run: search, positionals: 2, options: ['json', 'lang', 'level', 'limit'] },
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      json: { type: 'boolean' },
      name: { type: 'string' },
      lang: { type: 'string' },
      level: { type: 'string' },
      limit: { type: 'string' },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const [name = '', ...rest] = positionals
  const command = Object.entries(commands).find(([known]) => known === name)?.[1]
  if (!command) throw new WrongCall(name === '' ? 'a command is missing' : `there is no command "${name}"`)
  const odd = Object.keys(values).find((option) => !command.options.includes(option))
  if (odd !== undefined) throw new WrongCall(`${name} takes no --${odd}`)
  if (rest.length !== command.positionals) {
    throw new WrongCall(`${name} takes ${command.positionals} arguments, got ${rest.length}`)
  }
  if (rest.includes('')) throw new WrongCall('an argument is empty')
  return command.run({
    positionals: rest,
    json: values.json ?? false,
    name: values.name,
    lang: values.lang,
    level: values.level,
    limit: values.limit === undefined ? undefined : wholeNumber(values.limit),
  })
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > 100) {
    throw new WrongCall(`--limit is a number from 1 to 100, got "${text}"`)
  }
  return Number(text)
}

async function check({ positionals: [path = ''], json }: Call): Promise<number> {
  const read = await readVenue(path)
  // What an import would refuse beyond that: a check that finds nothing is a promise.
  const unstorable = 'refused' in read ? [] : (await archiveRows(read.archive)).problems
  const routes = 'refused' in read || hasErrors(read.problems) ? [] : routeProblems(read.archive)
  const report =
    'refused' in read
      ? { levels: 0, units: 0, destinations: 0, problems: read.problems }
      : {
          levels: read.archive.features.level.length,
          units: read.archive.features.unit.length,
          destinations: destinationsOf(read.archive).length,
          problems: [...unstorable, ...read.problems, ...routes],
        }
  if (json) console.log(JSON.stringify(report))
  else {
    for (const problem of report.problems) console.log(lineOf(problem))
    console.log(
      'refused' in read
        ? 'The venue cannot be read.'
        : `${report.levels} levels, ${report.units} units, ${report.destinations} destinations; ${countsOf(report.problems)}.`,
    )
  }
  return hasErrors(report.problems) ? 1 : 0
}

async function exportVenue({ positionals: [path = '', out = ''], name }: Call): Promise<number> {
  if (!out.endsWith('.zip')) throw new WrongCall(`an archive is named .zip, got "${out}"`)
  const read = await readable(path, name)
  if (!read) return 1
  const files = writeImdf(read.archive)
  await writeArchiveZip(files, out)
  console.log(`${out}: ${Object.keys(files).length} files; ${countsOf(read.problems)}.`)
  return 0
}

async function search({
  positionals: [path = '', query = ''],
  json,
  lang,
  level,
  limit,
}: Call): Promise<number> {
  const read = await readable(path)
  if (!read) return 1
  const hits = createSearch(destinationsOf(read.archive))
    .search(query, {
      ...(lang === undefined ? {} : { lang }),
      ...(level === undefined ? {} : { onLevel: level }),
      ...(limit === undefined ? {} : { limit }),
    })
    .map(({ destination, name }) => ({
      id: destination.id,
      name,
      level: destination.level,
      kind: destination.kind,
    }))
  if (json) console.log(JSON.stringify(hits))
  else if (hits.length === 0) console.log(`Nothing is found for "${query}".`)
  else for (const hit of hits) console.log([hit.level, hit.name, hit.kind, hit.id].join('\t'))
  return 0
}

/** The archive at a path; undefined, with the reasons printed, when it cannot be read. */
async function readable(
  path: string,
  name?: string,
): Promise<Exclude<ReadArchive, { refused: unknown }> | undefined> {
  const read = await readVenue(path, name === undefined ? {} : { name })
  if (!('refused' in read)) return read
  for (const problem of read.problems) console.error(lineOf(problem))
  return undefined
}

function lineOf({ severity, message, file, feature }: Problem): string {
  const where = [file, feature].filter((part) => part !== undefined && part !== '').join(' ')
  return `${severity}: ${where === '' ? '' : `${where}: `}${message}`
}

function countsOf(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  return `${errors} errors, ${problems.length - errors} warnings`
}

function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error')
}

await runProgram(usage, () => main(process.argv.slice(2)))
