import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Message, MessageType, sessionBus, Variant } from 'dbus-next'
import type { MessageBus } from 'dbus-next'

interface Marshaller {
  marshall: (stream: unknown, value: unknown) => void
}
interface Marshallers {
  MakeSimpleMarshaller: (signature: string) => Marshaller
}

/**
 * dbus-next 0.10.2 reads dictionaries with integer keys (`a{qv}`, as ManufacturerData is) but cannot write them: the keys of
 * an object are strings, and it refuses those. Only a stand-in for BlueZ writes them, so only tests mend it.
 */
function mendIntegerKeys(): void {
  const marshallers = createRequire(import.meta.url)('dbus-next/lib/marshallers.js') as Marshallers
  const make = marshallers.MakeSimpleMarshaller
  marshallers.MakeSimpleMarshaller = (signature) => {
    const marshaller = make(signature)
    if (signature !== 'q') return marshaller
    const { marshall } = marshaller
    marshaller.marshall = function (stream, value) {
      marshall.call(this, stream, typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value)
    }
    return marshaller
  }
}
mendIntegerKeys()

/** Properties of an interface as they go over the bus. */
export type Properties = Record<string, Variant>

/** Connects to a bus; an error on the connection later is the test's own doing and not an uncaught one. */
export async function connectTo(address: string): Promise<MessageBus> {
  const bus = sessionBus({ busAddress: address })
  const connected = once(bus, 'connect')
  bus.on('error', () => undefined)
  await connected
  return bus
}

/** Calls a method and gives the body of its answer. */
export async function callMethod(
  bus: MessageBus,
  call: {
    readonly destination: string
    readonly path: string
    readonly interface: string
    readonly member: string
    readonly signature?: string
    readonly body?: readonly unknown[]
  },
): Promise<readonly unknown[]> {
  const { body, ...rest } = call
  const reply = await bus.call(new Message({ ...rest, body: [...(body ?? [])] }))
  return (reply?.body ?? []) as readonly unknown[]
}

/** The answer to a call. */
export function answer(bus: MessageBus, call: Message, signature = '', body: readonly unknown[] = []): void {
  bus.send(Message.newMethodReturn(call, signature, [...body]))
}

export function answerWithError(bus: MessageBus, call: Message, name: string, text: string): void {
  // The type declaration says a string; the code wants the call.
  bus.send(Message.newError(call as unknown as string, name, text))
}

export function isCall(message: Message): boolean {
  return message.type === MessageType.METHOD_CALL
}

export function isSignal(message: Message): boolean {
  return message.type === MessageType.SIGNAL
}

/** Values out of their variants, one level deep. */
export function plain(properties: Readonly<Record<string, Variant>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([name, { value }]) => [name, value as unknown]))
}
