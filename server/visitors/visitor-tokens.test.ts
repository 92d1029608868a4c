import { createHash, hkdfSync } from 'node:crypto'
import test from 'ava'
import { SignJWT, UnsecuredJWT } from 'jose'
import { createVisitorTokens } from './visitor-tokens.ts'

const secretA = new Uint8Array(32).fill(1)
const secretB = new Uint8Array(32).fill(2)
const startMs = 1_795_000_000_000

function tokensAt(secrets: readonly [Uint8Array, ...Uint8Array[]], nowMs = startMs) {
  return createVisitorTokens({ secrets, clock: () => nowMs })
}

test('a token names its visitor for an hour and no longer', async (t) => {
  const { token, visitorId, expiresAtMs } = await tokensAt([secretA]).issue('lin')
  t.is(expiresAtMs, startMs + 3_600_000)
  t.is(await tokensAt([secretA]).read(token), visitorId)
  t.is(await tokensAt([secretA], startMs + 3_599_000).read(token), visitorId)
  t.is(await tokensAt([secretA], startMs + 3_606_000).read(token), undefined)
})

test('a new token keeps the visitor', async (t) => {
  const tokens = tokensAt([secretA])
  const { visitorId } = await tokens.issue('lin')
  const renewed = await tokens.issue(visitorId)
  t.is(await tokens.read(renewed.token), visitorId)
})

test('after a change of secrets old tokens are good until the old secret is dropped', async (t) => {
  const { token, visitorId } = await tokensAt([secretA]).issue('lin')
  t.is(await tokensAt([secretB, secretA]).read(token), visitorId)
  t.is(await tokensAt([secretB]).read(token), undefined)
  const { token: fresh } = await tokensAt([secretB, secretA]).issue('lin')
  t.is(await tokensAt([secretA]).read(fresh), undefined)
})

test('a token changed in any one place is nobody’s', async (t) => {
  const tokens = tokensAt([secretA])
  const { token } = await tokens.issue('lin')
  for (let place = 0; place < token.length; place += 3) {
    const changed = token.slice(0, place) + (token[place] === 'A' ? 'B' : 'A') + token.slice(place + 1)
    t.is(await tokens.read(changed), undefined, String(place))
  }
})

test('no forged token is believed, whatever key or algorithm it names', async (t) => {
  const tokens = tokensAt([secretA])
  const expiresS = startMs / 1000 + 3600
  const unsigned = new UnsecuredJWT({ sub: 'me', aud: 'atrium-visitor', exp: expiresS, iat: startMs / 1000 })
  const signed = (key: Uint8Array, kid: string, audience = 'atrium-visitor', alg = 'HS256') =>
    new SignJWT()
      .setProtectedHeader({ alg, kid })
      .setSubject('me')
      .setAudience(audience)
      .setIssuedAt(startMs / 1000)
      .setExpirationTime(expiresS)
      .sign(key)
  const realKey = new Uint8Array(hkdfSync('sha256', secretA, '', 'atrium-visitor', 32))
  const realKid = createHash('sha256').update(realKey).digest('hex').slice(0, 8)
  t.is(await tokens.read(await signed(realKey, realKid)), 'me')
  const forged = [
    unsigned.encode(),
    await signed(new Uint8Array(32), 'unknown'),
    await signed(secretA, realKid),
    await signed(realKey, realKid, 'another-audience'),
    await signed(new Uint8Array(64), realKid, 'atrium-visitor', 'HS512'),
    '',
    '..',
    'a.b.c',
  ]
  for (const token of forged) t.is(await tokens.read(token), undefined, token)
})

test('a token that never expires is not one of ours', async (t) => {
  const realKey = new Uint8Array(hkdfSync('sha256', secretA, '', 'atrium-visitor', 32))
  const kid = createHash('sha256').update(realKey).digest('hex').slice(0, 8)
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256', kid })
    .setSubject('me')
    .setAudience('atrium-visitor')
    .sign(realKey)
  t.is(await tokensAt([secretA]).read(token), undefined)
})
