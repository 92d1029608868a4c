import { randomUUID } from 'node:crypto'
import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import type { Answer } from '../../server/contract/client.ts'
import { createClient } from '../../server/contract/client.ts'
import type { Endpoint } from '../../server/contract/endpoint.ts'
import { identitiesContract } from '../../server/contract/identities.contract.ts'
import { parkingContract } from '../../server/contract/parking.contract.ts'
import type { ClientServer } from '../../server/testing/client-server.ts'
import { front, openUrl, phone } from './in-page.ts'

function good<E extends Endpoint>(answer: Answer<E>): Extract<Answer<E>, { ok: true }>['body'] {
  if (answer.ok) return answer.body
  throw new Error(`${String(answer.status)} ${JSON.stringify(answer.problem)}`)
}

const plate = '浙A8K521'

/** A tariff of five yuan for each half hour from now on; then a car drives in, and a camera sees it in its bay. */
async function driveIn({ operator, venueId, address }: ClientServer): Promise<string> {
  const params = { venueId }
  const day = { bands: [{ name: 'day', fromMinute: 0, fenPerUnit: 500 }] }
  const validFromMs = Date.now() + 300
  await operator.call(
    parkingContract.setTariff,
    {
      params,
      body: {
        validFromMs,
        definition: {
          timeZone: 'Asia/Shanghai',
          unitMinutes: 30,
          freeMinutes: 0,
          freeMinutesFor: 'every-stay',
          days: { workday: day, restday: day, holiday: day },
          calendar: {},
          capOver: 'date',
          quoteMinutes: 10,
          exitMinutes: 20,
        },
      },
    },
    { idempotencyKey: randomUUID() },
  )
  const device = good(
    await operator.call(identitiesContract.createDevice, { params, body: { name: 'gate', role: 'system' } }),
  )
  const system = createClient({ baseUrl: address, fetch, token: () => device.token })
  const [bay] = good(await operator.call(parkingContract.listBays, { params }))
  const atMs = Math.max(Date.now(), validFromMs + 1)
  const event = { eventId: randomUUID(), kind: 'entry', atMs, gate: 'north', plate } as const
  good(await system.call(parkingContract.tellBarrier, { params, body: event }))
  good(
    await system.call(parkingContract.tellSighting, {
      params,
      body: { plate, bay: bay!.code, atMs: atMs + 1 },
    }),
  )
  return `${bay!.level} ${bay!.code}`
}

/** Says where the car is, off-line too; has the camera find it by its plate; pays; forgets it. */
export async function parksAndPays(t: ExecutionContext, page: Page, server: ClientServer): Promise<void> {
  const where = await driveIn(server)
  const bays = good(
    await server.operator.call(parkingContract.listBays, { params: { venueId: server.venueId } }),
  )
  const own = bays[bays.length - 1]!
  await openUrl(page, '/parking/car/index')
  await front(page).getByText('车停在哪儿？').waitFor()

  await page.getByRole('switch', { name: '网络' }).click()
  await front(page).getByText('输入车位号').click()
  await front(page).locator('wx-input input').fill(own.code.toLowerCase())
  await front(page).locator('.bays .item').first().click()
  await front(page).getByText(`${own.level} ${own.code}`).waitFor()
  await front(page).getByText('先记在手机上').first().waitFor()
  await page.getByRole('switch', { name: '网络' }).click()

  await front(page).getByText('车牌', { exact: true }).click()
  await front(page).locator('wx-input input').fill(plate)
  await front(page).getByText('加上', { exact: true }).click()
  await front(page).locator('.plate').waitFor()
  t.notRegex(await front(page).locator('.plate').innerText(), /8K521/, 'masked even to its owner')
  await front(page).locator('[aria-label=返回]').click()
  await front(page).getByText('车还在').waitFor()

  await front(page).getByText('付 5 元').click()
  await front(page).getByText('这个价给你留着').waitFor()
  await front(page).locator('.actions .btn').click()
  await phone(page).getByText('不会真的扣钱').waitFor()
  await phone(page).getByRole('button', { name: '记成已付' }).click()
  await front(page).getByText('已付 5 元').waitFor()
  await front(page).getByText('前开出去').waitFor()
  await front(page).getByText('没有真的收钱').waitFor()
  await front(page).getByText('看我的车').click()

  // What the shopper said is forgotten; what the camera saw stays with the stay.
  await front(page).getByText('忘掉这辆车').click()
  await phone(page).getByRole('button', { name: '忘掉', exact: true }).click()
  await front(page).getByText(where).waitFor()
  await front(page).getByText('不用付').waitFor()
  await front(page).getByText('带我去').click()
  await front(page).locator('.now').waitFor()
  await front(page).getByText('结束').click()
  await front(page).locator('[aria-label=返回]').click()
}
