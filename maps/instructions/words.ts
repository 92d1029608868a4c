import type { ConnectorKind } from '../connectors/index.ts'
import type { Labels } from '../model/index.ts'
import type { RoutingConnector, RoutingPlace } from '../routes/index.ts'
import type { Turn } from './manoeuvres.ts'

export const instructionLanguages = ['zh', 'en'] as const

export type InstructionLanguage = (typeof instructionLanguages)[number]

/** On which side something is for a walker. */
export type Side = 'left' | 'right' | 'ahead' | 'behind'

/** How the sentences of one language are made; every piece is complete in itself. */
export interface Words {
  /** Leaves a place: 从青禾书店出来右转，走 40 米. */
  leave(place: string, go: string): string
  /** Begins in the open: 朝青禾书店走 40 米. */
  head(towards: string | undefined, walk: string): string
  /** At a turn: 在青禾书店右转，走 40 米. */
  at(landmark: string | undefined, go: string): string
  /** A turn beside the same thing as the one before: 接着右转，走 40 米. */
  then(go: string): string
  /** Gets off a lift or escalator. */
  getOff(kind: ConnectorKind, connector: string, go: string): string
  /** Which way and how far: 右转，走 40 米; with a second turn at once: 右转后马上左转，走 40 米. */
  go(turn: Turn, metres: string, passing: string | undefined, then: Turn | undefined): string
  ride(ride: {
    readonly kind: ConnectorKind
    readonly name: string | undefined
    readonly beside: string | undefined
    readonly isUp: boolean
    readonly toLevel: string
    /** The ride before ends where this one begins. */
    readonly isOnward: boolean
  }): string
  arrive(place: string, side: Side): string
  /** Nothing is to be walked: one is in it, or gets off at it. */
  here(place: string): string
  arriveAtPoint: string
  closed(place: string): string
  metres(m: number): string
  minutes(seconds: number): string
  kinds: Readonly<Record<ConnectorKind, string>>
  bay(number: string): string
}

const turnsZh: Readonly<Record<Turn, string>> = {
  straight: '直走',
  'slight-left': '向左前方走',
  left: '左转',
  'slight-right': '向右前方走',
  right: '右转',
  back: '往回走',
}
const turnsEn: Readonly<Record<Turn, string>> = {
  straight: 'go straight on',
  'slight-left': 'bear left',
  left: 'turn left',
  'slight-right': 'bear right',
  right: 'turn right',
  back: 'turn back',
}
const sidesZh: Readonly<Record<Side, string>> = {
  left: '在左手边',
  right: '在右手边',
  ahead: '就在前方',
  behind: '就在身后',
}
const sidesEn: Readonly<Record<Side, string>> = {
  left: 'on your left',
  right: 'on your right',
  ahead: 'straight ahead',
  behind: 'right behind you',
}
const kindsZh: Readonly<Record<ConnectorKind, string>> = {
  lift: '电梯',
  escalator: '自动扶梯',
  stairs: '楼梯',
  ramp: '坡道',
}
const kindsEn: Readonly<Record<ConnectorKind, string>> = {
  lift: 'lift',
  escalator: 'escalator',
  stairs: 'stairs',
  ramp: 'ramp',
}

const getOffEn: Readonly<Record<ConnectorKind, string>> = {
  lift: 'Out of',
  escalator: 'Off',
  stairs: 'From',
  ramp: 'From',
}

/** Steps are not counted in metres that nobody measures: to 1 below 20, to 5 below 100, then to 10. */
function roundedM(m: number): number {
  const unit = m < 20 ? 1 : m < 100 ? 5 : 10
  return Math.max(1, Math.round(m / unit) * unit)
}

