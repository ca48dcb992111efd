import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip, inflate, zstdDecompress } from 'node:zlib'
import { RequestError } from './request-error.ts'

const inflaters = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  zstd: promisify(zstdDecompress),
}

/** Reads a body and undoes its compression; both stop at `maxBytes`. @throws {RequestError} */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && !Object.hasOwn(inflaters, encoding)) {
    throw new RequestError(
      415,
      `content-encoding: found ${encoding}, allowed: identity, ${Object.keys(inflaters).join(', ')}`,
    )
  }
  const body = await readAll(request, maxBytes)
  if (encoding === 'identity') return body
  try {
    return await inflaters[encoding as keyof typeof inflaters](body, { maxOutputLength: maxBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes)
    throw new RequestError(400, `body: not ${encoding}: ${(error as Error).message}`)
  }
}

function readAll(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge(maxBytes))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBytes) chunks.push(chunk)
      else {
        chunks.length = 0
        reject(tooLarge(maxBytes))
      }
    })
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    request.on('error', reject)
    request.on('close', () => reject(new RequestError(400, 'body: the connection ended before it was complete')))
  })
}

function tooLarge(maxBytes: number): RequestError {
  return new RequestError(413, `body: found more than ${maxBytes} bytes, allowed: at most that, compressed or not`)
}
