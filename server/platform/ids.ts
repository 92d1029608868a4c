import { v7 } from 'uuid'

/** Makes an id that was never given before. Injected, so that tests can tell ids apart by sight. */
export type NewId = () => string

/**
 * UUID version 7: sorts by the time it was made, so that new rows lie together in an index.
 * Source: RFC 9562 section 5.7.
 */
export const newUuid: NewId = () => v7()
