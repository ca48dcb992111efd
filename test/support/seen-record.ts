import type { CapturedRecord } from '../../src/testing/index.ts'

/** A captured record as tests of instrumentations compare it. */
export type SeenRecord = ReturnType<typeof seenRecord>

/** The record without its time and id, with all its fields, but for the error, under their OpenTelemetry names. */
export function seenRecord({ otlp, ...record }: CapturedRecord) {
  const { level, component, message, event, error, trace_id, span_id } = record
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(otlp.attributes))
    if (name !== 'log.record.uid' && !name.startsWith('exception.')) fields[name] = value
  return { level, component, message, event, error, trace_id, span_id, fields }
}
