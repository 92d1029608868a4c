import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { EncodedContent } from '../contract/endpoint.ts'

const brotli = promisify(brotliCompress)
const deflate = promisify(gzip)

/**
 * Compresses content once, for answers that are sent many times. A form that is not smaller is left out.
 * @param quality of Brotli, 0 to 11: 11 for what is made once and kept, less where someone waits
 */
export async function encodeContent(content: Uint8Array | string, quality = 11): Promise<EncodedContent> {
  const identity = typeof content === 'string' ? Buffer.from(content) : content
  const [br, gzipped] = await Promise.all([
    brotli(identity, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: quality,
        [constants.BROTLI_PARAM_SIZE_HINT]: identity.byteLength,
      },
    }),
    deflate(identity, { level: 9 }),
  ])
  return {
    identity,
    ...(br.byteLength < identity.byteLength ? { br } : {}),
    ...(gzipped.byteLength < identity.byteLength ? { gzip: gzipped } : {}),
  }
}
