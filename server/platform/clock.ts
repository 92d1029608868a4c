/** The present in epoch milliseconds. Injected everywhere, so that tests decide what time it is. */
export type Clock = () => number

/** The clock of the machine. */
export const systemClock: Clock = () => Date.now()
