import { closeSync, fsyncSync, openSync } from 'node:fs'

/** How often the engine has asked the disk to make its writes last, since the thread began. */
export const synced = { count: 0 }

/**
 * Makes the engine's `fsync` reach the disk.
 *
 * PGlite mounts a folder of this machine with Emscripten's NODEFS, which has no `fsync`: the engine believes
 * that a commit is on disk while the bytes may still be in the operating system's cache. Together with
 * `wal_sync_method=fsync` (the engine's `fdatasync` cannot be hooked) every commit waits for the disk again.
 * Source: own; Emscripten's `_fd_sync` calls `stream_ops.fsync` where a file system has one.
 *
 * @type {import('@electric-sql/pglite').Extension}
 */
export const diskSync = {
  name: 'disk_sync',
  setup(_engine, /** @type {any} */ options) {
    options.preRun = [
      ...options.preRun,
      (/** @type {any} */ runtime) => {
        const nodeFs = runtime.FS.filesystems.NODEFS
        nodeFs.stream_ops.fsync = (/** @type {any} */ stream) => {
          synced.count++
          // A folder has no open handle of its own in NODEFS, yet its entries must last as well.
          const handle = stream.nfd ?? openSync(nodeFs.realPath(stream.node), 'r')
          try {
            fsyncSync(handle)
          } finally {
            if (stream.nfd === undefined) closeSync(handle)
          }
          return 0
        }
      },
    ]
    return Promise.resolve({ emscriptenOpts: options })
  },
}
