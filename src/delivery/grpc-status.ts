import type { ServiceError } from '@grpc/grpc-js'
import { connectionCure } from './connection-cure.ts'
import { quoted } from './quoted.ts'
import { retryDelay } from './retry-info.ts'
import { misconfigured, type EndpointSettings, type SendResult } from './transport.ts'

/** By their numbers. @see https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const
type StatusName = (typeof NAMES)[number]

/** What these say is about the data. */
const REFUSED: ReadonlySet<StatusName> = new Set(['INVALID_ARGUMENT', 'ALREADY_EXISTS', 'FAILED_PRECONDITION'])

const WHO = "the receiver does not accept who sends: look at otlp.headers (and the client's certificate)"
const WHERE = 'no OTLP receiver answers like that: is the address right, and does gRPC listen there?'
const CURES: Readonly<Partial<Record<StatusName, string>>> = {
  UNAUTHENTICATED: WHO,
  PERMISSION_DENIED: WHO,
  UNIMPLEMENTED: WHERE,
  NOT_FOUND: WHERE,
}

/** What grpc-js says itself: that it got nowhere, and that a gateway answered in the words of HTTP. */
const NOT_CONNECTED = /^No connection established/
const TOO_LARGE = /^Received HTTP status code 413/

/**
 * What a failed call means for what was sent, by the same rule as for HTTP: only what speaks of the data throws data away. A request that is too large is RESOURCE_EXHAUSTED
 * without a time to wait.
 * @see https://opentelemetry.io/docs/specs/otlp/#failures
 */
export function resultOfCall(error: ServiceError, { headers }: EndpointSettings, place: string): SendResult {
  const name = NAMES[error.code] ?? 'UNKNOWN'
  const message = `gRPC ${name} at ${place}: ${quoted(error.details, headers)}`
  const delay = delayIn(error)
  const tooLarge = (name === 'RESOURCE_EXHAUSTED' && delay === undefined) || TOO_LARGE.test(error.details)
  if (REFUSED.has(name) || tooLarge) return { kind: 'refused', splittable: name !== 'FAILED_PRECONDITION', message }
  const cure = NOT_CONNECTED.test(error.details) ? connectionCure(error.details) : CURES[name]
  return cure === undefined
    ? { kind: 'later', retryAfterMillis: delay || undefined, message }
    : misconfigured(message, cure)
}

/** Whether the receiver did not know how to decompress. */
export function isCompressionUnknown({ code, details }: ServiceError): boolean {
  return NAMES[code] === 'UNIMPLEMENTED' && /compress|encoding/i.test(details)
}

/** Whether the receiver was silent: its connection may be dead. */
export function isSilence({ code }: ServiceError): boolean {
  return NAMES[code] === 'DEADLINE_EXCEEDED'
}

function delayIn({ metadata }: ServiceError): number | undefined {
  const [status] = metadata.get('grpc-status-details-bin')
  return Buffer.isBuffer(status) ? retryDelay(status) : undefined
}
