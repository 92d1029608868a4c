import { RandomStream } from '../../positioning/index.ts'
import { visitorsContract as visitors } from '../../server/contract/index.ts'
import { Car } from './car.ts'
import { granted } from './granted.ts'
import { layOut } from './journey.ts'
import type { Journey, Whereabouts } from './journey.ts'
import type { Mall } from './mall.ts'
import { patientClient, troubledFetch } from './network.ts'
import type { PatientClient } from './network.ts'
import { Purse } from './errands.ts'
import { SimulatedPhone } from './phone.ts'
import type { ShopperPlan, Stop } from './plan.ts'
import { openScreen } from './screens.ts'
import type { Screen } from './screens.ts'

/** A phone is looked at this often: while its owner walks, and while they stand. */
const [movingMs, stillMs] = [2000, 5000]
/** What came due while nobody was looking, as at a start in the middle of a day, is let go after this. */
const letGoMs = 30_000
/** A token is renewed this long before its end. */
const renewBeforeMs = 10 * 60_000

/** One visit, from the barrier or the door and back out. */
export async function liveVisit(plan: ShopperPlan, mall: Mall): Promise<void> {
  const { time, floor } = mall
  const beginsMs = mall.startMs + plan.arrivesMs
  const journey = layOut(plan, mall.open)
  await time.until(beginsMs)
  if (time.hasEnded() || beginsMs + journey.forMs < time.nowMs()) return
  const car = plan.car ? new Car(mall, plan.car) : undefined
  await car?.driveIn(beginsMs)
  const app = plan.phone.agrees === 'to-nothing' ? undefined : await openApp(plan, mall)
  floor.set(plan.number, () => journey.at(time.nowMs() - beginsMs))
  try {
    await wander({ plan, mall, journey, app, beginsMs })
    if (time.hasEnded()) return
    await car?.pay(app?.client)
    await car?.driveOut(app?.client)
    if (plan.isErased && app) await eraseMe(app, plan, mall)
  } finally {
    floor.delete(plan.number)
    if (app?.screen) mall.keep(app.screen)
  }
}

/** The mini-program on a shopper's phone, opened and agreed to. */
interface App {
  readonly visitorId: string
  readonly client: PatientClient
  readonly purse: Purse
  readonly phone: SimulatedPhone
  /** Gets a fresh token when the one there is about to end. */
  readonly renew: () => Promise<void>
  readonly screen?: Screen
}

async function openApp(plan: ShopperPlan, mall: Mall): Promise<App> {
  const { serverUrl, time, open, air } = mall
  // One for each: how often the network is asked depends on the server, what is heard and chosen does not.
  const ofPlan = new RandomStream(plan.seed)
  const [ofNetwork, ofPhone, ofPurse] = [ofPlan, ofPlan, ofPlan].map((from) => new RandomStream(from.bits()))
  const held: { token?: string } = {}
  const client = patientClient({
    serverUrl,
    fetch: troubledFetch(plan.network, ofNetwork!),
    token: () => held.token,
    isOver: () => time.hasEnded(),
  })
  const { visitorId, token, expiresAtMs } = granted(await client.call(visitors.createVisitor, {}))
  held.token = token
  let freshUntilMs = expiresAtMs - renewBeforeMs
  const renew = async () => {
    if (time.nowMs() < freshUntilMs) return
    const renewed = await client.call(visitors.renewVisitor, {})
    if (!renewed.ok) return
    held.token = renewed.body.token
    freshUntilMs = renewed.body.expiresAtMs - renewBeforeMs
  }
  const purposes =
    plan.phone.agrees === 'to-all' ? (['location', 'marketing'] as const) : (['location'] as const)
  const texts = granted(await client.call(visitors.listConsentTexts, {}))
  for (const purpose of purposes) {
    const textVersion = texts.find((text) => text.purpose === purpose)?.version ?? ''
    const body = { granted: true, textVersion, way: 'mini-program' } as const
    granted(await client.call(visitors.changeConsent, { params: { purpose }, body }))
  }
  const purse = new Purse(mall, { visitorId, client, random: ofPurse! })
  const screen = plan.phone.hasSocket
    ? openScreen({
        ...{
          serverUrl,
          token: () => held.token ?? '',
          namespace: 'shopper',
          client: `phone of visitor ${visitorId}`,
        },
        streams: [`visitor:${visitorId}`],
        nowMs: () => time.nowMs(),
        onChange: (_, values) => {
          purse.sees(values)
        },
      })
    : undefined
  const phone = new SimulatedPhone({
    ...{ venueId: open.venueId, plan: plan.phone, air, random: ofPhone! },
    client: client.once,
    screen: () => screen,
    nowMs: () => time.nowMs(),
  })
  return { visitorId, client, purse, phone, renew, ...(screen ? { screen } : {}) }
}

