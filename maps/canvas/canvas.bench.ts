import { cpus } from 'node:os'
import process from 'node:process'
import type { Page } from 'playwright-core'
import { demoMall } from '../demo/index.ts'
import type { Archive } from '../model/index.ts'
import { realMall } from '../routes/testing/real-mall.ts'
import { canvasLevels } from './testing/canvas-levels.ts'
import { canvasGlyphs, canvasPalette, openCanvasPage } from './testing/open-page.ts'
import type { CanvasPage, PageScene, Script } from './testing/page.ts'

/** A large phone: 1170 × 2532 device pixels. */
const screen = { width: 390, height: 844 }
const dpr = 3

const framesPerRun = 120
const repeats = 10
/** The peer takes some hundred milliseconds a frame without a GPU. */
const peerFrames = 30
const scripts: readonly Script[] = ['pan', 'pinch', 'rotate']
/** Pixels per metre: the phone's map, and close by. */
const scales = [3.9, 8] as const

interface Scene {
  readonly name: string
  readonly scene: PageScene
}

/**
 * Milliseconds of a frame while one pans, pinches and turns, painting included, in a Chromium without a GPU
 * at three device pixels to the CSS pixel; and maplibre-gl panning over the same level at the same size in
 * the same browser. Levels: the demo mall's ground floor, and the real mall's parking and ground floor where
 * `ATRIUM_REAL_MALL` names it, else the demo mall's parking.
 *
 * Time is the wall clock's: nothing else may run on the machine.
 */
export async function run(): Promise<object> {
  const opened = await openCanvasPage(screen, dpr)
  if (!opened) throw new Error('This bench needs a Chromium: set ATRIUM_CHROMIUM to its path')
  try {
    const levels = []
    for (const { name, scene } of await scenes())
      levels.push({ level: name, ...(await measure(opened.page, scene)) })
    if (opened.trouble.length > 0) throw new Error(`The page threw: ${opened.trouble.join('; ')}`)
    return {
      machine: cpus()[0]?.model,
      node: process.version,
      canvasPx: `${screen.width * dpr} × ${screen.height * dpr}`,
      framesPerFigure: framesPerRun * repeats,
      levels,
    }
  } finally {
    await opened.close()
  }
}

async function scenes(): Promise<Scene[]> {
  const [palette, glyphs, real] = [canvasPalette('light'), await canvasGlyphs(), realMall()]
  const of = (archive: Archive, mall: string, ordinals: readonly number[]) =>
    canvasLevels(archive)
      .filter(({ ordinal }) => ordinals.includes(ordinal))
      .map((level) => ({
        name: `${mall} ${level.ordinal}, ${level.map.features.length} features`,
        scene: { level, palette, glyphs, size: screen, dpr, language: 'zh' },
      }))
  return [
    ...of(demoMall(), 'demo mall', real ? [0] : [-2, 0]),
    ...(real ? of(real.archive, 'real mall', [-1, 0]) : []),
  ]
}

async function measure(page: Page, scene: PageScene): Promise<object> {
  const ours: Record<string, object> = {}
  for (const scale of scales) {
    await page.evaluate(openAt, [scene, scale] as const)
    const byScript: Record<string, object> = {}
    for (const script of scripts) {
      const times: number[] = []
      for (let repeat = -1; repeat < repeats; repeat++) {
        const run = await page.evaluate(runScript, [script, framesPerRun] as const)
        // The first run only warms up.
        if (repeat >= 0) times.push(...run)
      }
      byScript[script] = summary(times)
    }
    ours[`${scale} px/m`] = byScript
  }
  const peer = summary(await page.evaluate(runPeer, [scene, peerFrames] as const))
  return { frameMs: ours, 'maplibre-gl panning at 3.9 px/m, frameMs': peer }
}

declare const canvasPage: CanvasPage

function openAt([scene, scale]: readonly [PageScene, number]): void {
  canvasPage.open(scene)
  canvasPage.map().setCamera({ scale })
  canvasPage.settle()
}

function runScript([script, frames]: readonly [Script, number]): number[] {
  return canvasPage.run(script, frames)
}

function runPeer([scene, frames]: readonly [PageScene, number]): Promise<number[]> {
  return canvasPage.runPeer(scene, frames)
}

function summary(times: readonly number[]): object {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) =>
    Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(2))
  return { min: at(0), median: at(0.5), p99: at(0.99) }
}
