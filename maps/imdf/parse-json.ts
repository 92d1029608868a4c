/** Deepest nesting taken; an archive needs about ten, and what walks a value by recursion has to end. */
export const maxJsonDepth = 64

/**
 * JSON from a file of an archive; a byte order mark is passed over. UUIDs come in lower case, in whichever they
 * stand in the file: they are the same, and a reference finds its feature by comparing texts.
 * @throws SyntaxError with the place when it is no JSON, RangeError when it nests too deep
 * Complexity: O(characters).
 * **Source** RFC 9562 section 4: lower case on output, either on input.
 */
export function parseArchiveJson(content: string): unknown {
  const text = content.charCodeAt(0) === 0xfeff ? content.slice(1) : content
  if (nestsDeeper(text, maxJsonDepth))
    throw new RangeError(`lists and objects nest deeper than ${maxJsonDepth}`)
  return JSON.parse(text.replace(upperCaseUuid, (uuid) => uuid.toLowerCase())) as unknown
}

/** A text that is an UUID and nothing else, with a capital in it. */
const upperCaseUuid =
  /"(?=[0-9a-f-]*[A-F])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"/g

function nestsDeeper(text: string, limit: number): boolean {
  let depth = 0
  let inText = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inText) {
      if (code === backslash) i++
      else if (code === quote) inText = false
    } else if (code === quote) inText = true
    else if (code === openBracket || code === openBrace) {
      if (++depth > limit) return true
    } else if (code === closeBracket || code === closeBrace) depth--
  }
  return false
}

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = [34, 92, 91, 93, 123, 125]
