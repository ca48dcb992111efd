import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { SEVERITY, type LogOutput } from '../logging/index.ts'
import {
  ByteWriter,
  createScope,
  encodeLog,
  encodeMetric,
  encodeSpan,
  type Encoding,
  type LogRecordData,
  type Scope,
  type SpanData,
} from '../otlp/index.ts'
import type { LaneName, Spool } from '../spool/index.ts'

/**
 * Records as OTLP bytes in the spool: audit, and WARNING and above, in lanes of their own; audit, and ERROR and above, written at once.
 */
export function createOtlpOutput(
  spool: Spool,
  encoding: Encoding,
  { name = 'otlp', minimumSeverity = 0, keeps = () => false }: Partial<LogOutput> = {},
): LogOutput {
  const encode = (writer: ByteWriter, record: LogRecordData): void => encodeLog(writer, record, encoding)
  return {
    name,
    minimumSeverity,
    keeps,
    emit: (record) => spool.append(laneOf(record), record.scope, record, encode, isUrgent(record)),
    hold(record) {
      const bytes = heldBytes(record, encode)
      const { scope } = record
      const lane = laneOf(record)
      return { bytes: bytes.length, write: () => spool.append(lane, scope, bytes, writeHeld, false) }
    },
  }
}

function laneOf({ audit, severityNumber }: LogRecordData): LaneName {
  return audit === true ? 'audit' : severityNumber >= SEVERITY.WARNING ? 'warning' : 'log'
}

function isUrgent({ audit, severityNumber }: LogRecordData): boolean {
  return audit === true || severityNumber >= SEVERITY.ERROR
}

let scratch: ByteWriter | undefined

/** As text, a character for each byte: a small buffer takes longer to make, and to collect, than a record to encode. */
function heldBytes(record: LogRecordData, encode: (writer: ByteWriter, record: LogRecordData) => void): string {
  // A value's own code (a getter, toJSON) may log and so come here again: then with a writer of its own.
  const writer = scratch ?? new ByteWriter(1_024)
  scratch = undefined
  writer.position = 0
  encode(writer, record)
  scratch = writer
  return writer.buffer.toString('latin1', 0, writer.position)
}

function writeHeld(writer: ByteWriter, bytes: string): void {
  writer.ensure(bytes.length)
  writer.position += writer.buffer.write(bytes, writer.position, 'latin1')
}

/** An ended span, and who made it. */
export interface ScopedSpan extends SpanData {
  readonly scope: Scope
}

const SAMPLED = 1

/** Ended spans that are sampled, as OTLP bytes in the spool. */
export function createSpanOutput(spool: Spool, encoding: Encoding): (span: ScopedSpan) => void {
  const remembering = { ...encoding, safety: encoding.safety.remembering() }
  const encode = (writer: ByteWriter, span: ScopedSpan): void => encodeSpan(writer, span, remembering)
  return (span) => {
    if ((span.traceFlags & SAMPLED) !== 0) spool.append('trace', span.scope, span, encode, false)
  }
}

/** Collected metrics as OTLP bytes in the spool. @param failed hears of a metric that could not be written; the others are */
export function createMetricOutput(
  spool: Spool,
  encoding: Encoding,
  failed: (error: unknown) => void,
): (collected: Pick<ResourceMetrics, 'scopeMetrics'>) => void {
  return ({ scopeMetrics }) => {
    for (const { scope, metrics } of scopeMetrics) {
      const group = createScope(scope.name, scope.version)
      for (const metric of metrics) {
        try {
          spool.append('metric', group, metric, (writer, item) => encodeMetric(writer, item, encoding), false)
        } catch (error) {
          failed(error)
        }
      }
    }
  }
}
