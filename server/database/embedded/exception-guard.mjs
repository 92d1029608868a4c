import { TextEncoder } from 'node:util'

/**
 * Makes a C++ exception inside the engine an ordinary SQL error.
 *
 * The WebAssembly build of PostGIS has no C++ exception handling: when GEOS or PROJ throws (an overlay of an
 * invalid polygon, a bad projection), the throw is swallowed, the statement "succeeds" with zero rows and the
 * transaction around it commits. This extension replaces the runtime's `__cxa_throw` by PostgreSQL's own error
 * report, level ERROR, SQLSTATE XX000: the statement fails and its transaction aborts, as on a server.
 *
 * It leans on the exports of the pinned PGlite build; `self-test.ts` proves at every start that it still holds.
 * Source: own; Itanium C++ ABI §2.4 for `__cxa_throw`, PostgreSQL's `elog.c` for errstart and errfinish.
 */

/** PostgreSQL's elog level ERROR (`elog.h`, PostgreSQL 14 and later). */
const errorLevel = 21

/** @type {import('@electric-sql/pglite').Extension} */
export const exceptionGuard = {
  name: 'exception_guard',
  setup(_engine, /** @type {any} */ options) {
    const instantiate = options.instantiateWasm
    options.instantiateWasm = (/** @type {any} */ imports, /** @type {any} */ done) => {
      /** @type {any} */
      let engine
      const throwAsBefore = imports.env.__cxa_throw
      if (typeof throwAsBefore !== 'function') throw new Error('The engine has no __cxa_throw to guard.')
      imports.env.__cxa_throw = (/** @type {unknown[]} */ ...exception) => {
        if (engine) raise(engine, imports)
        return throwAsBefore(...exception)
      }
      return instantiate(imports, (/** @type {any} */ instance, /** @type {any} */ module) => {
        engine = instance.exports
        return done(instance, module)
      })
    }
    return Promise.resolve({ emscriptenOpts: options })
  },
}

/**
 * Reports the error; `errfinish` does not return, it jumps to PostgreSQL's handler.
 * @param {any} engine exports of the engine's WebAssembly instance
 * @param {any} imports its imports, which hold the memory
 */
function raise(engine, imports) {
  const text = (/** @type {string} */ words) => {
    const bytes = new TextEncoder().encode(`${words}\0`)
    const at = engine.palloc(bytes.length)
    new Uint8Array((engine.memory ?? imports.env.memory).buffer).set(bytes, at)
    return at
  }
  if (engine.errstart(errorLevel, 0)) {
    engine.errmsg_internal(
      text('the geometry library refused this input (invalid geometry or projection)'),
      0,
    )
    engine.errfinish(text('exception-guard'), 0, text('__cxa_throw'))
  }
}
