import type * as Grpc from '@grpc/grpc-js'
import { rpcCode, statusBody } from './otlp-answer.ts'
import { bytesField, varintField } from './protobuf-fields.ts'
import { RETRY_SECONDS, statusOf } from './request-error.ts'

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'
/** A status goes as a header, percent-encoded, and clients take some 8 KB of these. */
const MAX_MESSAGE_LENGTH = 500

/** A call's status as grpc-js takes it. */
export interface GrpcStatus {
  readonly code: Grpc.status
  readonly details: string
  readonly metadata: Grpc.Metadata
}

/**
 * The status of a call that failed with this error; it means what the HTTP status for the same error means. Where that is 503, it says by RetryInfo when to try again.
 * @see https://opentelemetry.io/docs/specs/otlp/#failures
 */
export function grpcStatusOf(grpc: typeof Grpc, error: unknown): GrpcStatus {
  const status = statusOf(error)
  const metadata = new grpc.Metadata()
  const message = error instanceof Error ? error.message : String(error)
  // Half a surrogate pair could not be percent-encoded.
  const details = message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed()
  if (status === 503)
    metadata.set('grpc-status-details-bin', Buffer.concat([statusBody('protobuf', status, details), retryInfo()]))
  return { code: rpcCode(status), details, metadata }
}

/** The `details` of a `google.rpc.Status` with a RetryInfo. */
function retryInfo(): Buffer {
  const delay = bytesField(1, varintField(1, RETRY_SECONDS))
  return bytesField(3, Buffer.concat([bytesField(1, Buffer.from(RETRY_INFO)), bytesField(2, delay)]))
}
