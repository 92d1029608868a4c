import { z } from 'zod'
import { epochMs, labels, venueId } from './values.ts'

export const tag = 'Parking'

export const ofVenue = z.strictObject({ venueId })

export const fen = z.int().min(0).max(100_000_000).meta({ description: 'Fen, a hundredth of a yuan' })

export const signedFen = z.int().min(-100_000_000).max(100_000_000)

export const metres = z.number().min(-10_000).max(10_000)

export const inside = ['operator', 'staff'] as const

export const people = ['shopper', 'kiosk', 'staff', 'operator'] as const

export const bayState = z.enum(['free', 'taken', 'reserved'])

export const bayName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .meta({ description: 'Id of a bay, or what stands on it: C017, B1-C017', examples: ['C017'] })

export const plateText = z
  .string()
  .min(1)
  .max(32)
  .meta({ description: 'A number plate as it was read or typed' })

export const priceLine = z
  .strictObject({ text: labels, amountFen: signedFen })
  .meta({ id: 'PriceLine', description: 'One line of a calculation; the amounts add up to what is due' })

export const price = {
  dueFen: fen,
  grossFen: fen.meta({ description: 'Before benefits and payments' }),
  benefitFen: fen,
  paidFen: fen,
  lines: z.array(priceLine).max(5000),
  leaveByMs: epochMs.exactOptional().meta({ description: 'Until when nothing more is due' }),
}

export const candidate = z.string().min(1).max(300).meta({
  description: 'Names a car that a search found, for ten minutes and for who searched',
})
