import type { Server, Socket } from 'socket.io'
import type { ByeMessage, LiveAnswer, LiveFrame, LiveNamespace } from '../contract/realtime.contract.ts'
import type { Identity } from '../http/index.ts'
import type { TokenBucket } from './token-bucket.ts'

/** What a connection carries. */
export interface SocketState {
  readonly namespace: LiveNamespace
  identity: Identity
  token: string
  readonly bucket: TokenBucket
  /** How many more messages were refused because there were too many than were taken since. */
  flooded: number
  /** Messages being carried out. */
  underWay: number
  readonly since: number
}

export interface ServerToClient {
  frame: (frame: LiveFrame) => void
  bye: (message: ByeMessage) => void
}

type ClientToServer = Record<string, (payload: unknown, acknowledge?: (answer: LiveAnswer) => void) => void>
type BetweenServers = Record<string, never>

export type LiveServer = Server<ClientToServer, ServerToClient, BetweenServers, { state: SocketState }>
export type LiveSocket = Socket<ClientToServer, ServerToClient, BetweenServers, { state: SocketState }>

/** Rooms: who is current in a stream, who waits for its snapshot, and all connections of an identity. */
export const rooms = {
  current: (stream: string) => `current:${stream}`,
  waiting: (stream: string) => `waiting:${stream}`,
  identity: ({ kind, id }: Pick<Identity, 'kind' | 'id'>) => `identity:${kind}:${id}`,
} as const
