import test from 'ava'
import fc from 'fast-check'
import { createPlateVault, isPlate, maskPlate, readEnding, readPlate, signsApart } from './index.ts'
import type { Plate } from './index.ts'

const secret = new Uint8Array(32).fill(1)
const other = new Uint8Array(32).fill(2)
const venue = '00000000-0000-7000-8000-000000000001'

function plateOf(text: string): Plate {
  const plate = readPlate(text)
  if (!isPlate(plate)) throw new Error(`${text} should be a plate`)
  return plate
}

test('knows the plates that drive into a mall', (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['浙A12345', 'ordinary'],
    ['浙A8B23C', 'ordinary'],
    ['京O12345', 'ordinary'],
    ['浙AD12345', 'new-energy'],
    ['浙AFB1234', 'new-energy'],
    ['沪A12345D', 'new-energy'],
    ['粤Z1234港', 'hong-kong-macau'],
    ['粤ZAB12澳', 'hong-kong-macau'],
    ['浙A1234警', 'police'],
    ['浙A1234学', 'learner'],
    ['浙A1234挂', 'trailer'],
    ['浙A1234超', 'oversize'],
    ['沪A0023领', 'consular'],
    ['使014578', 'diplomatic'],
    ['224578使', 'diplomatic'],
    ['浙X123应急', 'rescue'],
    ['WJ浙12345', 'armed-police'],
    ['WJ1234T', 'armed-police'],
    ['VA12345', 'military'],
  ]
  for (const [text, kind] of cases) t.like(readPlate(text), { text, kind }, text)
})

test('refuses what is no plate and says what was left of it', (t) => {
  for (const text of [
    '',
    '浙',
    '浙A1234',
    '浙A123456',
    '浙I12345',
    '粤B1234港',
    '浙ABCD12',
    'ABCDEFG',
    'x'.repeat(99),
  ]) {
    t.is(Reflect.get(readPlate(text), 'refused'), 'no-plate', text)
  }
  t.deepEqual(readPlate('浙 a-12'), { refused: 'no-plate', text: '浙A12' })
})

test('sets right how a plate is written and what can only be a misread', (t) => {
  for (const text of ['浙A·12345', '浙a 1 2 3 4 5', '浙Ａ１２３４５', '浙A-I2345', '浙A•12345']) {
    t.is(plateOf(text).text, '浙A12345', text)
  }
  t.is(plateOf('浙AO2345').text, '浙A02345')
  t.is(plateOf('京OO2345').text, '京O02345', 'the office keeps its O')
})

test('shows no more of a plate than its owner needs', (t) => {
  t.is(maskPlate(plateOf('浙A12345')), '浙A•••45')
  t.is(maskPlate(plateOf('浙AD12345')), '浙A••••45')
  t.is(maskPlate(plateOf('粤Z1234港')), '粤Z•••4港')
})

test('seals a plate so that only its own row and its own secret open it', (t) => {
  const vault = createPlateVault([secret])
  const plate = plateOf('浙A12345')
  const sealed = vault.seal(plate, 'row 1')
  t.deepEqual(vault.open(sealed, 'row 1'), plate)
  t.not(vault.seal(plate, 'row 1'), sealed)
  t.is(vault.open(sealed, 'row 2'), undefined)
  t.is(createPlateVault([other]).open(sealed, 'row 1'), undefined)
  t.is(vault.open('', 'row 1'), undefined)
  for (let at = 0; at < sealed.length; at += 3) {
    // The last bits of the last sign say nothing: what means the same bytes is the same seal.
    const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'Q' : 'A') + sealed.slice(at + 1)
    if (Buffer.from(changed, 'base64url').equals(Buffer.from(sealed, 'base64url'))) continue
    t.is(vault.open(changed, 'row 1'), undefined, `sign ${at}`)
  }
})

test('goes on opening and finding after the secret was changed', (t) => {
  const plate = plateOf('浙A12345')
  const before = createPlateVault([secret])
  const after = createPlateVault([other, secret])
  t.deepEqual(after.open(before.seal(plate, 'row'), 'row'), plate)
  t.true(after.hashesOf(plate, venue).includes(before.hashOf(plate, venue)))
  t.is(after.hashesOf(plate, venue)[0], after.hashOf(plate, venue))
  const stored = new Set(before.searchTokens(plate, venue))
  t.true(after.tokensOfEnding('2345', venue).some((token) => stored.has(token)))
})

test('keeps one mall’s hashes from being matched with another’s', (t) => {
  const vault = createPlateVault([secret])
  const plate = plateOf('浙A12345')
  t.not(vault.hashOf(plate, venue), vault.hashOf(plate, 'another'))
  t.false(
    vault.searchTokens(plate, venue).some((token) => vault.searchTokens(plate, 'another').includes(token)),
  )
})

test('finds exactly the plates of which at most one sign of the ending differs', (t) => {
  const vault = createPlateVault([secret])
  const sign = fc.constantFrom(...Array.from('0123456789ABCDEFGH'))
  const plate = fc
    .tuple(
      fc.constantFrom('浙A', '沪B', '浙AD', '粤Z'),
      fc.array(sign, { minLength: 4, maxLength: 5 }),
      fc.constantFrom('', '港', '警'),
    )
    .map(([front, signs, end]) => readPlate(front + signs.join('') + end))
    .filter(isPlate)
  const property = fc.property(
    plate,
    fc.constantFrom(4, 5, 6, 7),
    fc.array(fc.tuple(fc.nat(6), sign)),
    (one, length, edits) => {
      const ending = Array.from(one.text).slice(-length)
      for (const [at, to] of edits.slice(0, 3)) ending[at % length] = to
      const asked = ending.join('')
      const stored = new Set(vault.searchTokens(one, venue))
      const isFound = vault.tokensOfEnding(asked, venue).some((token) => stored.has(token))
      return isFound === signsApart(asked, one) <= 1
    },
  )
  const { failed, counterexample } = fc.check(property, { numRuns: 300, seed: 6 })
  t.false(failed, JSON.stringify(counterexample))
})

test('does not search by fewer than four signs, nor by anything that ends no plate', (t) => {
  const vault = createPlateVault([secret])
  t.deepEqual(vault.tokensOfEnding('345', venue), [])
  t.is(readEnding('o2-3 i'), '0231')
  t.is(readEnding('浙a·o2345'), '浙A02345')
  t.is(readEnding('1234港'), '1234港')
  for (const text of ['', '12%4', '1234家', '浙']) t.is(readEnding(text), undefined, text)
})
