export { ConsoleSpans } from './console-spans.ts'
export { createResource, type PluginParts } from './plugin-parts.ts'
export { Plugins } from './plugins.ts'
export { UserInstrumentations } from './user-instrumentations.ts'
export { recordOf, spanOf } from './sdk-entry.ts'
export type {
  LogRecordProcessor,
  OtelInstrumentation,
  ReadableLogRecord,
  ReadableSpan,
  ReadWriteLogRecord,
  Resource,
  SpanProcessor,
} from './sdk-shapes.ts'
