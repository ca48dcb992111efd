import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { SEVERITY, type LogOutput } from '../logging/index.ts'
import {
  createScope,
  encodeLog,
  encodeMetric,
  encodeSpan,
  type ByteWriter,
  type Encoding,
  type LogRecordData,
  type Scope,
  type SpanData,
} from '../otlp/index.ts'
import type { LaneName, Spool } from '../spool/index.ts'

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

/** An ended span, and who made it. */
export interface ScopedSpan extends SpanData {
  readonly scope: Scope
}

const SAMPLED = 1

/** Ended spans that are sampled, as OTLP bytes in the spool. */
export function createSpanOutput(spool: Spool, encoding: Encoding): (span: ScopedSpan) => void {
  const encode = (writer: ByteWriter, span: ScopedSpan): void => encodeSpan(writer, span, encoding)
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
