import { trace } from '@opentelemetry/api'
import { describe, expect, test } from 'vitest'
import {
  ByteWriter,
  createEncoding as createWithRedactor,
  encodeAttributes,
  shareAttributes,
} from '../../src/otlp/index.ts'
import { encodeSharedAttributes } from '../../src/otlp/shared-attributes.ts'
import { createRedactor, DEFAULT_PRIVACY } from '../../src/privacy/index.ts'
import { createEncoding } from '../support/encoding.ts'
import { startTelemetry } from '../support/telemetry.ts'

const GIVEN = { 'db.system.name': 'redis', 'server.port': 6379, ok: true, text: 'Grüße', 'user.name': 'Ann' }
const bytesOf = (write: (writer: ByteWriter) => void): string => {
  const writer = new ByteWriter(64)
  write(writer)
  return writer.buffer.toString('latin1', 0, writer.position)
}

describe('attributes that are shared', () => {
  test('are written as others are, by each encoding and tag, the first time and later', () => {
    const shared = shareAttributes({ ...GIVEN })
    const masking = createWithRedactor(
      createRedactor({ ...DEFAULT_PRIVACY, keys: { 'user.name': { action: 'mask' } } }),
    )
    for (const encoding of [createEncoding(), masking, createEncoding(), masking])
      for (const tag of [0x4a, 0x4a, 0x22])
        expect(bytesOf((writer) => encodeSharedAttributes(writer, tag, encoding, shared))).toBe(
          bytesOf((writer) => encodeAttributes(writer, tag, encoding, GIVEN)),
        )
  })

  test('stay as they are when a span that has them is given one more', () => {
    const telemetry = startTelemetry()
    const attributes = shareAttributes({ ...GIVEN })
    const tracer = trace.getTracer('test')
    const [one, other] = [tracer.startSpan('one', { attributes }), tracer.startSpan('other', { attributes })]
    one.setAttribute('more', 1).setAttributes({ ok: false })
    one.end()
    other.end()
    telemetry.stop()
    expect(telemetry.spans.map((span) => ({ ...span.attributes }))).toEqual([{ ...GIVEN, more: 1, ok: false }, GIVEN])
    expect(telemetry.spans[1]?.attributes).toBe(attributes)
  })
})
