/** Writes numbers and text into a growing array of bytes, little end first. */
export class ByteWriter {
  #bytes = new Uint8Array(1024)
  #length = 0

  byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes[this.#length++] = value
  }

  /** A whole number from 0 to 2^53, seven bits a byte. */
  count(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.byte((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    this.byte(rest)
  }

  /** A number in 32-bit floating point. */
  float(value: number): void {
    const view = new DataView(new ArrayBuffer(4))
    view.setFloat32(0, value, true)
    for (let i = 0; i < 4; i++) this.byte(view.getUint8(i))
  }

  /** Text as its UTF-16 units, each a count. */
  text(value: string): void {
    this.count(value.length)
    for (let i = 0; i < value.length; i++) this.count(value.charCodeAt(i))
  }

  /** The bytes written so far. */
  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}

/** Reads what {@link ByteWriter} wrote; throws a RangeError when the bytes end too early. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  byte(): number {
    const value = this.#bytes[this.#at++]
    if (value === undefined) throw new RangeError(`expected more than ${this.#bytes.length} bytes`)
    return value
  }

  count(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.byte()
      value += (byte % 128) * scale
      if (byte < 128) return value
      scale *= 128
      if (scale > 2 ** 49) throw new RangeError(`a number at byte ${this.#at} is longer than 53 bits`)
    }
  }

  float(): number {
    const view = new DataView(new ArrayBuffer(4))
    for (let i = 0; i < 4; i++) view.setUint8(i, this.byte())
    return view.getFloat32(0, true)
  }

  text(): string {
    const length = this.count()
    if (length > this.left) throw new RangeError(`text of ${length} characters in ${this.left} bytes`)
    let value = ''
    for (let i = 0; i < length; i++) value += String.fromCharCode(this.count())
    return value
  }
}
