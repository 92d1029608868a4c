/** Big-endian unsigned 16 bits at an offset the caller has checked. */
export function u16(bytes: Uint8Array, offset: number): number {
  return (byteAt(bytes, offset) << 8) | byteAt(bytes, offset + 1)
}

export function u32(bytes: Uint8Array, offset: number): number {
  return u16(bytes, offset) * 0x1_0000 + u16(bytes, offset + 2)
}

export function i8(bytes: Uint8Array, offset: number): number {
  return (byteAt(bytes, offset) << 24) >> 24
}

export function i16(bytes: Uint8Array, offset: number): number {
  return (u16(bytes, offset) << 16) >> 16
}

/** Lower-case hexadecimal of `count` bytes. */
export function hex(bytes: Uint8Array, offset = 0, count = bytes.length - offset): string {
  let text = ''
  for (let i = offset; i < offset + count; i++) text += byteAt(bytes, i).toString(16).padStart(2, '0')
  return text
}

/** The bytes of an even number of hexadecimal digits; undefined for anything else. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return undefined
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16))
}

export function putU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = (value >> 8) & 0xff
  bytes[offset + 1] = value & 0xff
}

/** Bytes past the end read as 0. */
export function byteAt(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? 0
}
