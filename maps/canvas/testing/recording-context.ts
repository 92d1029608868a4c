import { mapTokens } from '../../render/index.ts'
import type { MapContext, MapSurface } from '../context.ts'
import { canvasOnlyTokens } from '../map-canvas-types.ts'
import type { CanvasPalette } from '../map-canvas-types.ts'

/** A colour of the palette is its own name, so that a list of calls can be read. */
export const namedPalette = Object.fromEntries(
  [...mapTokens, ...canvasOnlyTokens].map((token) => [token, token]),
) as CanvasPalette

/** One call that paints or sets up painting, with what of the context's state it depends on. */
export interface Call {
  readonly name: string
  readonly numbers: readonly number[]
  readonly text?: string
  /** Fill or stroke, whichever the call uses. */
  readonly colour?: string
  readonly font?: string
  readonly alpha: number
  /** The transform at the time. */
  readonly transform: readonly number[]
}

/** A context that paints nothing and remembers every call. Letters are half an em wide, or one above U+2E80. */
export class RecordingContext implements MapContext {
  calls: Call[] = []
  fillStyle: unknown = ''
  strokeStyle: unknown = ''
  lineWidth = 1
  lineCap: MapContext['lineCap'] = 'butt'
  lineJoin: MapContext['lineJoin'] = 'miter'
  globalAlpha = 1
  font = ''
  textAlign: MapContext['textAlign'] = 'start'
  textBaseline: MapContext['textBaseline'] = 'alphabetic'
  private transform: number[] = [1, 0, 0, 1, 0, 0]
  private readonly saved: { transform: number[]; alpha: number }[] = []

  /** The colours that were painted with, in their order, each named once in a row. */
  get colours(): string[] {
    const painted = this.calls.flatMap(({ colour }) => (colour === undefined ? [] : [colour]))
    return painted.filter((colour, i) => colour !== painted[i - 1])
  }

  /** All texts that were written. */
  get texts(): string[] {
    return this.calls.flatMap(({ text }) => (text === undefined ? [] : [text]))
  }

  clear(): void {
    this.calls = []
  }

  save(): void {
    this.saved.push({ transform: this.transform, alpha: this.globalAlpha })
  }
  restore(): void {
    const last = this.saved.pop()
    if (!last) throw new Error('restore() without save()')
    this.transform = last.transform
    this.globalAlpha = last.alpha
  }
  setTransform(...transform: number[]): void {
    this.transform = transform
    this.note('setTransform', transform)
  }
  beginPath(): void {
    this.note('beginPath', [])
  }
  closePath(): void {
    this.note('closePath', [])
  }
  moveTo(...at: number[]): void {
    this.note('moveTo', at)
  }
  lineTo(...at: number[]): void {
    this.note('lineTo', at)
  }
  bezierCurveTo(...at: number[]): void {
    this.note('bezierCurveTo', at)
  }
  arc(...at: number[]): void {
    this.note('arc', at)
  }
  rect(...at: number[]): void {
    this.note('rect', at)
  }
  clip(): void {
    this.note('clip', [])
  }
  fill(): void {
    this.note('fill', [], { colour: nameOf(this.fillStyle) })
  }
  stroke(): void {
    this.note('stroke', [this.lineWidth], { colour: nameOf(this.strokeStyle) })
  }
  fillRect(...at: number[]): void {
    this.note('fillRect', at, { colour: nameOf(this.fillStyle) })
  }
  fillText(text: string, x: number, y: number): void {
    this.note('fillText', [x, y], { text, font: this.font, colour: nameOf(this.fillStyle) })
  }
  measureText(text: string): { width: number } {
    const px = Number(/([\d.]+)px/.exec(this.font)?.[1] ?? 10)
    return { width: Array.from(text).reduce((sum, letter) => sum + (letter > '⺀' ? px : px / 2), 0) }
  }
  createRadialGradient(): { addColorStop(): void } {
    return { addColorStop: () => undefined }
  }
  drawImage(_image: unknown, ...at: number[]): void {
    this.note('drawImage', at)
  }

  private note(name: string, numbers: readonly number[], rest: Partial<Call> = {}): void {
    this.calls.push({ name, numbers, alpha: this.globalAlpha, transform: this.transform, ...rest })
  }
}

/** A bitmap that remembers what was drawn on it. */
export function recordingSurface(): MapSurface & { readonly context: RecordingContext } {
  const context = new RecordingContext()
  return { image: context, context }
}

function nameOf(style: unknown): string {
  return typeof style === 'string' ? style : 'gradient'
}
