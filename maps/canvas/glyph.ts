import type { MapContext } from './context.ts'

/** Side of the square that glyphs are drawn in. */
export const glyphGrid = 15

/** One step of a path: the letter of the context's call and its numbers. */
type Step =
  | readonly ['M', number, number]
  | readonly ['L', number, number]
  | readonly ['C', number, number, number, number, number, number]
  | readonly ['Z']

/** A glyph ready to be drawn. */
export type Glyph = readonly Step[]

const numbersOf: Readonly<Record<string, number>> = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, a: 7, z: 0 }

/**
 * Reads SVG path data: M L H V C S Q A Z and their relative forms, which is all that icons of Maki use.
 *
 * @throws on any other command, naming it. O(length).
 *
 * **Source**: SVG 1.1 §8.3; arcs by its implementation notes F.6.5.
 */
export function parseGlyph(pathData: string): Glyph {
  const pen: Pen = { x: 0, y: 0, startX: 0, startY: 0, controlX: 0, controlY: 0, steps: [] }
  for (const [, letter = '', rest = ''] of pathData.matchAll(/([a-z])([^a-df-z]*)/gi)) {
    const kind = letter.toLowerCase()
    const count = numbersOf[kind]
    if (count === undefined)
      throw new Error(`A glyph's path has the command ${letter}; expected M L H V C S Q A Z`)
    const numbers = kind === 'a' ? arcNumbers(rest) : numbersIn(rest)
    if (count === 0) close(pen)
    for (let i = 0; i + count <= numbers.length && count > 0; i += count) {
      // Further pairs after a move are lines.
      const each = kind === 'm' && i > 0 ? 'l' : kind
      apply(pen, each, letter === kind, numbers.slice(i, i + count))
    }
  }
  return pen.steps
}

interface Pen {
  x: number
  y: number
  startX: number
  startY: number
  /** The last control point of a curve, which a smooth one mirrors. */
  controlX: number
  controlY: number
  readonly steps: Step[]
}

function numbersIn(text: string): number[] {
  return [...text.matchAll(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi)].map(([number]) => Number(number))
}

/** The two flags of an arc may stand together without a space. */
function arcNumbers(text: string): number[] {
  const number = '([-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?)'
  const gap = '[\\s,]*'
  const arc = [number, number, number, '([01])', '([01])', number, number].join(gap)
  return [...text.matchAll(new RegExp(arc, 'gi'))].flatMap((found) => found.slice(1).map(Number))
}

function close(pen: Pen): void {
  pen.steps.push(['Z'])
  moveTo(pen, pen.startX, pen.startY)
}

function moveTo(pen: Pen, x: number, y: number): void {
  pen.x = pen.controlX = x
  pen.y = pen.controlY = y
}

function apply(pen: Pen, kind: string, isRelative: boolean, numbers: readonly number[]): void {
  const [dx, dy] = isRelative ? [pen.x, pen.y] : [0, 0]
  const [n0 = 0, n1 = 0, n2 = 0, n3 = 0, n4 = 0, n5 = 0, n6 = 0] = numbers
  if (kind === 'c' || kind === 's') {
    const isSmooth = kind === 's'
    const first = isSmooth ? [2 * pen.x - pen.controlX, 2 * pen.y - pen.controlY] : [n0 + dx, n1 + dy]
    const [cx, cy, x, y] = isSmooth ? [n0, n1, n2, n3] : [n2, n3, n4, n5]
    pen.steps.push(['C', first[0]!, first[1]!, cx + dx, cy + dy, x + dx, y + dy])
    moveTo(pen, x + dx, y + dy)
    pen.controlX = cx + dx
    pen.controlY = cy + dy
    return
  }
  if (kind === 'q') {
    const [cx, cy, x, y] = [n0 + dx, n1 + dy, n2 + dx, n3 + dy]
    const third = (from: number, control: number) => from + ((control - from) * 2) / 3
    pen.steps.push(['C', third(pen.x, cx), third(pen.y, cy), third(x, cx), third(y, cy), x, y])
    moveTo(pen, x, y)
    return
  }
  if (kind === 'a') {
    arcTo(
      pen,
      { rx: Math.abs(n0), ry: Math.abs(n1), turn: (n2 / 180) * Math.PI, large: n3, sweep: n4 },
      n5 + dx,
      n6 + dy,
    )
    return
  }
  const x = kind === 'v' ? pen.x : n0 + dx
  const y = kind === 'h' ? pen.y : (kind === 'v' ? n0 : n1) + dy
  pen.steps.push(kind === 'm' ? ['M', x, y] : ['L', x, y])
  moveTo(pen, x, y)
  if (kind === 'm') {
    pen.startX = x
    pen.startY = y
  }
}

