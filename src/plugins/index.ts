export { ConsoleSpans } from './console-spans.ts'
export { createResource, type PluginParts } from './plugin-parts.ts'
export { Plugins } from './plugins.ts'
export { recordOf, spanOf } from './sdk-entry.ts'
export type {
  LogRecordProcessor,
  ReadableLogRecord,
  ReadableSpan,
  ReadWriteLogRecord,
  Resource,
  SpanProcessor,
} from './sdk-shapes.ts'
