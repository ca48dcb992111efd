export { createConsoleOutput, type ConsoleFormat, type TextSink } from './console-output.ts'
export { createMetricOutput, createOtlpOutput, createSpanOutput, type ScopedSpan } from './otlp-output.ts'
