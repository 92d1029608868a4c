import { lookup } from 'node:dns'
import type { LookupAddress } from 'node:dns'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { addressFault, isPublicAddress } from './public-address.ts'

/** What a receiver made of a message. */
export type Receipt =
  | { readonly ok: true; readonly status: number }
  | { readonly ok: false; readonly status?: number; readonly error: string }

/** Longest time from the first look at the name to the answer's head. */
const limitMs = 10_000

/** Looks names up and refuses those that lead elsewhere than to the public Internet. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) {
      done(error, '')
      return
    }
    // All of them: a name with one private address among public ones is an attempt.
    const [first] = addresses
    if (!first || addresses.some(({ address }) => !isPublicAddress(address))) {
      done(new Error('the name leads to an address that is not of the public Internet'), '')
      return
    }
    if (options.all === true) done(null, addresses)
    else done(null, first.address, first.family)
  })
}

/**
 * Posts a message. Redirects are not followed, nothing of the answer but its status is read, and unless it is
 * allowed no private address is reached, whatever a name resolves to at this moment.
 */
export function sendMessage(
  url: string,
  message: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  privateAllowed: boolean,
): Promise<Receipt> {
  const fault = addressFault(url, privateAllowed)
  if (fault !== undefined) return Promise.resolve({ ok: false, error: fault })
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest
    const request = send(
      url,
      {
        method: 'POST',
        headers: {
          ...message.headers,
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(message.body)),
          'user-agent': 'Atrium-Webhooks/1',
        },
        // No connection is kept: a name is looked up for every message.
        agent: false,
        signal: AbortSignal.timeout(limitMs),
        ...(privateAllowed ? {} : { lookup: publicLookup }),
      },
      (response) => {
        resolve(receiptOf(response))
        response.destroy()
      },
    )
    request.on('error', (error: Error) => {
      const late = error.name === 'TimeoutError' || error.name === 'AbortError'
      resolve({ ok: false, error: late ? `no answer within ${String(limitMs / 1000)} s` : describe(error) })
    })
    request.end(message.body)
  })
}

function receiptOf({ statusCode = 0 }: IncomingMessage): Receipt {
  if (statusCode >= 200 && statusCode < 300) return { ok: true, status: statusCode }
  const redirect = statusCode >= 300 && statusCode < 400
  return {
    ok: false,
    status: statusCode,
    error: redirect ? 'redirects are not followed' : `the receiver answered ${String(statusCode)}`,
  }
}

const maxWords = 200

function describe(error: Error): string {
  return error.message.slice(0, maxWords)
}
