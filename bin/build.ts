import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { buildClients } from './clients.ts'

export { buildClients } from './clients.ts'
export type { BuildOptions } from './clients.ts'

/**
 * `npm run build`: the browser clients into `dist/pages`, and the server, the kernels and the programs
 * compiled to plain JavaScript beside them.
 */
async function main(): Promise<void> {
  const log = (zh: string, en: string) => {
    console.log(`${zh} · ${en}`)
  }
  await buildClients({ log, force: process.argv.includes('--force') })
  log('正在编译服务器', 'Compiling the server')
  const code = await compile()
  if (code !== 0) process.exitCode = code
  else log('服务器编译完成', 'The server is compiled')
}

function compile(): Promise<number> {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const config = fileURLToPath(new URL('../tsconfig.build.json', import.meta.url))
  const child = spawn(process.execPath, [tsc, '-p', config], { stdio: 'inherit' })
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve(code ?? 1)
    })
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
