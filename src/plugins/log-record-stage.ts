import type { LogStage } from '../logging/index.ts'
import { callPlugin, type PluginParts } from './plugin-parts.ts'
import { ProcessedLogRecord } from './processed-log-record.ts'
import type { LogRecordProcessor, ReadWriteLogRecord } from './sdk-shapes.ts'

/** Lets processors see and change each record, in their order, before clew's outputs get it. */
export function createLogStage(processors: readonly LogRecordProcessor[], parts: PluginParts): LogStage {
  return (record, context) => {
    const processed = new ProcessedLogRecord(record, parts)
    for (const processor of processors) {
      callPlugin(processor, parts, () => processor.onEmit(processed as ReadWriteLogRecord, context))
      processed.takeChanges()
    }
    return processed.seal()
  }
}
