import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { isEmpty, isRaw } from '../contract/endpoint.ts'
import type { EncodedContent, Endpoint, RawBody, RawContent } from '../contract/endpoint.ts'
import type { HttpContext } from './context.ts'
import type { StoredReply } from './idempotency.entity.ts'
import { pointerOf } from './validate-request.ts'

/**
 * Puts a handler's reply on the wire. What public endpoints are asked for carries an ETag and is
 * revalidated; everything else is not to be stored. A handler's own headers win.
 * @param check compare the reply with the contract first
 * @throws when the reply is not what the contract says: a mistake of ours, never the client's
 */
export function sendReply(ctx: HttpContext, endpoint: Endpoint, reply: StoredReply, check: boolean): void {
  const content = endpoint.responses[reply.status]
  if (!content) throw new Error(`${endpoint.id} answered ${String(reply.status)}, which it does not declare.`)
  const cacheable = endpoint.access === 'public' && endpoint.method === 'GET' && reply.status === 200
  ctx.status = reply.status
  ctx.set('cache-control', cacheable ? 'no-cache' : 'no-store')
  ctx.set({ ...reply.headers })
  if (isEmpty(content)) return
  if (isRaw(content)) {
    sendRaw(ctx, content, reply.body as RawBody)
  } else {
    if (check) checkReply(endpoint, content, reply.body)
    ctx.body = JSON.stringify(reply.body)
    ctx.type = 'application/json'
  }
  if (!cacheable) return
  if (!ctx.res.hasHeader('etag')) ctx.etag = weakTag(ctx.body)
  if (ctx.fresh) {
    ctx.status = 304
    ctx.body = null
  }
}

function sendRaw(ctx: HttpContext, content: RawContent, body: RawBody): void {
  const encoded = typeof body === 'string' || body instanceof Uint8Array ? undefined : body
  const [encoding, bytes] = encoded ? pickEncoding(ctx, encoded) : ['identity', body]
  if (!ctx.res.hasHeader('content-type')) ctx.type = content.mediaType
  if (encoded) ctx.vary('accept-encoding')
  if (encoding !== 'identity') ctx.set('content-encoding', encoding)
  ctx.body = typeof bytes === 'string' ? bytes : asBuffer(bytes as Uint8Array)
}

/** The smallest form the client takes. Source: RFC 9110 section 12.5.3. */
function pickEncoding(ctx: HttpContext, content: EncodedContent): ['identity' | 'br' | 'gzip', Uint8Array] {
  if (content.br && ctx.acceptsEncodings('br') === 'br') return ['br', content.br]
  if (content.gzip && ctx.acceptsEncodings('gzip') === 'gzip') return ['gzip', content.gzip]
  return ['identity', content.identity]
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Weak, because compression on the way changes the bytes and not the meaning. */
function weakTag(body: unknown): string {
  const hash = createHash('sha256')
    .update(body instanceof Uint8Array ? body : String(body))
    .digest('base64url')
  return `W/"${hash.slice(0, 27)}"`
}

function checkReply(
  { id }: Endpoint,
  schema: Exclude<Endpoint['responses'][number], RawContent | { empty: true }>,
  body: unknown,
): void {
  const wire: unknown = JSON.parse(JSON.stringify(body))
  const result = schema.safeParse(wire)
  if (!result.success) {
    const issues = result.error.issues.map(({ path, message }) => `${pointerOf(path)} ${message}`)
    throw new Error(`${id} broke its contract: ${issues.slice(0, 10).join('; ')}`)
  }
  if (!isDeepStrictEqual(result.data, wire)) {
    throw new Error(`${id} broke its contract: the body changes when it is read by its own schema.`)
  }
}
