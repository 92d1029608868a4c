import { hash, parseOptions, verify } from '@node-rs/argon2'
import { passwordLength } from '../contract/identities.contract.ts'
import { Fault } from '../http/index.ts'
import { usernameKey } from './username.ts'

/**
 * argon2id (the library's default variant) with 19 MiB, two passes, one lane; some 30 ms on a server core.
 * Source: OWASP Password Storage Cheat Sheet, argon2id.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Hashes at work or waiting at once; more are refused, as each takes memory and a worker of the process. */
const maxHashing = 16
let hashing = 0

/**
 * What is wrong with a new password, in a sentence, or `undefined`.
 * Length counts characters as a person does not, but as the language does: UTF-16 units.
 * Source: NIST SP 800-63B section 5.1.1: length, no composition rules.
 */
export function passwordFault(username: string, password: string): string | undefined {
  const { min, max } = passwordLength
  if (password.length < min || password.length > max) {
    return `Expected ${String(min)} to ${String(max)} characters.`
  }
  const key = usernameKey(password)
  if (key.includes(usernameKey(username)) && key.length - username.length < min) {
    return 'The password is little more than the username; take another.'
  }
  if (new Set(key).size < 4) return 'The password repeats itself; take another.'
  return undefined
}

/** @throws Fault busy when too many passwords are being hashed */
export function hashPassword(password: string): Promise<string> {
  return bounded(() => hash(password, cost))
}

/** @throws Fault busy when too many passwords are being hashed */
export function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  return bounded(() => verify(passwordHash, password))
}

/** True for a hash made at another cost than today's: to be made anew while the password is at hand. */
export function isOutdated(passwordHash: string): boolean {
  const { memoryCost, timeCost, parallelism } = parseOptions(passwordHash)
  return memoryCost !== cost.memoryCost || timeCost !== cost.timeCost || parallelism !== cost.parallelism
}

async function bounded<Result>(work: () => Promise<Result>): Promise<Result> {
  if (hashing >= maxHashing) throw new Fault('busy', { headers: { 'retry-after': '1' } })
  hashing++
  try {
    return await work()
  } finally {
    hashing--
  }
}
