import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { realMallDir } from '../maps/testing/real-mall.ts'
import { writeBenchCase } from './testing/bench-case.ts'
import type { Score } from './testing/observations.ts'

/** What one engine did on the recorded walks. */
export interface EngineReport {
  readonly name: string
  /** What it is told: engines are compared on the same observations only where this is the same. */
  readonly takes: 'beacons' | 'beacons and motion'
  /** Questions with at least ten sightings in the ten seconds before. */
  readonly covered: Score
  /** All questions five seconds after the start of a walk or later. */
  readonly warm: Score
  /**
   * Positions a second of processor time: once a second along each walk; for the server's engine once a second for
   * two thousand visitors in turn, so it is visitors a core; for OpenHPS one query after another.
   */
  readonly fixesPerSecond: number
  /** Resident memory of the engine's process at the end, Node and its observations included. */
  readonly rssBytes: number
  /** Growth of heap and buffers by what the engine keeps, without what the walks take up. */
  readonly engineBytes?: number
  /** What one visitor adds to the server's engine. */
  readonly stateBytes?: number
  /** Processor time for one second of a phone's events and one fix, ms. */
  readonly cpuMsPerSecond?: number
}

const engines = ['positioning-atrium', 'positioning-openhps']

/**
 * Positions on the real mall's test walks by Atrium and by OpenHPS, from the same survey and the same
 * sightings, each in a process of its own, one after the other.
 * @throws Error when ATRIUM_REAL_MALL does not name the mall's folder.
 */
export async function run(): Promise<object> {
  const mallDir = realMallDir()
  if (mallDir === undefined) {
    throw new Error('set ATRIUM_REAL_MALL to the folder of a recorded mall, with venue/ and walks/ in it')
  }
  const caseDir = mkdtempSync(join(tmpdir(), 'atrium-bench-'))
  try {
    writeBenchCase(mallDir, caseDir)
    const reports: EngineReport[] = []
    for (const engine of engines) reports.push(...(await runEngine(engine, join(mallDir, 'venue'), caseDir)))
    return {
      machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
      node: process.version,
      sets: {
        covered: {
          questions: reports[0]?.covered.questions,
          meaning: '10 sightings or more in the last 10 s',
        },
        warm: { questions: reports[0]?.warm.questions, meaning: '5 s after the start of a walk or later' },
      },
      engines: reports.map(flat),
      ratios: ratiosOf(reports),
    }
  } finally {
    rmSync(caseDir, { recursive: true, force: true })
  }
}

async function runEngine(engine: string, venueDir: string, caseDir: string): Promise<EngineReport[]> {
  const program = process.argv[1] ?? ''
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', ...process.execArgv, program, engine, '--json', venueDir, caseDir],
    { maxBuffer: 1e7 },
  )
  const lines = stdout.trim().split('\n')
  return JSON.parse(lines[lines.length - 1] ?? '') as EngineReport[]
}

function flat(report: EngineReport): object {
  const { name, takes, covered, warm, ...cost } = report
  return {
    name,
    takes,
    coveredQuestions: covered.questions,
    coveredMeanM: covered.meanM,
    medianM: covered.medianM,
    p95M: covered.p95M,
    levelRight: covered.levelRight,
    warmQuestions: warm.questions,
    warmMeanM: warm.meanM,
    warmMedianM: warm.medianM,
    ...cost,
  }
}

/**
 * How much worse and slower every other engine is than each of Atrium's, and whether both were told the
 * same: OpenHPS hears the beacons only, a phone's engine takes in 150 samples of motion a second besides.
 */
function ratiosOf(reports: readonly EngineReport[]): object[] {
  const isOurs = ({ name }: EngineReport): boolean => name.startsWith('Atrium')
  const others = reports.filter((report) => !isOurs(report))
  return reports.filter(isOurs).flatMap((ours) =>
    others.map((other) => ({
      of: other.name,
      to: ours.name,
      sameObservations: other.takes === ours.takes,
      coveredMean: other.covered.meanM / ours.covered.meanM,
      coveredMedian: other.covered.medianM / ours.covered.medianM,
      timesSlower: ours.fixesPerSecond / other.fixesPerSecond,
      memory: other.rssBytes / ours.rssBytes,
    })),
  )
}
