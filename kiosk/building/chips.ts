/** A level's chip at the edge of the building, before and after it has its place; CSS pixels. */
export interface Chip {
  readonly id: string
  /** Where its level is on the screen. */
  readonly y: number
  readonly height: number
}

/**
 * Heights for the chips, each as near to its level as can be without touching another.
 *
 * @param chips from the top of the screen to its bottom
 * @param bounds no chip is placed above or below these
 * @returns the top of each chip, in the order given
 *
 * O(chips²). **Source**: own; chips that touch are moved apart as one block around their middle.
 */
export function chipTops(
  chips: readonly Chip[],
  gap: number,
  bounds: { readonly top: number; readonly bottom: number },
): number[] {
  interface Block {
    top: number
    readonly members: Chip[]
  }
  const heightOf = ({ members }: Block) => members.reduce((sum, { height }) => sum + height + gap, -gap)
  /** Where a block lies when each member is on average where it wants to be. */
  const settle = (block: Block) => {
    let offset = 0
    let sum = 0
    for (const { y, height } of block.members) {
      sum += y - height / 2 - offset
      offset += height + gap
    }
    const wanted = sum / block.members.length
    block.top = Math.max(bounds.top, Math.min(wanted, bounds.bottom - heightOf(block)))
  }
  const blocks: Block[] = []
  for (const chip of chips) {
    let block: Block = { top: 0, members: [chip] }
    settle(block)
    for (let above = blocks.pop(); above; above = blocks.pop()) {
      if (above.top + heightOf(above) + gap <= block.top) {
        blocks.push(above)
        break
      }
      block = { top: 0, members: [...above.members, ...block.members] }
      settle(block)
    }
    blocks.push(block)
  }
  return blocks.flatMap((block) => {
    let top = block.top
    return block.members.map(({ height }) => {
      const at = top
      top += height + gap
      return at
    })
  })
}
