import { Agent, get } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { createLog } from '../platform/log.ts'
import { listen } from './listen.ts'

/** A server whose answers wait until they are let go. */
async function slowServer(t: ExecutionContext, shutdownGraceMs: number) {
  const waiting: ServerResponse[] = []
  let arrived: () => void = () => undefined
  const listening = await listen({
    handler: (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/quick') return response.end('quick')
      waiting.push(response)
      arrived()
    },
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 5000,
    shutdownGraceMs,
    log: createLog({ level: 'silent' }),
  })
  const agent = new Agent({ keepAlive: true })
  t.teardown(async () => {
    agent.destroy()
    for (const response of waiting) response.end()
    await listening.stop()
  })
  const ask = (path: string) =>
    new Promise<{ text: string; connection: string | undefined }>((resolve, reject) => {
      get(listening.address + path, { agent }, (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () => {
          resolve({ text, connection: response.headers.connection })
        })
        response.on('error', reject)
      }).on('error', reject)
    })
  const oneWaits = new Promise<void>((resolve) => (arrived = resolve))
  return { listening, ask, waiting, oneWaits }
}

test('lets a request under way finish before it stops, and takes no other', async (t) => {
  const { listening, ask, waiting, oneWaits } = await slowServer(t, 60_000)
  const answer = ask('/slow')
  await oneWaits
  let stopped = false
  const stop = listening.stop().then((cut) => {
    stopped = true
    return cut
  })
  t.true(listening.stopping())
  await t.throwsAsync(ask('/quick'), { code: 'ECONNREFUSED' })
  t.false(stopped)
  waiting[0]?.end('at last')
  t.is((await answer).text, 'at last')
  t.is(await stop, 0)
})

test('closes connections that are kept alive and idle', async (t) => {
  const { listening, ask } = await slowServer(t, 60_000)
  t.is((await ask('/quick')).connection, 'keep-alive')
  t.is(await listening.stop(), 0)
})

test('cuts what is left when the grace is over', async (t) => {
  const { listening, ask, oneWaits } = await slowServer(t, 0)
  const answer = ask('/slow')
  await oneWaits
  const [cut] = await Promise.all([listening.stop(), t.throwsAsync(answer, { code: 'ECONNRESET' })])
  t.is(cut, 1)
})

test('stopping twice is stopping once', async (t) => {
  const { listening } = await slowServer(t, 60_000)
  t.deepEqual(await Promise.all([listening.stop(), listening.stop()]), [0, 0])
})

test('says so when the port is taken', async (t) => {
  const { listening } = await slowServer(t, 0)
  const options = {
    handler: () => undefined,
    host: '127.0.0.1',
    port: Number(new URL(listening.address).port),
    requestTimeoutMs: 5000,
    shutdownGraceMs: 0,
    log: createLog({ level: 'silent' }),
  }
  await t.throwsAsync(listen(options), { code: 'EADDRINUSE' })
})
