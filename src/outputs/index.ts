export { createConsoleOutput, type ConsoleFormat, type TextSink } from './console-output.ts'
export { createOtlpOutput, createSpanOutput } from './otlp-output.ts'
