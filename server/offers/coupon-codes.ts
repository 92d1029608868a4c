import { createHmac, hkdfSync } from 'node:crypto'

/** How often a code changes. */
export const codeStepMs = 30_000
/** A code is good in the step it was made for and in the next: 30 to 60 s on a screen. */
const goodSteps = 2
/** Coupon numbers run from 0 to this, then from the start. */
export const codeNumbers = 1_000_000_000
const tagDigits = 6
/** Odd, not a multiple of 5, so that multiplying by it is a permutation of the numbers. */
const spread = 387_420_489
const unspread = 513_180_409

/** What a code was made for. */
export interface CodeSubject {
  readonly venueId: string
  readonly grantId: string
  /** Number of the coupon, 0 to `codeNumbers` − 1: finds it again. */
  readonly number: number
}

/** A code as it stands on a phone. */
export interface CouponCode {
  /** 16 digits; a QR code holds just these. */
  readonly digits: string
  /** When the next one is due, and this one should no longer be shown. */
  readonly refreshAtMs: number
  /** When it stops being taken. */
  readonly goodUntilMs: number
}

/** Makes and checks the codes of coupons. */
export interface CouponCodes {
  make(subject: CodeSubject, nowMs: number): CouponCode
  /**
   * Whether digits are the code of this coupon now.
   * @returns `expired` for one that was good in the last ten minutes: a picture of a screen, not a forgery
   */
  check(subject: CodeSubject, digits: string, nowMs: number): 'good' | 'expired' | 'wrong'
}

/**
 * Codes that change every 30 s and are signed, so that a picture of one is worthless within a minute: nine
 * digits for the coupon, six of an HMAC over venue, coupon and time step, one check digit. A guess is right
 * once in half a million, and takes a clerk to type it.
 *
 * **Source**: RFC 6238 (TOTP) with HMAC-SHA-256 and the truncation of RFC 4226 section 5.3; ISO/IEC 7812-1
 * annex B (Luhn) for the check digit.
 * @param secrets the first makes codes, all are taken
 */
export function createCouponCodes(secrets: readonly [Uint8Array, ...Uint8Array[]]): CouponCodes {
  const keys = secrets.map(
    (secret) => new Uint8Array(hkdfSync('sha256', secret, '', 'atrium-coupon-code', 32)),
  )
  const tagsAt = (subject: CodeSubject, step: number) => keys.map((key) => tagOf(key, subject, step))
  return {
    make(subject, nowMs) {
      const step = Math.floor(nowMs / codeStepMs)
      const payload = numberDigits(subject.number) + tagOf(keys[0]!, subject, step)
      return {
        digits: payload + checkDigit(payload),
        refreshAtMs: (step + 1) * codeStepMs,
        goodUntilMs: (step + goodSteps) * codeStepMs,
      }
    },
    check(subject, digits, nowMs) {
      if (!isWellFormed(digits) || numberOf(digits) !== subject.number) return 'wrong'
      const tag = digits.slice(9, 9 + tagDigits)
      const step = Math.floor(nowMs / codeStepMs)
      // No secret is compared: whoever can call this may also ask for the code.
      for (let age = 0; age < goodSteps; age++) if (tagsAt(subject, step - age).includes(tag)) return 'good'
      for (let age = goodSteps; age < goodSteps + toldSteps; age++) {
        if (tagsAt(subject, step - age).includes(tag)) return 'expired'
      }
      return 'wrong'
    },
  }
}

/** How many steps back a code is still told apart from a forgery: ten minutes. */
const toldSteps = 20

/** True when digits have the shape of a code: what a handheld checks without the server. */
export function isWellFormed(digits: string): boolean {
  return /^\d{16}$/.test(digits) && checkDigit(digits.slice(0, 15)) === digits.slice(15)
}

/** The coupon number inside of a code that is well formed. */
export function numberOf(digits: string): number {
  return multiply(Number(digits.slice(0, 9)), unspread)
}

/** Spread out, so that a code does not tell how many coupons were given before it. */
function numberDigits(number: number): string {
  return String(multiply(number, spread)).padStart(9, '0')
}

/** Exact, though the product has up to 18 digits. */
function multiply(one: number, other: number): number {
  return Number((BigInt(one) * BigInt(other)) % BigInt(codeNumbers))
}

function tagOf(key: Uint8Array, { venueId, grantId }: CodeSubject, step: number): string {
  const mac = createHmac('sha256', key).update(`${venueId} ${grantId} ${step}`).digest()
  const word = mac.readUInt32BE(mac[mac.length - 1]! & 0xf) & 0x7fffffff
  return String(word % 10 ** tagDigits).padStart(tagDigits, '0')
}

function checkDigit(digits: string): string {
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at])
    const weighed = at % 2 === 0 ? digit * 2 : digit
    sum += weighed > 9 ? weighed - 9 : weighed
  }
  return String((10 - (sum % 10)) % 10)
}
