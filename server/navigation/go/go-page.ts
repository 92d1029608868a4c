import { placeName, summaryOf } from '../../../maps/instructions/index.ts'
import type { Step } from '../../../maps/instructions/index.ts'
import type { LevelFrame, Xy } from '../../../maps/model/index.ts'
import type { LevelMap } from '../../../maps/render/index.ts'
import type { Route } from '../../../maps/routes/index.ts'
import type { PublishedMap, Ways } from '../../venues/index.ts'
import type { HandoffWay } from '../handoff.entity.ts'
import { endsOn, routesOf } from '../handoff-way.ts'
import type { WayEnd } from '../handoff-way.ts'
import { escapeHtml } from './html.ts'
import { levelDrawing } from './level-drawing.ts'
import type { Mark } from './level-drawing.ts'
import { goMessages } from './messages.ts'

import { page } from './page.ts'

type Language = 'zh' | 'en'

/** The page that opens a way: looking at it opens nothing. */
export function unopenedPage(code: string, miniProgramLink: string | undefined): string {
  const { zh, en } = goMessages
  const link = miniProgramLink?.replaceAll('{code}', code)
  return page({
    language: 'zh',
    title: `${zh.title} · ${en.title}`,
    body: [
      `<main class="door"><h1>${zh.yours}<small lang="en">${en.yours}</small></h1>`,
      ...(link === undefined
        ? []
        : [
            `<a class="button" href="${escapeHtml(link)}">${zh.miniProgram}<small>${en.miniProgram}</small></a>`,
          ]),
      `<form method="post"><button class="button${link === undefined ? '' : ' quiet'}">${zh.open}<small lang="en">${en.open}</small></button></form>`,
      `<p>${zh.openHint}<br><span lang="en">${en.openHint}</span></p>`,
      '</main>',
    ],
  })
}

/** A sentence in both languages, where there is no way to show. */
export function sentencePage(sentence: 'unknown' | 'taken'): string {
  const { zh, en } = goMessages
  return page({
    language: 'zh',
    title: `${zh.title} · ${en.title}`,
    body: [
      `<main class="door"><p class="say">${zh[sentence]}</p><p class="say" lang="en">${en[sentence]}</p></main>`,
    ],
  })
}

/** A way on a map: what the page shows once it is open. */
export interface ShownWay {
  readonly map: PublishedMap
  readonly ways: Ways
  readonly way: HandoffWay
  readonly language: Language
  readonly code: string
  readonly expiresAtMs: number
  /** Zone of the mall's clocks, by its IANA name. */
  readonly timeZone: string
}

/** The page of an open way: steps with distances, and a drawing of each level that is walked. */
export function wayPage(shown: ShownWay): string {
  const { map, ways, way, language, code, timeZone } = shown
  const said = goMessages[language]
  const other = language === 'zh' ? 'en' : 'zh'
  const ends = endsOn(map, way)
  const routes = ends && routesOf(ways.router, way)
  const last = ends?.to.at(-1)
  const title = last ? (nameOf(last, language) ?? said.point) : said.title
  const body =
    !ends || !routes
      ? [`<main><p class="say">${said.moved}</p></main>`]
      : 'refused' in routes
        ? [`<main><p class="say">${way.profile === 'step-free' ? said.noWayStepFree : said.noWay}</p></main>`]
        : wayBody(shown, ends.from, routes)
  const until = new Date(shown.expiresAtMs).toLocaleTimeString('zh-CN', {
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone },
  })
  return page({
    language,
    title,
    body: [
      `<header><a href="/go/${code}?lang=${other}" lang="${other}">${said.other}</a>`,
      `<p class="kicker">${escapeHtml(nameIn(map.entry.name, language))}</p><h1>${escapeHtml(title)}</h1>`,
      ...(routes && !('refused' in routes)
        ? [`<p class="sum">${escapeHtml(totalOf(routes, language))}</p>`]
        : []),
      '</header>',
      ...body,
      `<footer>${said.until.replace('{time}', until)}</footer>`,
    ],
  })
}

