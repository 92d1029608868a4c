import { navigationContract } from '../../../server/contract/navigation.contract.ts'
import type { ResponseOf } from '../../../server/contract/endpoint.ts'
import type { Spot } from '../../../maps/routes/route.ts'
import { nameIn } from '../../../maps/render/name-in.ts'
import type { Goal } from './guide.ts'
import { Away, Refused } from './http.ts'
import type { Http } from './http.ts'
import type { Memory } from './memory.ts'
import type { Language } from './messages.ts'

export type HandedOverWay = ResponseOf<typeof navigationContract.openHandoff>

/** Why a code opens no way: on another phone already, too old or unknown, not on this map, or nobody to ask. */
export type HandoffRefusal = 'taken' | 'expired' | 'unknown' | 'away'

/** The part of `wx` that makes a key. */
export interface RandomPlatform {
  getRandomValues(options: {
    readonly length: number
    readonly success: (result: { readonly randomValues: ArrayBuffer }) => void
    readonly fail: (error: { readonly errMsg: string }) => void
  }): void
}

const codeShape = /^[2-9A-HJKMNP-TV-Z]{13}$/
const keyName = 'phone-key'
const keyBytes = 16
const isKey = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{22,64}$/.test(value)

/**
 * The code a page was opened with: `code`, `scene` of a mini-program code, or `q`, the address of an ordinary QR code
 * (`https://…/go/CODE`). WeChat hands the last two over encoded.
 */
export function codeOf(query: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = query.code ?? query.scene ?? query.q
  if (given === undefined) return undefined
  const [code = ''] = decoded(given).split(/[?#]/)
  return (code.split(/[/=]/).pop() ?? '').toUpperCase()
}

/**
 * Opens a way that a screen handed over. The first phone keeps it: this one shows its key, made once, each time.
 */
export async function openHandoff(
  parts: { readonly http: Http; readonly memory: Memory; readonly platform: RandomPlatform },
  code: string,
): Promise<HandedOverWay | { readonly refused: HandoffRefusal }> {
  if (!codeShape.test(code)) return { refused: 'expired' }
  try {
    const phone = await phoneKey(parts)
    return await parts.http.call(navigationContract.openHandoff, { params: { code }, body: { phone } })
  } catch (error) {
    if (error instanceof Away) return { refused: 'away' }
    if (!(error instanceof Refused)) throw error
    if (error.problem === 'handoff-taken') return { refused: 'taken' }
    return { refused: error.problem === 'not-on-map' ? 'unknown' : 'expired' }
  }
}

/** The stops of a handed-over way, each from the one before it, in the words of the map. */
export function goalsOf({ from, to }: HandedOverWay, language: Language): readonly Goal[] {
  const ends = [from, ...to]
  return to.map((end, index) => ({
    name: end.name ? nameIn(end.name, language) : end.level,
    spot: spotOf(end),
    from: spotOf(ends[index] ?? from),
    ...(end.place !== undefined && { placeId: end.place }),
  }))
}

function spotOf({ place, level, x, y }: HandedOverWay['from']): Spot {
  return place === undefined ? { level, x, y } : { place }
}

async function phoneKey({
  memory,
  platform,
}: {
  readonly memory: Memory
  readonly platform: RandomPlatform
}): Promise<string> {
  const known = memory.get(keyName, isKey)
  if (known !== undefined) return known
  const bytes = await new Promise<ArrayBuffer>((resolve, reject) => {
    platform.getRandomValues({
      length: keyBytes,
      success: ({ randomValues }) => {
        resolve(randomValues)
      },
      fail: ({ errMsg }) => {
        reject(new Error(errMsg))
      },
    })
  })
  const key = [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  memory.set(keyName, key)
  return key
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
