import test from 'ava'
import { createClient, problemIdOf, venuesContract, identitiesContract } from './index.ts'
import type { FetchLike } from './index.ts'

type Init = Parameters<FetchLike>[1]

/** A server of one answer that remembers what it was asked. */
function answering(status: number, body: string) {
  const asked: { url: string; init: Init }[] = []
  const fetch: FetchLike = (url, init) => {
    asked.push({ url, init })
    return Promise.resolve({
      status,
      text: () => Promise.resolve(body),
      arrayBuffer: () => Promise.resolve(new TextEncoder().encode(body).buffer),
    })
  }
  return { asked, client: createClient({ baseUrl: 'http://mall.test', fetch, token: () => 'tok' }) }
}

test('puts each part of a request where the endpoint wants it', async (t) => {
  const { asked, client } = answering(200, '{"versionId":"v","results":[]}')
  const answer = await client.call(venuesContract.searchVenue, {
    params: { venueId: 'a b' },
    query: { q: '火锅&x', limit: 5 },
  })
  t.is(asked[0]?.url, 'http://mall.test/v1/venues/a%20b/search?q=%E7%81%AB%E9%94%85%26x&limit=5')
  t.is(asked[0]?.init.headers.authorization, 'Bearer tok')
  t.is(asked[0]?.init.body, undefined)
  t.true(answer.ok)
})

test('sends a body as JSON and a repeat under its key', async (t) => {
  const { asked, client } = answering(201, '{}')
  const body = { username: 'lin', password: 'x', roles: ['staff' as const], venues: 'all' as const }
  await client.call(identitiesContract.createAccount, { body }, { idempotencyKey: 'k1' })
  t.is(asked[0]?.init.method, 'POST')
  t.is(asked[0]?.init.headers['content-type'], 'application/json')
  t.is(asked[0]?.init.headers['idempotency-key'], 'k1')
  t.deepEqual(JSON.parse(String(asked[0]?.init.body)), body)
})

test('sends and receives bytes where the endpoint says so', async (t) => {
  const { asked, client } = answering(200, '"PK"')
  const bytes = new Uint8Array([80, 75])
  await client.call(venuesContract.importVenue, { body: bytes, query: { publish: true } })
  t.is(asked[0]?.url, 'http://mall.test/v1/venues/imports?publish=true')
  t.is(asked[0]?.init.headers['content-type'], 'application/zip')
  t.is(asked[0]?.init.body, bytes)
  const params = { venueId: 'v', versionId: 'w' }
  const answer = await client.call(venuesContract.exportVersion, { params })
  t.true(answer.ok && answer.body instanceof Uint8Array && answer.body.length === 4)
})

test('hands a refusal back as a value with its word', async (t) => {
  const { client } = answering(
    404,
    '{"type":"urn:problem-type:atrium:unknown-venue","title":"x","status":404}',
  )
  const answer = await client.call(venuesContract.readVenue, { params: { venueId: 'v' } })
  t.false(answer.ok)
  t.is(answer.ok ? undefined : problemIdOf(answer.problem), 'unknown-venue')
})

test('makes a problem of an answer that is not ours', async (t) => {
  for (const body of ['<html>bad gateway', '[]', 'null', '"x"']) {
    const { client } = answering(502, body)
    const answer = await client.call(venuesContract.listVenues, {})
    t.deepEqual(answer, {
      ok: false,
      status: 502,
      problem: { type: 'about:blank', title: 'HTTP 502', status: 502 },
    })
    t.is(answer.ok ? 'x' : problemIdOf(answer.problem), undefined)
  }
})
