export { createConsoleOutput, type ConsoleFormat } from './console-output.ts'
export { createMetricOutput, createOtlpOutput, createSpanOutput, type ScopedSpan } from './otlp-output.ts'
