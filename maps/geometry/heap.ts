/**
 * Binary heap of (key, value) with the least key on top, on typed arrays: no allocation while it stays
 * within its capacity, which doubles when it does not. Push and pop are O(log n).
 * Source: Williams 1964, Algorithm 232: Heapsort.
 */
export class MinHeap {
  private keys: Float64Array
  private values: Int32Array
  private size = 0

  constructor(capacity: number) {
    this.keys = new Float64Array(Math.max(1, capacity))
    this.values = new Int32Array(Math.max(1, capacity))
  }

  get length(): number {
    return this.size
  }

  clear(): void {
    this.size = 0
  }

  /** Key of the top; Infinity when empty. */
  topKey(): number {
    return this.size === 0 ? Infinity : this.keys[0]!
  }

  push(key: number, value: number): void {
    if (this.size === this.keys.length) this.grow()
    const { keys, values } = this
    let at = this.size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (keys[parent]! <= key) break
      keys[at] = keys[parent]!
      values[at] = values[parent]!
      at = parent
    }
    keys[at] = key
    values[at] = value
  }

  /** Removes the top and returns its value; −1 when empty. */
  pop(): number {
    if (this.size === 0) return -1
    const { keys, values } = this
    const top = values[0]!
    const size = --this.size
    const key = keys[size]!
    let at = 0
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && keys[child + 1]! < keys[child]!) child++
      if (keys[child]! >= key) break
      keys[at] = keys[child]!
      values[at] = values[child]!
      at = child
    }
    keys[at] = key
    values[at] = values[size]!
    return top
  }

  private grow(): void {
    const keys = new Float64Array(this.keys.length * 2)
    const values = new Int32Array(this.keys.length * 2)
    keys.set(this.keys)
    values.set(this.values)
    this.keys = keys
    this.values = values
  }
}
