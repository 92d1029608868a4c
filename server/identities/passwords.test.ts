import test from 'ava'
import { hashPassword, isOutdated, passwordFault, verifyPassword } from './passwords.ts'
import { nobodysHash } from './sign-in.command.ts'

test('a password is long enough, not the username and not one key held down', (t) => {
  for (const good of ['correct horse battery', '一二三四五六七八九十甲乙', 'x1-y2-z3-w4-']) {
    t.is(passwordFault('lin', good), undefined, good)
  }
  for (const [username, bad] of [
    ['lin', ''],
    ['lin', 'elevenchars'],
    ['lin', 'x'.repeat(129)],
    ['lin', 'aaaaaaaaaaaaaaaa'],
    ['lin', 'abababababababab'],
    ['lin.operator', 'lin.operator'],
    ['lin.operator', 'LIN.OPERATOR1'],
    ['ｌｉｎ.operator', 'lin.operator!!'],
  ] as const) {
    t.truthy(passwordFault(username, bad), `${username} / ${bad}`)
  }
})

test('a hash knows its password and no other, and no two hashes are alike', async (t) => {
  const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
  t.not(one, two)
  t.true(one.startsWith('$argon2id$v=19$m=19456,t=2,p=1$'))
  t.true(await verifyPassword(one, 'correct horse'))
  t.false(await verifyPassword(one, 'correct horse '))
})

test('the hash nobody’s password has costs as much to check as a real one', (t) => {
  t.false(isOutdated(nobodysHash))
  t.true(isOutdated('$argon2id$v=19$m=4096,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA'))
})

test.serial('refuses to hash more at once than it has room for, and recovers', async (t) => {
  const many = await Promise.allSettled(Array.from({ length: 20 }, () => hashPassword('correct horse')))
  t.is(many.filter(({ status }) => status === 'rejected').length, 4)
  await t.notThrowsAsync(hashPassword('correct horse'))
})
