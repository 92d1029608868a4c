import fc from 'fast-check'

const columns = 14
const rows = 11

/**
 * Plans for `asciiVenue` with boxes of shops, voids and seats strewn over them; connectors stand where they
 * stand on all levels.
 */
export const randomPlans = fc
  .array(
    fc.record({
      letter: fc.constantFrom('A', 'B', 'C', 'D', '~', 'w', 'r'),
      column: fc.integer({ min: 0, max: columns - 2 }),
      row: fc.integer({ min: 0, max: rows - 2 }),
      width: fc.integer({ min: 1, max: 6 }),
      height: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 3, maxLength: 7 },
  )
  .map((boxes) => {
    const grid = Array.from({ length: rows }, () => Array.from({ length: columns }, () => '.'))
    const taken = new Set<string>()
    for (const { letter, column, row, width, height } of boxes) {
      // One box a letter: what a unit encloses is not drawn here.
      if (taken.has(letter)) continue
      taken.add(letter)
      for (let r = row; r < Math.min(rows, row + height); r++) {
        for (let c = column; c < Math.min(columns, column + width); c++) {
          if (grid[r]![c] === '.') grid[r]![c] = letter
        }
      }
    }
    for (const [letter, column, row] of [
      ['L', 0, 0],
      ['M', columns - 1, rows - 1],
      ['E', 5, 5],
      ['E', 6, 5],
      ['E', 7, 5],
      ['S', columns - 1, 0],
    ] as const) {
      grid[row]![column] = letter
    }
    return grid.map((line) => line.join('')).join('\n')
  })
