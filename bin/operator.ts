/**
 * `npm run operator -- create USERNAME`: makes an operator of all venues. The password is asked for at a
 * terminal, or is the first line of standard input; it never stands on the command line, where other users
 * of the machine could read it.
 */
import { parseArgs } from 'node:util'
import { identitiesContract } from '../server/contract/identities.contract.ts'
import { inPlainWords } from '../server/contract/plain-words.ts'
import { createAccount } from '../server/identities/index.ts'
import { systemClock } from '../server/platform/clock.ts'
import { newUuid } from '../server/platform/ids.ts'
import { askPassword } from './ask-password.ts'
import { configOrRefuse, openConfigured } from './configured.ts'
import { runProgram, WrongCall } from './program.ts'

const usage = `npm run operator -- create USERNAME

  密码在终端中输入，或作为标准输入的第一行。
  The password is asked for at a terminal, or is the first line of standard input.`

const refusals = {
  'username-taken': '这个用户名已被使用。\nThis username is taken.',
  'weak-password': '密码不符合要求。\nThe password does not keep to the rules.',
} as const

await runProgram(usage, main)

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', default: false } },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const [verb, username] = positionals
  if (verb !== 'create' || username === undefined || positionals.length > 2) {
    throw new WrongCall(`Expected create and one USERNAME, got ${positionals.length} arguments.`)
  }
  const config = configOrRefuse()
  const account = identitiesContract.createAccount.request.body.safeParse(
    {
      username,
      password: await askPassword('密码 · Password: '),
      roles: ['operator'],
      venues: 'all',
    },
    { error: inPlainWords },
  )
  if (!account.success) {
    for (const { path, message } of account.error.issues) console.error(`${path.join('.')}: ${message}`)
    return 1
  }
  const database = await openConfigured(config)
  try {
    const occasion = { actor: 'system', nowMs: systemClock(), newId: newUuid }
    const made = await database.transaction((manager) => createAccount(manager, occasion, account.data))
    if ('refused' in made) {
      console.error(refusals[made.refused])
      if (made.detail !== undefined) console.error(made.detail)
      return 1
    }
    console.log(`已创建运营账号 ${made.username}。\nThe operator ${made.username} was made.`)
    return 0
  } finally {
    await database.close()
  }
}
