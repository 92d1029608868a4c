import { createSheetsPainter } from './sheets-painter.ts'
import type { Painter, PainterStart } from './painter.ts'

/**
 * The best painter this browser has: three, which is loaded now, or flat sheets where there is no WebGL 2
 * or three cannot be had. A screen is never left blank.
 */
export async function openPainter(start: PainterStart): Promise<Painter> {
  try {
    const { createThreePainter } = await import('./three-painter.ts')
    return createThreePainter(start)
  } catch {
    return createSheetsPainter(start)
  }
}
