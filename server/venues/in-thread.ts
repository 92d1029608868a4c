import { Worker } from 'node:worker_threads'

/**
 * Does a task in a thread of its own, so that no request waits for it.
 * @param module address of the module that does it: it finds the task in `workerData.task` and posts one answer
 * @throws what the task throws, or that the thread ended without an answer
 */
export function inThread<Answer>(module: URL, task: unknown): Promise<Answer> {
  // Without the parent's --import: the thread loads tsx itself when it needs it.
  const worker = new Worker(new URL('./read-worker.mjs', import.meta.url), {
    workerData: { module: module.href, task },
    execArgv: [],
  })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => {
      reject(new Error(`the thread of ${module.pathname} ended with ${String(code)} and no answer`))
    })
  })
}
