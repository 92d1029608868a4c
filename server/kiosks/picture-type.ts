import type { pictureTypes } from '../contract/kiosk-values.ts'

/**
 * What kind of picture bytes are, by how they begin.
 * @returns undefined for anything but JPEG, PNG and WebP
 * Source: JFIF 1.02 (FF D8 FF); PNG 3rd edition section 5.2; RFC 9649 section 2.4 (RIFF … WEBP).
 */
export function pictureTypeOf(bytes: Uint8Array): (typeof pictureTypes)[number] | undefined {
  const has = (at: number, ...expected: readonly number[]) =>
    expected.every((byte, index) => bytes[at + index] === byte)
  if (bytes.length < 32) return undefined
  if (has(0, 0xff, 0xd8, 0xff)) return 'image/jpeg'
  if (has(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png'
  if (has(0, 0x52, 0x49, 0x46, 0x46) && has(8, 0x57, 0x45, 0x42, 0x50)) return 'image/webp'
  return undefined
}
