import type { OtlpFormat } from '../../otlp/decode-request.ts'
import { bytesField, varintField } from './protobuf-fields.ts'

/** What could not be taken of a request that otherwise was. */
export interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

/** Numbers of `google.rpc.Code` for the statuses we answer. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  403: 7,
  404: 5,
  405: 12,
  413: 8,
  415: 3,
  500: 13,
  503: 14,
}
const UNKNOWN = 2
const REJECTED_NAMES = { logs: 'rejectedLogRecords', traces: 'rejectedSpans', metrics: 'rejectedDataPoints' }

/** The content type of both request and answer. */
export const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const

/** The body of a success: an export response, empty when all was taken. */
export function successBody(format: OtlpFormat, signal: keyof typeof REJECTED_NAMES, partial?: PartialSuccess): Buffer {
  if (format === 'json') {
    if (partial === undefined) return Buffer.from('{}')
    const name = REJECTED_NAMES[signal]
    return Buffer.from(
      JSON.stringify({ partialSuccess: { [name]: String(partial.rejected), errorMessage: partial.message } }),
    )
  }
  if (partial === undefined) return Buffer.alloc(0)
  const inner = Buffer.concat([varintField(1, partial.rejected), bytesField(2, Buffer.from(partial.message))])
  return bytesField(1, inner)
}

/** The `google.rpc.Code` for one of our HTTP statuses. */
export function rpcCode(status: number): number {
  return RPC_CODES[status] ?? UNKNOWN
}

/** The body of a failure: a `google.rpc.Status`. */
export function statusBody(format: OtlpFormat, status: number, message: string): Buffer {
  const code = rpcCode(status)
  if (format === 'json') return Buffer.from(JSON.stringify({ code, message }))
  return Buffer.concat([varintField(1, code), bytesField(2, Buffer.from(message))])
}