interface Arc {
  readonly rx: number
  readonly ry: number
  readonly turn: number
  readonly large: number
  readonly sweep: number
}

/** An elliptic arc as cubic curves of at most a quarter turn each. */
function arcTo(pen: Pen, arc: Arc, x: number, y: number): void {
  let { rx, ry } = arc
  const cos = Math.cos(arc.turn)
  const sin = Math.sin(arc.turn)
  const halfX = (pen.x - x) / 2
  const halfY = (pen.y - y) / 2
  if (rx === 0 || ry === 0 || (halfX === 0 && halfY === 0)) {
    pen.steps.push(['L', x, y])
    moveTo(pen, x, y)
    return
  }
  const px = cos * halfX + sin * halfY
  const py = cos * halfY - sin * halfX
  const tooSmall = Math.sqrt((px / rx) ** 2 + (py / ry) ** 2)
  if (tooSmall > 1) [rx, ry] = [rx * tooSmall, ry * tooSmall]
  const across = (rx * py) ** 2 + (ry * px) ** 2
  const sign = arc.large === arc.sweep ? -1 : 1
  const reach = sign * Math.sqrt(Math.max(0, (rx * ry) ** 2 / across - 1))
  const [mx, my] = [(reach * rx * py) / ry, (-reach * ry * px) / rx]
  const middle = { x: cos * mx - sin * my + (pen.x + x) / 2, y: sin * mx + cos * my + (pen.y + y) / 2 }
  const from = Math.atan2((py - my) / ry, (px - mx) / rx)
  let sweep = Math.atan2((-py - my) / ry, (-px - mx) / rx) - from
  if (arc.sweep === 1 && sweep < 0) sweep += 2 * Math.PI
  if (arc.sweep === 0 && sweep > 0) sweep -= 2 * Math.PI
  const parts = Math.ceil(Math.abs(sweep) / (Math.PI / 2) - 1e-9)
  const pull = (4 / 3) * Math.tan(sweep / parts / 4)
  const at = (u: number, v: number): [number, number] => [
    middle.x + cos * rx * u - sin * ry * v,
    middle.y + sin * rx * u + cos * ry * v,
  ]
  for (let part = 0; part < parts; part++) {
    const a = from + (sweep * part) / parts
    const b = from + (sweep * (part + 1)) / parts
    const out = at(Math.cos(a) - pull * Math.sin(a), Math.sin(a) + pull * Math.cos(a))
    const into = at(Math.cos(b) + pull * Math.sin(b), Math.sin(b) - pull * Math.cos(b))
    const end = part === parts - 1 ? ([x, y] as const) : at(Math.cos(b), Math.sin(b))
    pen.steps.push(['C', ...out, ...into, ...end])
  }
  moveTo(pen, x, y)
}

/** A square of the context's units. */
export interface Square {
  readonly left: number
  readonly top: number
  readonly side: number
}

/** Fills a glyph into a square; the caller has set the colour. */
export function fillGlyph(context: MapContext, glyph: Glyph, { left, top, side }: Square): void {
  const k = side / glyphGrid
  context.beginPath()
  for (const step of glyph) {
    if (step[0] === 'Z') context.closePath()
    else if (step[0] === 'M') context.moveTo(left + step[1] * k, top + step[2] * k)
    else if (step[0] === 'L') context.lineTo(left + step[1] * k, top + step[2] * k)
    else {
      const [, ax, ay, bx, by, x, y] = step
      context.bezierCurveTo(
        ...([left + ax * k, top + ay * k, left + bx * k, top + by * k, left + x * k, top + y * k] as const),
      )
    }
  }
  context.fill('evenodd')
}

/** A rectangle with round corners as a path, without `roundRect`. */
export function traceRound(
  context: MapContext,
  box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  radius: number,
): void {
  const { left, top, width, height } = box
  const right = left + width
  const bottom = top + height
  const quarter = Math.PI / 2
  context.beginPath()
  context.arc(left + radius, top + radius, radius, -2 * quarter, -quarter)
  context.arc(right - radius, top + radius, radius, -quarter, 0)
  context.arc(right - radius, bottom - radius, radius, 0, quarter)
  context.arc(left + radius, bottom - radius, radius, quarter, 2 * quarter)
  context.closePath()
}
