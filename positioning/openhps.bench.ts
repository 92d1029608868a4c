import { createRequire } from 'node:module'
import process from 'node:process'
import type * as Core from '@openhps/core'
import type * as Fingerprinting from '@openhps/fingerprinting'
import type * as Rf from '@openhps/rf'
import type { LevelExtent } from './cell-grid.ts'
import type { EngineReport } from './positioning.bench.ts'
import { RandomStream } from './random.ts'
import { readWindowCase, type RssiPairs, type WindowCase } from './testing/bench-case.ts'
import { scoreOf, type Answer, type Question } from './testing/observations.ts'
import { readRecordedVenue } from './testing/recorded-venue.ts'

// The ESM build of @openhps/core imports directories, which Node refuses; the CommonJS build works.
const load = createRequire(import.meta.url)
const core = load('@openhps/core') as typeof Core
const fingerprinting = load('@openhps/fingerprinting') as typeof Fingerprinting
const rf = load('@openhps/rf') as typeof Rf

type Method = (rssi: RssiPairs) => Promise<Answer | undefined>

/** How many queries the throughput is measured on. */
const timedQueries = 150

/**
 * OpenHPS on prepared observations: RSSI to distance to multilateration over the best six beacons, and
 * weighted k-NN as its own data set tests configure it (k 4, Euclidean, -95 dBm for what is not heard),
 * with the KD-tree that those tests use, and without it, which is faster here.
 * The level is a third coordinate for k-NN, as in its UJIIndoorLoc test; multilateration, which knows no
 * levels, is given one by a vote of the beacons heard.
 * @param venueDir the mall's `venue/`; @param caseDir what `writeBenchCase` wrote.
 * Source: test/specs/datasets of github.com/OpenHPS/openhps-fingerprinting.
 */
export async function run([venueDir = '', caseDir = '']: readonly string[]): Promise<EngineReport[]> {
  const { extents } = readRecordedVenue(venueDir)
  const given = readWindowCase(caseDir)
  const reports = [
    await report('OpenHPS multilateration', await multilaterationOf(given), given.walks, extents),
  ]
  const { naive, tree } = await nearestOf(given, extents)
  reports.push(await report('OpenHPS k-NN, every fingerprint compared', naive, given.walks, extents))
  reports.push(await report('OpenHPS k-NN, as its tests configure it', tree, given.walks, extents))
  return reports
}

/** Accuracy on all questions; throughput on a seeded choice of those with something heard. */
async function report(
  name: string,
  method: Method,
  walks: WindowCase['walks'],
  extents: readonly LevelExtent[],
): Promise<EngineReport> {
  const asked: { question: Question; answer: Answer | undefined }[] = []
  for (const queries of walks) {
    // An engine without memory is lent one: when nothing is heard, the last answer of the walk stands.
    let answer: Answer | undefined
    for (const { question, rssi } of queries) {
      answer = (await method(rssi)) ?? answer
      asked.push({ question, answer })
    }
  }
  const heard = walks.flat().filter(({ rssi }) => rssi.length > 0)
  const random = new RandomStream(1)
  const chosen = Array.from(
    { length: timedQueries },
    () => heard[Math.floor(random.uniform() * heard.length)]!,
  )
  const before = process.cpuUsage()
  for (const { rssi } of chosen) await method(rssi)
  const { user, system } = process.cpuUsage(before)
  return {
    name,
    takes: 'beacons',
    covered: scoreOf(
      extents,
      asked.filter(({ question }) => question.covered),
    ),
    warm: scoreOf(extents, asked),
    fixesPerSecond: timedQueries / ((user + system) / 1e6),
    rssBytes: process.memoryUsage().rss,
  }
}

