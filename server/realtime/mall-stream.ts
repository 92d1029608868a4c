import type { FirstState } from './live-streams.ts'
import type { Patch } from './patch.ts'

const [floor, mall] = ['floor:', 'mall:']

/** Counts of people and of places left change every second and are for screens that hang there, not for phones on a battery. */
const isForPhones = (key: string) => !/^(?:here\/|left:)/.test(key)

/** What a patch of `floor:VENUE` says on `mall:VENUE`; undefined when there is nothing for phones in it. */
export function mallPatch({ stream, set, gone, ...rest }: Patch): Patch | undefined {
  if (!stream.startsWith(floor)) return undefined
  const told = Object.entries(set ?? {}).filter(([key]) => isForPhones(key))
  const ended = (gone ?? []).filter(isForPhones)
  if (told.length + ended.length === 0) return undefined
  return { stream: mall + stream.slice(floor.length), set: Object.fromEntries(told), gone: ended, ...rest }
}

/** The part of a mall's first state that is a floor's. */
export function mallState(first: FirstState): FirstState {
  return async (stream) => {
    const state = await first(floor + stream.slice(mall.length))
    return Object.fromEntries(Object.entries(state).filter(([key]) => isForPhones(key)))
  }
}

/** Whether a stream may be opened: of `mall:VENUE` those of published malls, of others all. */
export function isThereForPhones(stream: string, isMall: (venueId: string) => boolean): boolean {
  return !stream.startsWith(mall) || isMall(stream.slice(mall.length))
}
