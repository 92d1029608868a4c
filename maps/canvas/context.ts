/** A gradient as `fillStyle` takes it. */
export interface MapGradient {
  addColorStop(offset: number, color: string): void
}

/**
 * What the map uses of a 2D context. The contexts of a browser's canvas, of an `OffscreenCanvas` and of a
 * mini-program's `<canvas type="2d">` all have it: the map asks for nothing that one of them lacks
 * (`Path2D`, `roundRect`, `filter`, `letterSpacing`).
 */
export interface MapContext {
  fillStyle: unknown
  strokeStyle: unknown
  lineWidth: number
  lineCap: 'butt' | 'round' | 'square'
  lineJoin: 'bevel' | 'miter' | 'round'
  globalAlpha: number
  font: string
  textAlign: 'center' | 'end' | 'left' | 'right' | 'start'
  textBaseline: 'alphabetic' | 'bottom' | 'hanging' | 'ideographic' | 'middle' | 'top'
  save(): void
  restore(): void
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void
  beginPath(): void
  closePath(): void
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  bezierCurveTo(cp1x: number, cp1y: number, cp2x: number, cp2y: number, x: number, y: number): void
  arc(x: number, y: number, radius: number, startAngle: number, endAngle: number): void
  rect(x: number, y: number, width: number, height: number): void
  clip(): void
  fill(fillRule?: 'evenodd' | 'nonzero'): void
  stroke(): void
  fillRect(x: number, y: number, width: number, height: number): void
  fillText(text: string, x: number, y: number): void
  measureText(text: string): { readonly width: number }
  createRadialGradient(
    ...circles: [x0: number, y0: number, r0: number, x1: number, y1: number, r1: number]
  ): MapGradient
  drawImage(
    image: unknown,
    ...rectangles: [
      sx: number,
      sy: number,
      sw: number,
      sh: number,
      dx: number,
      dy: number,
      dw: number,
      dh: number,
    ]
  ): void
}

/** A bitmap that is not on the screen: an `OffscreenCanvas`, or a canvas that is in no document. */
export interface MapSurface {
  /** What `drawImage` takes. */
  readonly image: unknown
  readonly context: MapContext
}

/**
 * Makes a bitmap of so many device pixels; undefined where there is none (an old mini-program base
 * library), and then the map draws its shapes anew in every frame.
 */
export type MakeSurface = (widthPx: number, heightPx: number) => MapSurface | undefined
