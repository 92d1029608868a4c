import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { VenueId } from '../../../maps/model/index.ts'

/** How long a car that was found on a kiosk can be asked about. */
export const handleMs = 10 * 60_000
const [ivBytes, tagBytes] = [12, 16]

/** What a handle stands for. */
export interface HandledTicket {
  readonly venueId: VenueId
  readonly ticketId: string
  /** Who searched: nobody else can use the handle. */
  readonly caller: string
  readonly nowMs: number
}

/** Names a ticket towards a kiosk without telling its id, for a while and for that kiosk alone. */
export interface CandidateHandles {
  give(ticket: HandledTicket): string
  /** @returns the ticket's id; undefined when it was made up, is too old or somebody else's */
  take(handle: string, asked: Omit<HandledTicket, 'ticketId'>): string | undefined
}

/** Handles sealed under keys derived from the token secrets, so that every node takes what another gave. */
export function createCandidateHandles(secrets: readonly [Uint8Array, ...Uint8Array[]]): CandidateHandles {
  const keys = secrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, '', 'atrium-parking-candidate', 32)),
  )
  return {
    give({ venueId, ticketId, caller, nowMs }) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', keys[0]!, iv).setAAD(Buffer.from(`${venueId} ${caller}`))
      const body = Buffer.concat([cipher.update(`${nowMs + handleMs} ${ticketId}`), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    take(handle, { venueId, caller, nowMs }) {
      const bytes = Buffer.from(handle, 'base64url')
      if (bytes.length <= ivBytes + tagBytes) return undefined
      for (const key of keys) {
        const text = open(key, bytes, `${venueId} ${caller}`)
        const [until = '', ticketId] = text?.split(' ') ?? []
        if (ticketId !== undefined && Number(until) > nowMs) return ticketId
      }
      return undefined
    },
  }
}

function open(key: Buffer, bytes: Buffer, context: string): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString()
  } catch {
    return undefined
  }
}
