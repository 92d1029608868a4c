import type { Json } from '../../maps/model/index.ts'

/**
 * Geometry to and from PostGIS's extended well-known binary. GeoJSON would lose digits on the way back
 * (`ST_AsGeoJSON` writes nine by default); here every coordinate keeps its 64 bits.
 *
 * **Source**: OGC 06-103r4 §8 (well-known binary); PostGIS manual §4.1.1 for the extension that carries the SRID.
 */

/** A geometry of two dimensions, as GeoJSON has it. */
interface Shape {
  readonly type: ShapeType
  readonly coordinates: Json
}

/** Type by its number in the binary form; what a number nests is one level deeper in the coordinates. */
const typeCodes = { Point: 1, LineString: 2, Polygon: 3, MultiLineString: 5, MultiPolygon: 6 } as const
type ShapeType = keyof typeof typeCodes

const nestedType = { MultiLineString: 'LineString', MultiPolygon: 'Polygon' } as const

const wgs84 = 4326
const withSrid = 0x20000000
const littleEndian = 1

/**
 * Hexadecimal EWKB of a GeoJSON geometry in WGS 84; a third coordinate is left out. Undefined when the
 * geometry is of another type or its coordinates are no numbers in the shape of that type. O(positions).
 */
export function encodeEwkb(geometry: unknown): string | undefined {
  if (!isShape(geometry)) return undefined
  const bytes = new Writer()
  try {
    bytes.head(geometry.type, wgs84)
    bytes.body(geometry.type, geometry.coordinates)
  } catch (error) {
    if (error instanceof NotThatShape) return undefined
    throw error
  }
  return bytes.hex()
}

/**
 * The GeoJSON geometry of a hexadecimal EWKB in the server's byte order (PostGIS writes little endian on every
 * machine Atrium runs on). Throws on a type that {@link encodeEwkb} does not write. O(positions).
 */
export function decodeEwkb(hex: string): Shape {
  return new Reader(Buffer.from(hex, 'hex')).shape()
}

class NotThatShape extends Error {}

function isShape(value: unknown): value is Shape {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    'coordinates' in value &&
    typeof value.type === 'string' &&
    value.type in typeCodes
  )
}

class Writer {
  #bytes = Buffer.alloc(512)
  #length = 0

  head(type: ShapeType, srid?: number): void {
    const at = this.#take(srid === undefined ? 5 : 9)
    this.#bytes.writeUInt8(littleEndian, at)
    this.#bytes.writeUInt32LE(typeCodes[type] + (srid === undefined ? 0 : withSrid), at + 1)
    if (srid !== undefined) this.#bytes.writeUInt32LE(srid, at + 5)
  }

  body(type: ShapeType, coordinates: Json): void {
    if (type === 'Point') this.#position(coordinates)
    else if (type === 'LineString') this.#path(coordinates)
    else if (type === 'Polygon')
      this.#each(coordinates, (ring) => {
        this.#path(ring)
      })
    else {
      const part = nestedType[type]
      this.#each(coordinates, (nested) => {
        this.head(part)
        this.body(part, nested)
      })
    }
  }

  hex(): string {
    return this.#bytes.toString('hex', 0, this.#length)
  }

  #path(positions: Json): void {
    this.#each(positions, (position) => {
      this.#position(position)
    })
  }

  #each(list: Json, write: (member: Json) => void): void {
    if (!isList(list)) throw new NotThatShape()
    // In two steps: the buffer may be another one after the first.
    const at = this.#take(4)
    this.#bytes.writeUInt32LE(list.length, at)
    for (const member of list) write(member)
  }

  #position(position: Json): void {
    if (!isList(position)) throw new NotThatShape()
    const [x, y] = position
    if (typeof x !== 'number' || typeof y !== 'number') throw new NotThatShape()
    const at = this.#take(16)
    this.#bytes.writeDoubleLE(x, at)
    this.#bytes.writeDoubleLE(y, at + 8)
  }

  /** Room for so many bytes; where they begin. `#bytes` may be another buffer afterwards. */
  #take(byteCount: number): number {
    const at = this.#length
    this.#length += byteCount
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#length, 2 * this.#bytes.length))
      this.#bytes.copy(larger)
      this.#bytes = larger
    }
    return at
  }
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  shape(): Shape {
    this.#at += 1
    const code = this.#count()
    if ((code & withSrid) !== 0) this.#at += 4
    const type = typeOf(code & 0xff)
    return { type, coordinates: this.#coordinates(type) }
  }

  #coordinates(type: ShapeType): Json {
    if (type === 'Point') return this.#position()
    if (type === 'LineString') return this.#path()
    if (type === 'Polygon') return this.#list(() => this.#path())
    return this.#list(() => this.shape().coordinates)
  }

  #path(): Json[] {
    return this.#list(() => this.#position())
  }

  #position(): Json {
    const x = this.#bytes.readDoubleLE(this.#at)
    const y = this.#bytes.readDoubleLE(this.#at + 8)
    this.#at += 16
    return [x, y]
  }

  #list(read: () => Json): Json[] {
    return Array.from({ length: this.#count() }, read)
  }

  #count(): number {
    const count = this.#bytes.readUInt32LE(this.#at)
    this.#at += 4
    return count
  }
}

function typeOf(code: number): ShapeType {
  for (const [type, known] of Object.entries(typeCodes)) {
    if (known === code && isShapeType(type)) return type
  }
  throw new Error(`EWKB of type ${code} is none that Atrium stores.`)
}

function isShapeType(type: string): type is ShapeType {
  return type in typeCodes
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
