/** Options every asynchronous call of `wx` may carry. */
export interface Callbacks {
  readonly success?: (result: object) => void
  readonly fail?: (error: object) => void
  readonly complete?: (result: object) => void
}

/** A refusal in the words and with the number WeChat uses. */
export class WxFailure extends Error {
  readonly errCode: number | undefined

  /** @param reason what follows `name:fail ` */
  constructor(reason: string, errCode?: number) {
    super(reason)
    this.errCode = errCode
  }
}

type Options = Callbacks & Readonly<Record<string, unknown>>

/**
 * One asynchronous call in WeChat's manner: with callbacks it tells them and returns nothing, without it
 * gives a promise. Results carry `errMsg`.
 *
 * @param carryOut throws {@link WxFailure} to refuse
 */
export function call(
  name: string,
  carryOut: (options: Options) => object | undefined | Promise<object | undefined>,
) {
  return (options: Options = {}): Promise<object> | undefined => {
    const run = async () => ({ errMsg: `${name}:ok`, ...(await carryOut(options)) })
    // WeChat rejects with a plain object, not with an error.
    const answer = run().catch((error: unknown) => Promise.reject<object>(failureOf(name, error) as Error))
    if (!options.success && !options.fail && !options.complete) return answer
    answer.then(
      (result) => {
        options.success?.(result)
        options.complete?.(result)
      },
      (failure: unknown) => {
        options.fail?.(failure as object)
        options.complete?.(failure as object)
      },
    )
    return undefined
  }
}

function failureOf(name: string, error: unknown): object {
  const reason = error instanceof Error ? error.message : String(error)
  const errCode = error instanceof WxFailure ? error.errCode : undefined
  return { errMsg: `${name}:fail ${reason}`, ...(errCode !== undefined && { errCode, errno: errCode }) }
}

/** An option that is meant to be text, whatever a page gave. */
export function textOf(value: unknown, otherwise = ''): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : otherwise
}

/** `onX`, `offX` with any number of listeners, and how to tell them. */
export function listeners<Event>() {
  const all = new Set<(event: Event) => void>()
  return {
    on: (listener: (event: Event) => void) => void all.add(listener),
    off: (listener?: (event: Event) => void) => {
      if (listener) all.delete(listener)
      else all.clear()
    },
    tell: (event: Event) => {
      for (const listener of [...all]) listener(event)
    },
  }
}

/** `onX`, `offX` where WeChat keeps one listener only: a second one replaces the first. */
export function oneListener<Event>() {
  let only: ((event: Event) => void) | undefined
  return {
    on: (listener: (event: Event) => void) => {
      only = listener
    },
    off: () => {
      only = undefined
    },
    tell: (event: Event) => only?.(event),
  }
}
