import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Log } from '../platform/log.ts'

export interface ListenOptions {
  readonly handler: (request: IncomingMessage, response: ServerResponse) => unknown
  readonly host: string
  readonly port: number
  /** Longest time to take in a whole request. */
  readonly requestTimeoutMs: number
  readonly shutdownGraceMs: number
  readonly log: Log
}

/** A server that listens. */
export interface Listening {
  readonly server: Server
  /** `http://host:port`, with the port it got. */
  readonly address: string
  /** True from the moment a stop was asked for. */
  stopping(): boolean
  /**
   * Accepts nothing more, lets requests under way finish, and resolves when all connections are closed;
   * after the grace what is left is cut. Calling twice waits for the same end.
   * @returns how many connections were cut
   */
  stop(): Promise<number>
}

const headersTimeoutMs = 10_000
/** Longer than common proxies keep theirs, so that it is the proxy who closes. */
const keepAliveTimeoutMs = 65_000
/** How often connections that fell idle while stopping are closed. */
const sweepMs = 50
/** Most connections at once; more are refused by the kernel side of the server. */
const maxConnections = 20_000

/**
 * Starts to listen.
 * @throws with the system's code (EADDRINUSE, EACCES) when the address cannot be had
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { handler, host, port, log } = options
  let stopped: Promise<number> | undefined
  const server = createServer(
    {
      requestTimeout: options.requestTimeoutMs,
      headersTimeout: Math.min(headersTimeoutMs, options.requestTimeoutMs),
      keepAliveTimeout: keepAliveTimeoutMs,
    },
    (request, response) => {
      if (stopped) response.setHeader('connection', 'close')
      handler(request, response)
    },
  )
  server.maxConnections = maxConnections
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  server.on('error', (error) => {
    log.error({ err: error }, 'the listening socket failed')
  })
  return {
    server,
    address: addressOf(server, host),
    stopping: () => stopped !== undefined,
    stop: () => (stopped ??= stopGently(server, options.shutdownGraceMs)),
  }
}

async function stopGently(server: Server, graceMs: number): Promise<number> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve()
    })
  })
  const sweep = setInterval(() => {
    server.closeIdleConnections()
  }, sweepMs)
  let cut = 0
  const grace = setTimeout(() => {
    server.getConnections((_, count) => {
      cut = count
      server.closeAllConnections()
    })
  }, graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(grace)
  return cut
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${String(port)}`
}