/** Chinese has a space between its characters and Latin letters or digits, and none between its own. */
function joinZh(...parts: readonly string[]): string {
  return parts.reduce((text, part) => {
    const isLatin = (letter: string | undefined) => letter !== undefined && /[\w&'’.]/.test(letter)
    const isHan = (letter: string | undefined) => letter !== undefined && /[\u3400-\u9fff]/.test(letter)
    const [before, after] = [text[text.length - 1], part[0]]
    return (isLatin(before) && isHan(after)) || (isHan(before) && isLatin(after))
      ? `${text} ${part}`
      : text + part
  }, '')
}

const zh: Words = {
  leave: (place, go) => joinZh('从', place, '出来', go),
  head: (towards, metres) => (towards === undefined ? `走 ${metres}` : joinZh('朝', towards, `走 ${metres}`)),
  at: (landmark, go) => (landmark === undefined ? go : joinZh('在', landmark, go)),
  then: (go) => `接着${go}`,
  getOff: (kind, connector, go) => joinZh(kind === 'escalator' ? '下' : '出', connector, go),
  go: (turn, metres, passing, then) => {
    const isTurn = turn === 'left' || turn === 'right'
    const twice = then && `${turnsZh[turn]}后马上${then === turn ? '再' : ''}${turnsZh[then]}，走 ${metres}`
    const go = twice ?? (isTurn ? `${turnsZh[turn]}，走 ${metres}` : `${turnsZh[turn]} ${metres}`)
    return passing === undefined ? go : joinZh(go, '，经过', passing)
  },
  ride: ({ kind, name, beside, isUp, toLevel, isOnward }) => {
    const what = name ?? kindsZh[kind]
    const where = beside === undefined ? what : joinZh(beside, '旁的', what)
    const way = isUp ? '上到' : '下到'
    if (kind === 'lift') return joinZh(isOnward ? '换乘' : '乘', where, '到', toLevel)
    if (kind === 'escalator') return joinZh(isOnward ? '接着乘下一段' : '乘', where, way, toLevel)
    return joinZh('走', where, way, toLevel)
  },
  arrive: (place, side) => joinZh('到了，', place, sidesZh[side]),
  here: (place) => joinZh('到了，这里就是', place),
  arriveAtPoint: '到了',
  closed: (place) => joinZh(place, '那时已经打烊'),
  metres: (m) => `${roundedM(m)} 米`,
  minutes: (seconds) => `${Math.max(1, Math.round(seconds / 60))} 分钟`,
  kinds: kindsZh,
  bay: (number) => joinZh('车位', number),
}

const en: Words = {
  leave: (place, go) => `Leave ${place}, ${go}`,
  head: (towards, metres) => (towards === undefined ? `Walk ${metres}` : `Walk ${metres} towards ${towards}`),
  at: (landmark, go) => capital(landmark === undefined ? go : `at ${landmark}, ${go}`),
  then: (go) => `Then ${go}`,
  getOff: (kind, connector, go) => `${getOffEn[kind]} ${connector}, ${go}`,
  go: (turn, metres, passing, then) => {
    const single =
      turn === 'straight' ? `go straight on for ${metres}` : `${turnsEn[turn]} and walk ${metres}`
    const twice = then && `${turnsEn[turn]}, then ${then}${then === turn ? ' again' : ''}, and walk ${metres}`
    const go = twice ?? single
    return passing === undefined ? go : `${go}, passing ${passing}`
  },
  ride: ({ kind, name, beside, isUp, toLevel, isOnward }) => {
    const what = name ?? `the ${isOnward ? 'next ' : ''}${kindsEn[kind]}`
    const where = beside === undefined ? what : `${what} next to ${beside}`
    const way = kind === 'lift' ? 'to' : isUp ? 'up to' : 'down to'
    return `${isOnward ? 'Then take' : 'Take'} ${where} ${way} ${toLevel}`
  },
  arrive: (place, side) => `${capital(place)} is ${sidesEn[side]}`,
  here: (place) => `You are at ${place}`,
  arriveAtPoint: 'You have arrived',
  closed: (place) => `${capital(place)} will be closed by then`,
  metres: (m) => `${roundedM(m)} m`,
  minutes: (seconds) => `${Math.max(1, Math.round(seconds / 60))} min`,
  kinds: kindsEn,
  bay: (number) => `bay ${number}`,
}

export const words: Readonly<Record<InstructionLanguage, Words>> = { zh, en }

/** The text of labels in a language, in a script or region of it, or in any. */
export function textOf(labels: Labels, language: string): string {
  const tags = Object.keys(labels)
  const tag = tags.find((each) => each === language) ?? tags.find((each) => each.split('-')[0] === language)
  return labels[tag ?? tags[0] ?? ''] ?? ''
}

/** What a person calls a place: a bay is more than its number. */
export function placeName(place: RoutingPlace, language: InstructionLanguage): string {
  const name = textOf(place.name, language)
  return place.kind === 'bay' ? words[language].bay(name) : name
}

/** What a person calls a connector when nothing stands beside it to tell it by. */
export function connectorName(connector: RoutingConnector, language: InstructionLanguage): string {
  if (connector.name) return textOf(connector.name, language)
  const kind = words[language].kinds[connector.kind]
  return language === 'en' ? `the ${kind}` : kind
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
