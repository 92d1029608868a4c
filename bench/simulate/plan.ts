import { RandomStream } from '../../positioning/index.ts'
import { below, between, drawnUuid, happens, oneOf, someOf } from './draws.ts'

/** Of a venue what decides where people go: ids of destinations. */
export interface Town {
  readonly shops: readonly string[]
  /** Those of the shops where one eats. */
  readonly food: readonly string[]
  readonly bays: readonly string[]
  /** Where who comes on foot or by metro comes in; where there is none, at any shop. */
  readonly entrances: readonly string[]
}

/** What somebody does where they stop. */
export type Errand = 'look' | 'claim' | 'claim-and-redeem' | 'eat'

export interface Stop {
  readonly place: string
  readonly errand: Errand
  readonly staysMs: number
  /** What they spend there. */
  readonly billFen: number
}

/** A span of a visit, ms after its beginning. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** What a phone is like, and what happens to it. */
export interface PhonePlan {
  /** Whether it speaks by socket, or only by HTTP. */
  readonly hasSocket: boolean
  /** What its owner agrees to. */
  readonly agrees: 'to-nothing' | 'to-location' | 'to-all'
  /** How far its clock is off. */
  readonly clockOffMs: number
  /** Scans once in so many seconds: 1, and more to save the battery. */
  readonly scanEveryS: number
  /** The system takes the permission to scan away. */
  readonly deaf?: Span
  /** The app is killed, and opened again: a new session. */
  readonly killed?: Span
  /** Withdraws the consent to location for good. */
  readonly withdrawsMs?: number
  /** Put away once its owner has stood so long: a mini-program in a pocket hears nothing. Absent: stays in the hand. */
  readonly pocketedAfterMs?: number
  /** What the radio reads above or below another one, dB. */
  readonly offsetDb: number
}

/** In how many of a hundred requests what happens; see `network.ts`. */
export interface NetworkPlan {
  readonly lost: number
  readonly answerLost: number
  readonly twice: number
  readonly straggles: number
}

export interface CarPlan {
  readonly plate: string
  readonly bay: string
  readonly entryId: string
  readonly exitId: string
  /** The camera could not read the plate. */
  readonly isUnread: boolean
  /** The barrier tells of the entry so much later; of the exit. */
  readonly entryLateMs: number
  readonly exitLateMs: number
  readonly isToldTwice: boolean
  /** How they pay. */
  readonly pays: 'phone' | 'kiosk' | 'twice'
}

/** One visit to the mall, from one end to the other. */
export interface ShopperPlan {
  readonly number: number
  /** Ms after the beginning of the run. */
  readonly arrivesMs: number
  readonly entrance: string
  readonly car?: CarPlan
  readonly speedMps: number
  readonly stops: readonly Stop[]
  readonly phone: PhonePlan
  readonly network: NetworkPlan
  /** Has everything erased at the end. */
  readonly isErased: boolean
  /** Of everything else that is left to chance. */
  readonly seed: number
}

/** What is wrong with a beacon, by its place in the list of the venue's beacons, as a share of it from 0 to 1. */
export interface BeaconFault {
  readonly share: number
  readonly kind: 'dead' | 'moved' | 'cloned' | 'weak'
}

/** Everything that will happen, as far as the server does not decide it. */
export interface MallPlan {
  readonly seed: number
  readonly forMs: number
  /** In the order of their arrival. */
  readonly shoppers: readonly ShopperPlan[]
  readonly beaconFaults: readonly BeaconFault[]
}

export interface PlanOptions {
  readonly seed: number
  readonly mallHours: number
  /** How many arrive in an hour, on average. */
  readonly shoppersPerHour: number
  /** Share of what goes wrong: 1 is what `plan.ts` draws, 0 a mall in which nothing does. */
  readonly trouble: number
}

const hourMs = 3_600_000
const minuteMs = 60_000

/**
 * Draws what will happen in a mall. A pure function: the same town and options give the same plan to the last bit.
 * People arrive independently of each other (a Poisson process), half of them by car where there are bays; they visit one to
 * five shops, one in three eats. Plates and ids carry the seed, so that runs in one database do not meet.
 * **Source** shares: own, chosen so that an hour of forty shoppers meets every kind of trouble.
 */
export function planMall(town: Town, options: PlanOptions): MallPlan {
  const { seed, mallHours, shoppersPerHour, trouble } = options
  const random = new RandomStream(seed)
  const forMs = mallHours * hourMs
  const shoppers: ShopperPlan[] = []
  const wait = () => (-hourMs / shoppersPerHour) * Math.log(1 - random.uniform())
  for (let atMs = wait(); atMs < forMs; atMs += wait()) {
    const drawn = new RandomStream(random.bits())
    shoppers.push(
      planShopper(town, drawn, { number: shoppers.length + 1, arrivesMs: Math.round(atMs), trouble }),
    )
  }
  const faults = ['dead', 'moved', 'cloned', 'weak'] as const
  return {
    ...{ seed, forMs, shoppers },
    beaconFaults: faults.flatMap((kind) =>
      Array.from({ length: Math.round(2 * trouble) }, () => ({ kind, share: random.uniform() })),
    ),
  }
}

