import { isUtf8 } from 'node:buffer'

/**
 * Text of UTF-8 bytes, a byte order mark left out; or the offset of the first byte that is not UTF-8.
 * O(bytes). **Source** RFC 3629, section 4.
 */
export function utf8Text(
  bytes: Uint8Array,
): { readonly text: string } | { readonly badByteAt: number; readonly badByte: number } {
  if (isUtf8(bytes)) return { text: new TextDecoder().decode(bytes) }
  const badByteAt = firstBadByte(bytes)
  return { badByteAt, badByte: bytes[badByteAt] ?? 0 }
}

/** Offset of the first byte that does not continue well-formed UTF-8. */
function firstBadByte(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const size = sequenceAt(bytes, at)
    if (size === 0) return at
    at += size
  }
  return at
}

/** Bytes of the well-formed sequence that begins here; 0 when none does. */
function sequenceAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4) return 0
  for (let next = 1; next < size; next++) {
    const byte = bytes[at + next] ?? 0
    if ((byte & 0xc0) !== 0x80) return 0
  }
  const second = bytes[at + 1] ?? 0
  // Overlong forms, surrogates, and code points beyond U+10FFFF.
  if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)) return 0
  if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return 0
  return size
}