interface Wandering {
  readonly plan: ShopperPlan
  readonly mall: Mall
  readonly journey: Journey
  readonly app: App | undefined
  readonly beginsMs: number
}

/** Walks the journey; the phone is asked every few seconds, and at each stop they do what they came for. */
async function wander({ plan, mall, journey, app, beginsMs }: Wandering): Promise<void> {
  const { time } = mall
  const due = [...journey.stops]
  let isTracked = true
  let before: Whereabouts | undefined
  let stoodSinceMs: number | undefined
  for (;;) {
    const visitMs = time.nowMs() - beginsMs
    if (visitMs >= journey.forMs || time.hasEnded()) return
    const at = journey.at(visitMs)
    stoodSinceMs = at.isMoving ? undefined : (stoodSinceMs ?? visitMs)
    const isPocketed = visitMs - (stoodSinceMs ?? visitMs) > (plan.phone.pocketedAfterMs ?? Infinity)
    await app?.renew()
    if (app && !isPocketed) await app.phone.tick(visitMs, { ...at, headingRad: headingOf(before, at) })
    before = at
    if (app && isTracked && visitMs >= (plan.phone.withdrawsMs ?? Infinity)) {
      isTracked = false
      await withdraw(app, mall)
    }
    while (due[0] && due[0].atMs <= visitMs) {
      const { stop, atMs } = due.shift()!
      if (app && visitMs - atMs < letGoMs && app.phone.runs(visitMs)) await runErrand(app.purse, stop)
    }
    await time.until(beginsMs + visitMs + (at.isMoving ? movingMs : stillMs))
  }
}

function headingOf(from: Whereabouts | undefined, to: Whereabouts): number {
  return from ? Math.atan2(to.x - from.x, to.y - from.y) : 0
}

async function runErrand(purse: Purse, { errand, billFen }: Stop): Promise<void> {
  if (errand === 'look') return
  const claimed = errand === 'eat' ? undefined : await purse.claim()
  const offer = purse.held() ?? claimed
  if (offer && errand !== 'claim') await purse.redeem(offer, billFen)
}

async function withdraw({ client, phone, visitorId }: App, { ledger, time }: Mall): Promise<void> {
  phone.mute()
  const body = { granted: false, way: 'mini-program' } as const
  const answer = await client.call(visitors.changeConsent, { params: { purpose: 'location' }, body })
  if (answer.ok) ledger.withdrawn.push({ visitorId, atMs: time.nowMs() })
}

async function eraseMe({ client, phone, visitorId }: App, plan: ShopperPlan, mall: Mall): Promise<void> {
  phone.mute()
  const answer = await client.call(visitors.eraseMe, {})
  // Nobody is there any more: it was done, and the network lost the answer.
  if (!answer.ok && answer.status !== 401) return
  const texts = plan.car && !plan.car.isUnread ? [plan.car.plate] : []
  mall.ledger.erased.push({ visitorId, atMs: mall.time.nowMs(), texts })
}
