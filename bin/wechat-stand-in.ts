/**
 * `npm run wechat-stand-in`: NOT WECHAT. A server on this machine that answers `auth.code2Session` in WeChat's place, so
 * that signing in can be tried without an account of the platform. The code `stand-in:NAME` is always the person NAME.
 */
import { startWeChatStandIn } from '../server/visitors/testing/we-chat-stand-in.ts'

const [appId, appSecret] = ['wx0000stand0in', 'stand-in-secret-of-nobody']
const port = 8090

const { address } = await startWeChatStandIn({ appId, appSecret, port })
console.error(
  [
    '',
    '  这不是微信，只用于开发。Not WeChat: for development only.',
    '',
    `  WECHAT_APP_ID=${appId} WECHAT_APP_SECRET=${appSecret} WECHAT_API_URL=${address} npm start`,
    '',
    '  POST /v1/visitors/wechat {"code":"stand-in:lin"}',
    '  POST /v1/me/phone {"code":"stand-in:13800138000"}',
    '',
    '  Ctrl-C 停止 · stops',
    '',
  ].join('\n'),
)
