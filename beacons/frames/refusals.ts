import type { Refused } from './words.ts'

/** The refusal of a frame that has fewer bytes than its kind needs. */
export function cutShort(frame: string, got: number, needed: number): Refused {
  return {
    refused: 'frame-cut-short',
    words: {
      zh: `${frame} 数据应有至少 ${needed} 字节，只收到 ${got} 字节；请再听一次。`,
      en: `A ${frame} frame has at least ${needed} bytes, ${got} came; listen again.`,
    },
  }
}

/** The refusal of a frame whose bytes do not mean anything in its kind. */
export function meaningless(frame: string, what: string, got: string): Refused {
  return {
    refused: 'frame-meaningless',
    words: {
      zh: `${frame} 数据中的 ${what} 不可能是 ${got}；该信标的固件可能有误。`,
      en: `The ${what} of a ${frame} frame cannot be ${got}; the beacon’s firmware may be at fault.`,
    },
  }
}

/** The refusal of a value that is outside what a frame can hold. */
export function badValue(what: string, got: string, expected: string): Refused {
  return {
    refused: 'value-out-of-range',
    words: {
      zh: `${what} 应为 ${expected}，收到的是 ${got}。`,
      en: `${what} should be ${expected}; ${got} came.`,
    },
  }
}
