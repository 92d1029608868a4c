import { identitiesContract } from '../../../server/contract/index.ts'
import { KitFault } from '../../offline/kit-fault.ts'
import { hasKit } from '../../offline/kit.ts'
import { dropSession, keepSession, keptSession, serverAddress } from '../../offline/session.ts'
import { ask } from '../../offline/take-kit.ts'
import { exitCodes, textOption, wrongCall } from '../context.ts'
import type { Context } from '../context.ts'

/** `sign-in`: asks for name and password, and keeps the session beside the kit. */
export async function signIn(context: Context): Promise<number> {
  const { machine, dir } = context
  const given =
    textOption(context, 'server') ?? (hasKit(dir) ? context.kit().info.server : undefined) ?? machine.server
  const server = given === undefined ? undefined : serverAddress(given)
  if (server === undefined) {
    throw wrongCall({ zh: '要写 --server', en: 'Expected --server, as no kit is packed here yet' })
  }
  warnOfPlainText(context, server)
  const username =
    textOption(context, 'user') ?? (await machine.ask(context.text({ zh: '用户名：', en: 'Username: ' })))
  const password = await machine.askSecret(context.text({ zh: '密码：', en: 'Password: ' }))
  if (username === undefined || username === '' || password === undefined) {
    throw wrongCall({
      zh: '没有人回答：写 --user，并在标准输入的第一行给出密码',
      en: 'Expected an answer, but nobody is there: give --user, and the password as the first line of the input',
    })
  }
  const client = machine.clientOf(server, undefined)
  const { token, expiresAtMs, account } = await ask(client, identitiesContract.signIn, {
    body: { username, password },
  })
  if (!account.roles.some((role) => role === 'installer' || role === 'operator')) {
    const signedIn = machine.clientOf(server, token)
    await ask(signedIn, identitiesContract.endSession, { params: { sessionId: 'current' } })
    throw new KitFault('no-installer', {
      zh: `${account.username} 不是安装人员：请运营人员给这个账号 installer 角色。`,
      en: `Expected an installer, but ${account.username} is none: ask an operator for the role "installer".`,
    })
  }
  keepSession(dir, { server, username: account.username, token, expiresAtMs })
  context.result({ server, username: account.username, expiresAtMs }, () => {
    const until = new Date(expiresAtMs).toISOString().slice(0, 16).replace('T', ' ')
    context.say(
      {
        zh: `${account.username} 已登录，最长到 ${until} UTC。`,
        en: `${account.username} is signed in, until ${until} UTC at the latest.`,
      },
      'good',
    )
    if (machine.token !== undefined)
      context.say(
        {
          zh: '环境里还有 ATRIUM_TOKEN，它优先：不用时请 unset。',
          en: 'ATRIUM_TOKEN is set and goes first: unset it unless you mean it.',
        },
        'warn',
      )
  })
  return exitCodes.ok
}

/** `sign-out`: ends the session on the server, and forgets it here whether or not the server can be reached. */
export async function signOut(context: Context): Promise<number> {
  const { machine, dir } = context
  const session = keptSession(dir)
  if (!session) {
    context.result({ signedOut: false }, () => {
      context.say({ zh: '这里没有人登录。', en: 'Nobody is signed in here.' }, 'warn')
    })
    return exitCodes.refused
  }
  dropSession(dir)
  const client = machine.clientOf(session.server, session.token)
  const params = { sessionId: 'current' as const }
  const ended = await client.call(identitiesContract.endSession, { params }).then(
    ({ ok, status }) => ok || status === 401,
    () => false,
  )
  context.result({ signedOut: true, ended }, () => {
    context.say({ zh: `${session.username} 已退出。`, en: `${session.username} is signed out.` }, 'good')
    if (!ended)
      context.say(
        {
          zh: '服务器连不上：会话会自己到期，也可请运营人员结束它。',
          en: 'The server is out of reach: the session ends by itself, or an operator ends it.',
        },
        'warn',
      )
  })
  return exitCodes.ok
}

/** A password over plain HTTP can be read by everybody on the way. */
function warnOfPlainText(context: Context, server: string): void {
  let url: URL
  try {
    url = new URL(server)
  } catch {
    throw wrongCall({
      zh: `--server 应是网址，收到 "${server}"`,
      en: `Expected --server to be an address such as https://mall.example, got "${server}"`,
    })
  }
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol === 'https:' || isHere) return
  context.machine.tell(
    context.text({
      zh: `${url.origin} 不加密：路上的人能读到密码。`,
      en: `${url.origin} is not encrypted: everybody on the way can read the password.`,
    }),
  )
}