async function nearestOf(
  { fingerprints }: WindowCase,
  extents: readonly LevelExtent[],
): Promise<{ naive: Method; tree: Method }> {
  const service = new fingerprinting.FingerprintService(
    new core.MemoryDataService(fingerprinting.Fingerprint),
    { defaultValue: -95 },
  )
  const methodOf = async (naive: boolean): Promise<Method> => {
    const node = new fingerprinting.KNNFingerprintingNode({
      naive,
      k: 4,
      weighted: true,
      weightFunction: fingerprinting.WeightFunction.SQUARE,
      similarityFunction: fingerprinting.DistanceFunction.EUCLIDEAN,
    })
    const sink = new AnsweringSink()
    const builder = core.ModelBuilder.create().addService(service)
    builder.from().via(node).to(sink.node)
    const model = await builder.build()
    return async (rssi) => {
      if (rssi.length === 0) return undefined
      const position = await sink.answerTo(model, phoneHearing(rssi))
      if (!(position instanceof core.Absolute3DPosition)) return undefined
      const extent = extents[Math.max(0, Math.min(extents.length - 1, Math.round(position.z)))]
      return extent && { level: extent.id, x: position.x - extent.originXM, y: position.y - extent.originYM }
    }
  }
  const methods = { naive: await methodOf(true), tree: await methodOf(false) }
  for (const { level, x, y, rssi } of fingerprints) {
    const z = extents.findIndex(({ id }) => id === level)
    const extent = extents[z]!
    const fingerprint = new fingerprinting.Fingerprint()
    fingerprint.position = new core.Absolute3DPosition(x + extent.originXM, y + extent.originYM, z)
    for (const [id, rssiDbm] of rssi) fingerprint.addFeature(id, rssiDbm)
    await service.insertObject(fingerprint)
  }
  await service.update()
  return methods
}

async function multilaterationOf({ beacons, pathLossExponent }: WindowCase): Promise<Method> {
  const sink = new AnsweringSink()
  const builder = core.ModelBuilder.create()
  builder
    .from()
    .via(new rf.RelativeRSSIProcessing({ environmentFactor: pathLossExponent }))
    // Its closed form for three beacons flies off by kilometres when they hang in one line.
    .via(new core.MultilaterationNode({ maxReferences: 6, maxIterations: 900, preferNls: true }))
    .to(sink.node)
  const model = await builder.build()
  const objects = model.findDataService(core.DataObject)
  for (const { id, x, y, powerAt1mDbm } of beacons) {
    const beacon = new rf.RFTransmitterObject(id, powerAt1mDbm)
    beacon.setPosition(new core.Absolute2DPosition(x, y))
    // The packages' typings name two copies of one class.
    await objects.insert(id, beacon as unknown as Core.DataObject)
  }
  const levelOf = new Map(beacons.map(({ id, level }) => [id, level]))
  return async (rssi) => {
    const level = votedLevel(levelOf, rssi)
    if (level === undefined) return undefined
    const phone = phoneHearing(rssi.filter(([id]) => levelOf.get(id) === level))
    const position = await sink.answerTo(model, phone)
    if (!(position instanceof core.Absolute2DPosition)) return undefined
    return { level, x: position.x, y: position.y }
  }
}

function phoneHearing(rssi: RssiPairs): Core.DataObject {
  const phone = new core.DataObject('phone')
  for (const [id, rssiDbm] of rssi) phone.addRelativePosition(new rf.RelativeRSSI(id, rssiDbm))
  return phone
}

/** The level of the beacons heard, each counting by its strength. */
function votedLevel(levelOf: ReadonlyMap<string, string>, rssi: RssiPairs): string | undefined {
  const votes = new Map<string, number>()
  for (const [id, value] of rssi) {
    const level = levelOf.get(id)
    if (level !== undefined) votes.set(level, (votes.get(level) ?? 0) + 10 ** (value / 20))
  }
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0]
}

/** The end of a model, at which one waits for what becomes of one phone. */
class AnsweringSink {
  #resolve: ((position: unknown) => void) | undefined
  readonly node = new core.CallbackSinkNode((frames: Core.DataFrame | Core.DataFrame[]) => {
    const frame = Array.isArray(frames) ? frames[0] : frames
    this.#resolve?.(frame?.source.position)
  })

  answerTo(model: Core.Model, phone: Core.DataObject): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      model.push(new core.DataFrame(phone)).catch(reject)
    })
  }
}
