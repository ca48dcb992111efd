import { SEVERITY, type LogOutput } from '../logging/index.ts'
import { encodeLog, encodeSpan, type ByteWriter, type Encoding, type LogRecordData } from '../otlp/index.ts'
import type { LaneName, Spool } from '../spool/index.ts'
import type { RecordingSpan } from '../tracing/index.ts'

/** Records as OTLP bytes in the spool: WARNING and above in a lane of their own, ERROR and above written at once. */
export function createOtlpOutput(spool: Spool, encoding: Encoding): LogOutput {
  const encode = (writer: ByteWriter, record: LogRecordData): void => encodeLog(writer, record, encoding)
  return {
    name: 'otlp',
    minimumSeverity: 0,
    emit(record) {
      const { severityNumber } = record
      const lane: LaneName = severityNumber >= SEVERITY.WARNING ? 'warning' : 'log'
      spool.append(lane, record.scope, record, encode, severityNumber >= SEVERITY.ERROR)
    },
  }
}

/** Ended spans as OTLP bytes in the spool. */
export function createSpanOutput(spool: Spool, encoding: Encoding): (span: RecordingSpan) => void {
  const encode = (writer: ByteWriter, span: RecordingSpan): void => encodeSpan(writer, span, encoding)
  return (span) => spool.append('trace', span.scope, span, encode, false)
}
