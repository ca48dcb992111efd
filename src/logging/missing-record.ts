import { trace } from '@opentelemetry/api'
import { ROOT_NODE } from '../context/index.ts'
import type { TraceIdentity } from '../otlp/index.ts'
import { SEVERITY } from './level.ts'
import { pipeline } from './pipeline.ts'

/** Says in a trace that failed how many of its records the flight recorder had no room for. */
export function missingRecord(count: number, { traceId, spanId, traceFlags }: TraceIdentity): void {
  pipeline.emit({
    component: pipeline.components.get('clew'),
    severityNumber: SEVERITY.INFO,
    severityText: 'INFO',
    body: `${count} earlier records of this trace found no room in the flight recorder`,
    fields: { 'clew.flight_recorder.left_out': count },
    context: trace.setSpanContext(ROOT_NODE, { traceId, spanId, traceFlags }),
    ungated: true,
  })
}
