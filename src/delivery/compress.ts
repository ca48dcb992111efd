import { promisify } from 'node:util'
import { constants, gzip, zstdCompress } from 'node:zlib'
import type { Compression } from './transport.ts'

const gzipped = promisify(gzip)
const zstandard = promisify(zstdCompress)
/** The fastest level of each, and room enough that a body comes out in one piece: the next ones take a multiple of the time for a few per cent. */
const GZIP = { level: 1, memLevel: 9, chunkSize: 256 * 1024 }
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** A body as the coding makes it, off this thread. */
export async function compress(body: Buffer, compression: Compression): Promise<Buffer> {
  if (compression === 'none') return body
  return compression === 'zstd' ? zstandard(body, ZSTD) : gzipped(body, GZIP)
}
