import { OtlpDecodeError } from '../../otlp/decode-error.ts'
import { StoreError } from '../../store/index.ts'

/** A request that is refused, and the HTTP status that says so. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly status: number

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

/** How long a sender is asked to wait where a request may pass later (503). */
export const RETRY_SECONDS = 5

/** The HTTP status for what went wrong with a request; that of gRPC follows from it. 500 and above are not the sender's fault. */
export function statusOf(error: unknown): number {
  if (error instanceof RequestError) return error.status
  if (error instanceof OtlpDecodeError) return 400
  return error instanceof StoreError ? 503 : 500
}
