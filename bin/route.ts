/**
 * `route VENUE --from SPOT --to SPOT`: how to walk there. `npm run --silent route -- --help` says how. Exit
 * code 0 is a route, 1 means that there is none or that a name is not clear, 2 a wrong call.
 */
import { parseArgs } from 'node:util'
import { connectorsOf, suggestConnectors, withConnectors } from '../maps/connectors/index.ts'
import { destinationsOf } from '../maps/directory/index.ts'
import { instructionLanguages, Instructor } from '../maps/instructions/index.ts'
import type { InstructionLanguage } from '../maps/instructions/index.ts'
import type { Archive, Destination } from '../maps/model/index.ts'
import { buildRoutingTables, pathOf, profiles, Router } from '../maps/routes/index.ts'
import type { Profile, Route, RouteRefusal, Spot, Target } from '../maps/routes/index.ts'
import { createSearch } from '../maps/search/index.ts'
import { readVenue } from '../server/venues/archive-files.ts'

const usage = `usage: route VENUE --from SPOT --to SPOT [--profile ${profiles.join('|')}]
             [--lang zh|en] [--json]

VENUE is what \`venue check\` takes: an IMDF archive (zip or folder) or a competition folder.
SPOT is a name (星巴克, B277; with @LEVEL where several levels have one: adidas@F1), an id, or a
point in metres of a level: "F1:120.5,64". --to also takes nearest:KIND, such as nearest:restroom.`

/** A call that nobody can carry out; the message says why. */
class WrongCall extends Error {}
/** A question without an answer; the message says why. */
class NoAnswer extends Error {}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      json: { type: 'boolean' },
      from: { type: 'string' },
      to: { type: 'string' },
      profile: { type: 'string' },
      lang: { type: 'string' },
    },
  })
  if (values.help) {
    console.log(usage)
    return
  }
  const [path] = positionals
  if (path === undefined || positionals.length > 1) throw new WrongCall('route takes one venue')
  if (values.from === undefined || values.to === undefined) throw new WrongCall('--from and --to are needed')
  const profile = oneOf('--profile', profiles, values.profile ?? 'fastest')
  const language = oneOf('--lang', instructionLanguages, values.lang ?? 'zh')
  const archive = await archiveAt(path)
  const destinations = destinationsOf(archive)
  const router = Router.of(buildRoutingTables(archive, destinations))
  const from = spotOf(values.from, destinations)
  const route = router.route({ from, to: targetOf(values.to, destinations), profile })
  if ('refused' in route) {
    const asked = { from: values.from, to: values.to, profile }
    throw new NoAnswer(reasonOf(route, asked, destinations))
  }
  console.log(report(router, route, language, values.json ?? false))
}

function oneOf<Choice extends string>(option: string, choices: readonly Choice[], given: string): Choice {
  const choice = choices.find((each) => each === given)
  if (choice === undefined) throw new WrongCall(`${option} is one of ${choices.join(', ')}, not "${given}"`)
  return choice
}

async function archiveAt(path: string): Promise<Archive> {
  const read = await readVenue(path)
  if ('refused' in read) throw new NoAnswer(read.problems[0]?.message ?? `cannot read ${path}`)
  const { archive } = read
  if (archive.features.level.length < 2 || connectorsOf(archive).length > 0) return archive
  const likely = suggestConnectors(archive).filter(({ confidence }) => confidence === 'likely')
  console.error(
    `No lifts or escalators are named: ${likely.length} that the shape of the building tells are used.`,
  )
  return withConnectors(archive, likely)
}

function targetOf(text: string, destinations: readonly Destination[]): Target {
  const nearest = /^nearest:(.+)$/.exec(text)?.[1]
  return nearest === undefined ? spotOf(text, destinations) : { nearest }
}

function spotOf(text: string, destinations: readonly Destination[]): Spot {
  const point = /^([^:]+):\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)$/.exec(text)
  if (point) return { level: point[1]!, x: Number(point[2]), y: Number(point[3]) }
  const byId = destinations.find(({ id }) => id === text)
  if (byId) return { place: byId.id }
  const [, name = text, level] = /^(.+)@([^@]+)$/.exec(text) ?? []
  const found = destinations.filter(
    (each) => isCalled(each, name) && (level === undefined || each.level === level),
  )
  if (found.length === 1) return { place: found[0]!.id }
  const list = (places: readonly Destination[]) =>
    places.map((each) => `${Object.values(each.name)[0]}@${each.level} (${each.id})`).join(', ')
  if (found.length > 1) {
    throw new NoAnswer(
      `"${text}" is ${found.length} places: ${list(found.slice(0, 8))}. Add @LEVEL or give the id.`,
    )
  }
  const alike = createSearch(destinations).search(name).slice(0, 5)
  const hint = alike.length > 0 ? ` Did you mean ${list(alike.map(({ destination }) => destination))}?` : ''
  throw new NoAnswer(`There is no place called "${text}".${hint}`)
}

function isCalled({ name, altName }: Destination, text: string): boolean {
  const wanted = text.trim().toLowerCase()
  return [...Object.values(name), ...Object.values(altName ?? {})].some(
    (label) => label.trim().toLowerCase() === wanted,
  )
}

function reasonOf(
  { refused, facts }: RouteRefusal,
  asked: { readonly from: string; readonly to: string; readonly profile: Profile },
  destinations: readonly Destination[],
): string {
  switch (refused) {
    case 'unknown-level':
      return `There is no level "${facts.level}"; the venue has ${facts.known}.`
    case 'unknown-place':
      return `"${facts.place}" is on no level of the venue.`
    case 'nothing-of-that-kind':
      return `The venue has nothing of the kind "${facts.kind}" that can be walked to. It has ${kindsIn(destinations)}.`
    case 'not-walkable':
      return `${facts.level}:${facts.x},${facts.y} is more than 15 m from where anybody can walk.`
    case 'no-way':
      return `There is no way from ${asked.from} to ${asked.to} (${asked.profile}). \`venue check\` may say why.`
  }
}

/** What `nearest:` may ask for: what people look for, rather than one shop's trade. */
function kindsIn(destinations: readonly Destination[]): string {
  const kinds = destinations.flatMap(({ kind, category }) =>
    kind === 'shop' || kind === 'bay' ? [kind] : [category],
  )
  return [...new Set(kinds)].sort().join(', ')
}

function report(router: Router, route: Route, language: InstructionLanguage, asJson: boolean): string {
  const { levels, lengthM, seconds } = route
  const steps = new Instructor(router.tables).stepsOf(route, language)
  if (!asJson) {
    const heading = `${Math.round(lengthM)} m · ${Math.max(1, Math.round(seconds / 60))} min · ${levels.join(' → ')}`
    return [heading, ...steps.map(({ text }, k) => `${k + 1}. ${text}`)].join('\n')
  }
  const path = pathOf(
    route,
    router.tables.levels.map(({ name }) => name),
  )
  const answer = { lengthM, seconds, levels, path, steps }
  // To the millimetre: further digits are rounding.
  return JSON.stringify(answer, (_, value: unknown) =>
    typeof value === 'number' ? Math.round(value * 1000) / 1000 : value,
  )
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  const isCall = error instanceof WrongCall || (error instanceof TypeError && 'code' in error)
  if (!isCall && !(error instanceof NoAnswer)) throw error
  console.error(isCall ? `route: ${error.message}\n\n${usage}` : error.message)
  process.exitCode = isCall ? 2 : 1
}
