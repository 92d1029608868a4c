/** Longest silence while something is under way: beyond it a person wonders whether the program hangs. */
export const longestSilenceMs = 5000

/** Says in both languages what one strand of the work is at. */
export interface Strand {
  readonly step: (zh: string, en: string) => void
  /** Nothing of it is under way any more. */
  readonly end: () => void
}

export interface Progress {
  /** A strand of work; several may go on beside one another. */
  strand(): Strand
  /** To be called every second: says what is still under way when nothing was said for five. */
  beat(): void
}

interface Step {
  readonly zh: string
  readonly en: string
  readonly sinceMs: number
}

/**
 * Progress of a start as lines of text.
 * @param print takes one line
 * @param nowMs milliseconds since the program began
 */
export function createProgress(print: (line: string) => void, nowMs: () => number): Progress {
  const underWay = new Map<Strand, Step>()
  let saidMs = nowMs()
  const say = (text: string) => {
    saidMs = nowMs()
    print(`${(saidMs / 1000).toFixed(1).padStart(5)} s  ${text}`)
  }
  return {
    strand() {
      const strand: Strand = {
        step(zh, en) {
          underWay.set(strand, { zh, en, sinceMs: nowMs() })
          say(`${zh} · ${en}`)
        },
        end() {
          underWay.delete(strand)
        },
      }
      return strand
    },
    beat() {
      if (nowMs() - saidMs < longestSilenceMs) return
      for (const { zh, en, sinceMs } of underWay.values()) {
        const seconds = Math.round((nowMs() - sinceMs) / 1000)
        say(`… ${zh}，已 ${seconds} 秒 · ${en}: ${seconds} s so far`)
      }
    },
  }
}
