import type { IncomingMessage } from 'node:http'
import { isRaw } from '../contract/endpoint.ts'
import type { Endpoint } from '../contract/endpoint.ts'
import { Fault } from './fault.ts'

/**
 * How much beyond its limit a body is taken in and thrown away, so that a client still sending can read
 * why it was refused; after that the connection is cut.
 */
const drainBytes = 1024 * 1024

/**
 * The body of a request as its endpoint asks for it: parsed JSON, bytes, or `undefined` where it asks for
 * none. Never holds more than the limit in memory.
 * @throws Fault unsupported-media-type, body-too-large, malformed-body
 */
export async function readBody(
  request: IncomingMessage,
  { request: { body } }: Endpoint,
  jsonLimitBytes: number,
): Promise<unknown> {
  if (!body) return undefined
  const mediaType = isRaw(body) ? body.mediaType : 'application/json'
  checkMediaType(request, mediaType)
  const bytes = await collect(request, isRaw(body) ? body.maxBytes : jsonLimitBytes)
  return isRaw(body) ? bytes : parseJson(bytes)
}

function checkMediaType(request: IncomingMessage, expected: string): void {
  const [given = '', ...parameters] = (request.headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length)
  const encoding = request.headers['content-encoding']
  const fits =
    given === expected &&
    (charset === undefined || charset.replaceAll('"', '') === 'utf-8') &&
    (encoding === undefined || encoding === 'identity')
  if (fits) return
  throw new Fault('unsupported-media-type', {
    detail: `Expected ${expected} in UTF-8 and uncompressed; say so in Content-Type.`,
    headers: { accept: expected, connection: 'close' },
  })
}

/** Source: RFC 9110 section 15.5.14 for the refusal. */
async function collect(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced <= maxBytes + drainBytes) {
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        size += chunk.length
        if (size <= maxBytes) chunks.push(chunk)
        else chunks.length = 0
        if (size > maxBytes + drainBytes) break
      }
    } catch {
      throw new Fault('malformed-body', { detail: 'The connection ended before the body did.' })
    }
  }
  if (Math.max(size, announced) > maxBytes) {
    throw new Fault('body-too-large', {
      detail: `Expected at most ${String(maxBytes)} bytes.`,
      facts: { maxBytes },
      headers: { connection: 'close' },
    })
  }
  return Buffer.concat(chunks, size)
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'JSON' : 'UTF-8'
    throw new Fault('malformed-body', { detail: `Expected a body of valid ${reason}.` })
  }
}