function planShopper(
  town: Town,
  random: RandomStream,
  { number, arrivesMs, trouble }: { number: number; arrivesMs: number; trouble: number },
): ShopperPlan {
  const isHungry = town.food.length > 0 && happens(random, 33)
  const visited = someOf(random, town.shops, 1 + below(random, isHungry ? 3 : 5))
  const stops = visited.map((place): Stop => ({
    place,
    errand: drawErrand(random),
    staysMs: Math.round(between(random, 1, 9) * minuteMs),
    billFen: 100 * (20 + below(random, 400)),
  }))
  if (isHungry) {
    const meal = {
      errand: 'eat',
      staysMs: Math.round(between(random, 20, 45) * minuteMs),
      billFen: 8800,
    } as const
    stops.splice(below(random, stops.length + 1), 0, { place: oneOf(random, town.food), ...meal })
  }
  const entrances = town.entrances.length > 0 ? town.entrances : town.shops
  const car = town.bays.length > 0 && happens(random, 50) ? planCar(town, random, trouble) : undefined
  return {
    number,
    arrivesMs,
    entrance: oneOf(random, entrances),
    ...(car ? { car } : {}),
    speedMps: between(random, 0.9, 1.5),
    stops,
    phone: planPhone(random, stops, trouble),
    network: planNetwork(random, trouble),
    isErased: happens(random, 8),
    seed: random.bits(),
  }
}

function drawErrand(random: RandomStream): Errand {
  const share = random.uniform()
  return share < 0.5 ? 'look' : share < 0.65 ? 'claim' : 'claim-and-redeem'
}

function planPhone(random: RandomStream, stops: readonly Stop[], trouble: number): PhonePlan {
  const stayMs = stops.reduce((sum, { staysMs }) => sum + staysMs, 0)
  const span = (mostMs: number): Span => {
    const fromMs = Math.round(random.uniform() * stayMs)
    return { fromMs, toMs: fromMs + Math.round(between(random, 5000, mostMs)) }
  }
  const agreement = random.uniform()
  const isSaving = happens(random, 15 * trouble)
  const offClock = happens(random, 20 * trouble)
  return {
    hasSocket: happens(random, 100 - 30 * trouble),
    agrees: agreement < 0.1 ? 'to-nothing' : agreement < 0.4 ? 'to-location' : 'to-all',
    // Within the two minutes that are borne, now and then beyond.
    clockOffMs: offClock ? Math.round(between(random, -150_000, 150_000)) : 0,
    scanEveryS: isSaving ? 10 : 1,
    ...(happens(random, 10 * trouble) ? { deaf: span(4 * minuteMs) } : {}),
    ...(happens(random, 15 * trouble) ? { killed: span(6 * minuteMs) } : {}),
    ...(happens(random, 5 * trouble) ? { withdrawsMs: Math.round(random.uniform() * stayMs) } : {}),
    ...(happens(random, 75) ? { pocketedAfterMs: Math.round(between(random, 1, 4) * minuteMs) } : {}),
    offsetDb: Math.round(between(random, -6, 6)),
  }
}

function planNetwork(random: RandomStream, trouble: number): NetworkPlan {
  if (!happens(random, 40)) return { lost: 0, answerLost: 0, twice: 0, straggles: 0 }
  const most = (percent: number) => percent * trouble * random.uniform()
  return { lost: most(8), answerLost: most(4), twice: most(6), straggles: most(6) }
}

const provinces = ['浙', '沪', '苏', '皖']
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ'.split('')

/** A plate of the usual kind: GA 36 allows two letters among the last five signs. */
function drawPlate(random: RandomStream): string {
  const [authority, first, second] = [0, 1, 2].map(() => oneOf(random, letters))
  const digits = String(below(random, 1000)).padStart(3, '0')
  return `${oneOf(random, provinces)}${authority!}${first!}${second!}${digits}`
}

function planCar(town: Town, random: RandomStream, trouble: number): CarPlan {
  const share = random.uniform()
  return {
    plate: drawPlate(random),
    bay: oneOf(random, town.bays),
    entryId: `sim-${drawnUuid(random)}`,
    exitId: `sim-${drawnUuid(random)}`,
    isUnread: happens(random, 3 * trouble),
    entryLateMs: happens(random, 10 * trouble) ? Math.round(between(random, 5000, 90_000)) : 0,
    exitLateMs: happens(random, 10 * trouble) ? Math.round(between(random, 5000, 90_000)) : 0,
    isToldTwice: happens(random, 10 * trouble),
    pays: share < 0.55 ? 'phone' : share < 0.9 ? 'kiosk' : 'twice',
  }
}
