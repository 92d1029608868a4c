import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildMiniProgram } from './miniprogram/build.ts'
import { packageMaxBytes } from './miniprogram/package-sizes.ts'
import { Refused, runProgram } from './program.ts'

const usage =
  'usage: npm run miniprogram -- --server https://mall.example [--appid wx…] [--voice VERSION] [--out dist/miniprogram-release]'

/** `npm run miniprogram`: the mini-program for one server and one AppID, into a folder for WeChat DevTools. */
await runProgram(usage, async () => {
  const { values } = parseArgs({
    options: {
      server: { type: 'string' },
      appid: { type: 'string' },
      voice: { type: 'string' },
      out: {
        type: 'string',
        default: fileURLToPath(new URL('../dist/miniprogram-release', import.meta.url)),
      },
    },
  })
  const { server, appid, out, voice } = values
  if (server === undefined || !/^https:\/\/[^/]+$/.test(server)) {
    throw new Refused(
      `${usage}\n--server: expected https://HOST without a slash at the end: WeChat allows nothing else`,
    )
  }
  const sizes = await buildMiniProgram({
    outDir: out,
    serverUrl: server,
    ...(voice !== undefined && { voice }),
    ...(appid !== undefined && { appId: appid }),
  })
  for (const { root, bytes } of sizes) {
    console.log(`${root === '' ? 'main' : root}\t${Math.ceil(bytes / 1024)} KB`)
  }
  console.log(out)
  return sizes.some(({ bytes }) => bytes >= packageMaxBytes) ? 1 : 0
})
