/** What the engine's thread is started with. */
export interface EngineStart {
  /** Folder of the database; an empty or missing one is initialised, which takes seconds. */
  readonly dataDir: string
  /** Path of the reduced PostGIS bundle, see `engine-files.ts`. */
  readonly postgisBundle: string
  /** False only in the test that proves what happens without the exception guard. */
  readonly guarded: boolean
}

/** One request at a time; the next one follows the reply. */
export type EngineRequest = { readonly kind: 'run'; readonly batch: Uint8Array } | { readonly kind: 'close' }

export type EngineReply =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'output'
      /** Protocol messages of the backend, whole. */
      readonly output: Uint8Array<ArrayBuffer>
      /** Calls of fsync since the thread began. */
      readonly synced: number
    }
  /** The engine is in an undefined state: it has to be ended and opened again. */
  | { readonly kind: 'crashed'; readonly reason: string }
  | { readonly kind: 'closed' }
