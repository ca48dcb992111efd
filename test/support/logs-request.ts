import { assembleRequest, ByteWriter, createScope, encodeLog, encodeResource } from '../../src/otlp/index.ts'
import { createEncoding, fixedUid } from './encoding.ts'

const encoding = createEncoding()
const scope = createScope('orders')
const resource = encodeResource({ 'service.name': 'shop' }, encoding)

/** An export request with one log record for each body, as clew sends it. */
export function logsRequest(...bodies: readonly unknown[]): Uint8Array {
  const items = bodies.map((body) => {
    const writer = new ByteWriter(16)
    const record = {
      timeMillis: 1_795_257_045_123,
      severityNumber: 9,
      severityText: 'INFO',
      body,
      eventName: undefined,
      scope,
      context: undefined,
      bound: undefined,
      fields: undefined,
      error: undefined,
      trace: undefined,
      uid: fixedUid('01M7Z15Z4N845NZJ3F02QRKBW7'),
    }
    encodeLog(writer, record, encoding)
    return writer.copy()
  })
  return assembleRequest(resource, [{ scope: scope.bytes, items }])
}

/** A request that is large enough to be compressed. */
export function largeLogsRequest(): Uint8Array {
  return logsRequest(...Array.from({ length: 100 }, (_, n) => n))
}
