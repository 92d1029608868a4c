/** The azimuth that a rotation vector gives the phone's y axis, radians clockwise from north. */
export function azimuthOf(x: number, y: number, z: number): number {
  const w = Math.sqrt(Math.max(0, 1 - x * x - y * y - z * z))
  return Math.atan2(2 * (x * y - w * z), 1 - 2 * (x * x + z * z))
}

/** An angle brought into (-π, π]. */
export function wrapAngle(rad: number): number {
  const turns = Math.floor((rad + Math.PI) / (2 * Math.PI))
  const wrapped = rad - turns * 2 * Math.PI
  return wrapped === -Math.PI ? Math.PI : wrapped
}

const capacity = 64

/** The circular mean of the azimuths of the last moments. O(1) a sample, O(window) a question. */
export class HeadingWindow {
  readonly #windowMs: number
  readonly #times = new Float64Array(capacity).fill(-Infinity)
  readonly #sines = new Float64Array(capacity)
  readonly #cosines = new Float64Array(capacity)
  #next = 0

  /** @param windowMs half a second smooths the sway of a step away and still follows a turn. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  push(tMs: number, azimuthRad: number): void {
    if (!Number.isFinite(tMs + azimuthRad)) return
    this.#times[this.#next] = tMs
    this.#sines[this.#next] = Math.sin(azimuthRad)
    this.#cosines[this.#next] = Math.cos(azimuthRad)
    this.#next = (this.#next + 1) % capacity
  }

  /** The mean azimuth of the window that ends at `tMs`; undefined when nothing lies in it. */
  at(tMs: number): number | undefined {
    let sine = 0
    let cosine = 0
    for (let i = 0; i < capacity; i++) {
      const age = tMs - this.#times[i]!
      if (age < 0 || age >= this.#windowMs) continue
      sine += this.#sines[i]!
      cosine += this.#cosines[i]!
    }
    return sine === 0 && cosine === 0 ? undefined : Math.atan2(sine, cosine)
  }
}
