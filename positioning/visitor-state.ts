/** Cells a visitor may be in, and sightings that are remembered. */
export const beamCells = 128
export const remembered = 48

/** Size of a visitor's state in bytes. */
export const visitorStateBytes = 8 * 8 + beamCells * 8 + remembered * 11

/** The fields of a visitor's state, as views of its bytes; a state of zeros is a new visitor. */
export interface VisitorState {
  /** 1 once the visitor was heard of. */
  readonly header: Float64Array
  readonly clock: Float64Array
  readonly sightingMs: Float64Array
  readonly cell: Uint32Array
  readonly weight: Float32Array
  readonly sightingBeacon: Uint16Array
  readonly sightingRssi: Int8Array
}

/** Where the header keeps what. */
export const field = { known: 0, nextTickMs: 1, believedMs: 2, cells: 3, nextSighting: 4 } as const

/** Lays the fields over a state's bytes. O(1). */
export function viewState(bytes: ArrayBuffer): VisitorState {
  let at = 0
  const take = (size: number): number => (at += size) - size
  return {
    header: new Float64Array(bytes, take(40), 5),
    clock: new Float64Array(bytes, take(24), 3),
    sightingMs: new Float64Array(bytes, take(8 * remembered), remembered),
    cell: new Uint32Array(bytes, take(4 * beamCells), beamCells),
    weight: new Float32Array(bytes, take(4 * beamCells), beamCells),
    sightingBeacon: new Uint16Array(bytes, take(2 * remembered), remembered),
    sightingRssi: new Int8Array(bytes, take(remembered), remembered),
  }
}
