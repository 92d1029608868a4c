/** Width of a text in ems, near enough to decide whether a label fits. **Source**: Noto Sans SC's advances, rounded. */
export function widthEm(text: string): number {
  let width = 0
  for (const character of text) {
    if (character >= '⺀') width += 1
    else if ("iljtfrI1.,'’|!:;()[]/ ".includes(character)) width += 0.33
    else if ('mwMW@%&'.includes(character)) width += 0.88
    else width += character >= 'A' && character <= 'Z' ? 0.66 : 0.57
  }
  return width
}

/**
 * A name on two lines that are as even as may be: Latin breaks at spaces, Chinese between characters, and
 * neither line is left with one character.
 *
 * @returns undefined for a name that has no good place to break
 */
export function breakName(name: string): readonly [string, string] | undefined {
  const characters = Array.from(name)
  let best: readonly [string, string] | undefined
  let bestWidth = Infinity
  for (let at = 1; at < characters.length; at++) {
    if (!mayBreak(characters[at - 1]!, characters[at]!)) continue
    const lines = [characters.slice(0, at).join('').trim(), characters.slice(at).join('').trim()] as const
    const width = Math.max(widthEm(lines[0]), widthEm(lines[1]))
    if (width < bestWidth && lines[0].length > 1 && lines[1].length > 1) {
      best = lines
      bestWidth = width
    }
  }
  return best
}

function mayBreak(before: string, after: string): boolean {
  if (before === ' ' || after === ' ') return true
  if ('（(【“'.includes(before) || '）)】”，。、·'.includes(after)) return false
  return before >= '⺀' || after >= '⺀'
}
