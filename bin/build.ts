import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildClients } from './clients.ts'
import { runProgram } from './program.ts'

/**
 * `npm run build`: the browser clients into `dist/pages`, and the server, the kernels and the programs
 * compiled to plain JavaScript beside them.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { force: { type: 'boolean', default: false } } })
  const log = (zh: string, en: string) => {
    console.log(`${zh} · ${en}`)
  }
  await buildClients({ log, force: values.force })
  log('正在编译服务器', 'Compiling the server')
  const code = await compile()
  if (code === 0) log('服务器编译完成', 'The server is compiled')
  return code
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

await runProgram('usage: npm run build -- [--force]', main)
