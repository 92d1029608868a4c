/** A rectangle in pixels of any origin. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Side of a cell in pixels: about the width of a label. */
const cellPx = 64

/** Rectangles that keep their room: first come, first served. O(1) a question for boxes of a label's size. */
export class Boxes {
  private readonly cells = new Map<number, Box[]>()

  /** Whether a box would lie over one that is there; touching is not. */
  hits(box: Box): boolean {
    for (const key of keysOf(box)) {
      for (const other of this.cells.get(key) ?? []) if (overlap(box, other)) return true
    }
    return false
  }

  add(box: Box): void {
    for (const key of keysOf(box)) {
      const others = this.cells.get(key)
      if (others) others.push(box)
      else this.cells.set(key, [box])
    }
  }
}

/** Whether two rectangles share more than an edge. */
export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top
}

function keysOf({ left, top, right, bottom }: Box): number[] {
  const keys: number[] = []
  for (let y = Math.floor(top / cellPx); y <= Math.floor(bottom / cellPx); y++) {
    for (let x = Math.floor(left / cellPx); x <= Math.floor(right / cellPx); x++) keys.push(y * 65536 + x)
  }
  return keys
}
