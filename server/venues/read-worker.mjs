import { workerData } from 'node:worker_threads'

/**
 * Start of the thread of `venue-reader.ts`: tsx does not follow into threads by itself. Compiled, the module is
 * plain JavaScript and needs no tsx.
 */
const { module } = workerData
if (module.endsWith('.ts')) {
  const { register } = await import('tsx/esm/api')
  register()
}
await import(module)