function wayBody(shown: ShownWay, from: WayEnd, routes: readonly Route[]): string[] {
  const said = goMessages[shown.language]
  const start = nameOf(from, shown.language) ?? said.kiosk
  return [
    `<main><p class="from">${said.from} <b>${escapeHtml(start)}</b> <span>${escapeHtml(from.level)}</span></p>`,
    ...routes.flatMap((route, at) => routeBlock(shown, route, { at, of: routes.length })),
    '</main>',
  ]
}

function routeBlock(
  { map, ways, language }: ShownWay,
  route: Route,
  { at, of }: { readonly at: number; readonly of: number },
): string[] {
  const said = goMessages[language]
  const name = route.to.place ? placeName(route.to.place, language) : said.point
  const heading =
    of === 1 ? [] : [`<h2>${said.stop.replace('{n}', String(at + 1))} · ${escapeHtml(name)}</h2>`]
  const sections = stagesOf(ways, route, language).map((stage) => {
    const drawing = drawingOf(map, stage, language, of === 1 ? '' : String(at + 1))
    const steps = stage.steps.map((step) => `<li class="${step.kind}">${escapeHtml(step.text)}</li>`)
    return (
      `<section><h3><b>${escapeHtml(stage.level)}</b></h3>` +
      `<figure>${drawing}</figure><ol>${steps.join('')}</ol></section>`
    )
  })
  return [...heading, ...sections]
}

/** What is done on one level before the next one. */
interface RouteStage {
  readonly level: string
  readonly levelId: string
  readonly walks: (readonly Xy[])[]
  readonly steps: Step[]
  readonly marks: Mark[]
}

function stagesOf({ router, instructor }: Ways, route: Route, language: Language): RouteStage[] {
  const { levels } = router.tables
  const stages: RouteStage[] = []
  for (const leg of route.legs) {
    if (leg.kind === 'ride') {
      stages.at(-1)?.marks.push({ ...leg.from, kind: 'ride', sign: levels[leg.toLevel]!.name.slice(0, 3) })
      continue
    }
    const { id: levelId, name: level } = levels[leg.level]!
    // A lift that is left at once and entered again is no level to look at.
    const current = stages.at(-1)
    if (current?.levelId === levelId) current.walks.push(leg.points)
    else stages.push({ level, levelId, walks: [leg.points], steps: [], marks: [] })
  }
  let at = 0
  for (const step of instructor.stepsOf(route, language)) {
    while (stages[at]?.level !== step.level && at < stages.length - 1) at++
    stages[at]?.steps.push(step)
  }
  return markEnds(stages, route).filter(({ steps }) => steps.length > 0)
}

function markEnds(stages: RouteStage[], { from, to }: Route): RouteStage[] {
  stages[0]?.marks.unshift({ x: from.x, y: from.y, kind: 'start', sign: '' })
  stages.at(-1)?.marks.push({ x: to.x, y: to.y, kind: 'stop', sign: '' })
  return stages
}

function drawingOf(map: PublishedMap, stage: RouteStage, language: Language, number: string): string {
  const level = map.levels.find(({ id }) => id === stage.levelId)
  const body = level && map.levelBodies.get(level.id)
  if (!body) return ''
  const { origin, metresPerDegree } = level.frame
  const frame: LevelFrame = {
    originLon: origin[0],
    originLat: origin[1],
    metresPerDegreeLon: metresPerDegree[0],
    metresPerDegreeLat: metresPerDegree[1],
  }
  // A parser: what this server publishes is what it drew.
  const drawn = JSON.parse(Buffer.from(body.content.identity).toString()) as LevelMap
  const marks = stage.marks.map((mark) => (mark.kind === 'stop' ? { ...mark, sign: number } : mark))
  return levelDrawing({ map: drawn, frame, walks: stage.walks, marks }, language)
}

function totalOf(routes: readonly Route[], language: Language): string {
  const [first] = routes
  if (!first) return ''
  const lengthM = routes.reduce((sum, route) => sum + route.lengthM, 0)
  const seconds = routes.reduce((sum, route) => sum + route.seconds, 0)
  return summaryOf({ ...first, lengthM, seconds }, language)
}

function nameOf({ name, level }: WayEnd, language: Language): string | undefined {
  return name && `${nameIn(name, language)}${level === '' ? '' : ` · ${level}`}`
}

function nameIn(labels: Readonly<Record<string, string>>, language: Language): string {
  return labels[language] ?? labels.zh ?? Object.values(labels)[0] ?? ''
}
