/**
 * The few messages of PostgreSQL's frontend/backend protocol 3.0 that the embedded engine's sessions need.
 * **Source**: PostgreSQL documentation, chapter "Frontend/Backend Protocol", "Message Formats".
 */

/** One message: its type letter and its body without type and length. */
export interface WireMessage {
  readonly type: string
  readonly body: Buffer
}

/** Frames one message: type letter, 32-bit length that counts itself, body. */
export function wireMessage(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}

/** A simple query, as a client sends it. */
export function queryMessage(sql: string): Buffer {
  return wireMessage('Q', terminated(sql))
}

/** A fatal error, after which a server would close the connection. `code` is a SQLSTATE. */
export function fatalMessage(code: string, message: string): Buffer {
  const fields = [`SFATAL`, `VFATAL`, `C${code}`, `M${message}`].map(terminated)
  return wireMessage('E', Buffer.concat([...fields, Buffer.from([0])]))
}

/** What a server says once a client is let in, up to and with "ready for query". */
export function greeting(): Buffer {
  const parameters = {
    server_encoding: 'UTF8',
    client_encoding: 'UTF8',
    standard_conforming_strings: 'on',
    integer_datetimes: 'on',
    DateStyle: 'ISO, MDY',
    TimeZone: 'UTC',
  }
  return Buffer.concat([
    wireMessage('R', Buffer.alloc(4)),
    ...Object.entries(parameters).map(([name, value]) =>
      wireMessage('S', Buffer.concat([terminated(name), terminated(value)])),
    ),
    wireMessage('K', Buffer.alloc(8)),
    wireMessage('Z', Buffer.from('I')),
  ])
}

/** Splits whole messages; `rest` holds the bytes of one that has not come completely. O(bytes). */
export function splitMessages(bytes: Buffer): { messages: Buffer[]; rest: Buffer } {
  const messages: Buffer[] = []
  let at = 0
  while (at + 5 <= bytes.length) {
    const end = at + 1 + bytes.readInt32BE(at + 1)
    if (end > bytes.length) break
    messages.push(bytes.subarray(at, end))
    at = end
  }
  return { messages, rest: bytes.subarray(at) }
}

/** Messages of a backend's answer, opened. */
export function readMessages(output: Uint8Array): WireMessage[] {
  const bytes = Buffer.from(output.buffer, output.byteOffset, output.byteLength)
  return splitMessages(bytes).messages.map((message) => ({
    type: String.fromCharCode(message[0]!),
    body: message.subarray(5),
  }))
}

/**
 * The notifications of a backend's answer (LISTEN and NOTIFY), as they came; undefined when there are none.
 * O(messages).
 */
export function notificationsIn(output: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(output.buffer, output.byteOffset, output.byteLength)
  const found: Buffer[] = []
  for (let at = 0; at + 5 <= bytes.length;) {
    const end = at + 1 + bytes.readInt32BE(at + 1)
    if (bytes[at] === notification) found.push(bytes.subarray(at, end))
    at = end
  }
  return found.length === 0 ? undefined : Buffer.concat(found)
}

/** Type letter of NotificationResponse: A. */
const notification = 0x41

/** SQLSTATE and text of the first error in an answer; undefined when there is none. */
export function errorIn(messages: readonly WireMessage[]): { code: string; message: string } | undefined {
  const error = messages.find(({ type }) => type === 'E')
  if (!error) return undefined
  const fields = error.body.toString('utf8').split('\0')
  const field = (letter: string) => fields.find((text) => text.startsWith(letter))?.slice(1) ?? ''
  return { code: field('C'), message: field('M') }
}

function terminated(text: string): Buffer {
  return Buffer.from(`${text}\0`)
}
